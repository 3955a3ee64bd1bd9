/**
 * A document's JSON in pieces, so that one with a hundred thousand entries holds neither the loop nor
 * memory: `undefined` is where whoever writes it may pause, and so is every piece.
 */

import { systemClock } from '../session/clock.ts';

export type DocumentText = Iterable<string | undefined>;

/** How long a slice may take, in ms. */
const SLICE = 1;
/** Characters after which a slice ends early. */
const CHUNK = 64 * 1024;
/** Entries to a piece: a pause after each would cost more than it. */
const ENTRIES = 16;

/**
 * `{ ...before, [name]: [..entries], ...after }`, the entries made while it is written; undefined:
 * there is none yet.
 */
export function* listText(
  before: object,
  name: string,
  entries: Iterable<object | undefined>,
  after: object = {},
): Generator<string | undefined> {
  yield opening(before, name);
  let waiting: string[] = [];
  let isFirst = true;
  for (const entry of entries) {
    if (entry) waiting.push(`${isFirst ? '' : ','}${JSON.stringify(entry)}`);
    else yield undefined;
    if (entry) isFirst = false;
    if (waiting.length < ENTRIES) continue;
    yield waiting.join('');
    waiting = [];
  }
  yield waiting.join('');
  yield closing(after);
}

function opening(before: object, name: string): string {
  const head = JSON.stringify(before).slice(0, -1);
  return `${head}${head === '{' ? '' : ','}${JSON.stringify(name)}:[`;
}

function closing(after: object): string {
  const tail = JSON.stringify(after).slice(1);
  return tail === '}' ? ']}' : `],${tail}`;
}

/** One slice of it; done: there is no more. */
export function nextText(walk: Iterator<string | undefined>): { text: string; done: boolean } {
  const end = systemClock.monotonic() + SLICE;
  let text = '';
  do {
    const { value, done } = walk.next();
    if (done === true) return { text, done };
    text += value ?? '';
  } while (text.length < CHUNK && systemClock.monotonic() < end);
  return { text, done: false };
}

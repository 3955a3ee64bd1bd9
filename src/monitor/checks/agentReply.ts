/**
 * The reply of an agent in the style of HAProxy's agent-check: one line of words, between blanks,
 * tabs or commas, as `ready 75% up` or `down # disk is full`. Read as HAProxy reads it, but that
 * what it makes no sense of, and leaves everything as it was for, is a failure here.
 */

import { failed, type Outcome, passed, shownText } from './probe.ts';

/** What an agent may say of three different things, of each of which its last word counts. */
type Subject = 'health' | 'administration' | 'weight';

interface Word {
  readonly subject: Subject;
  readonly ok: boolean;
}

/** `drain` and `maint` take a server out of use: whatever it stands for is to go elsewhere. */
const WORDS: ReadonlyMap<string, Word> = new Map([
  ['up', { subject: 'health', ok: true }],
  ['down', { subject: 'health', ok: false }],
  ['fail', { subject: 'health', ok: false }],
  ['stopped', { subject: 'health', ok: false }],
  ['ready', { subject: 'administration', ok: true }],
  ['drain', { subject: 'administration', ok: false }],
  ['maint', { subject: 'administration', ok: false }],
]);

/** `line`: without its end. Passes when something is said, and nothing bad. */
export function judgeReply(line: string): Outcome {
  const shown = shownText(line);
  const said = new Map<Subject, boolean>();
  // HAProxy wants a blank before the remark, and many an agent leaves it out.
  for (const text of line
    .replace(/#.*/, '')
    .split(/[\s,]+/)
    .filter(Boolean)) {
    if (/^maxconn:\d+$/i.test(text)) continue;
    const word = wordOf(text);
    // What is no word begins a remark as well.
    if (!word) break;
    said.set(word.subject, word.ok);
  }
  if (shown === '') return failed('the agent said nothing');
  if (said.size === 0) return failed(`the agent says "${shown}", which is neither up nor down`);
  const good = [...said.values()].every((ok) => ok);
  return (good ? passed : failed)(`the agent says ${shown}`);
}

function wordOf(text: string): Word | undefined {
  const percent = /^(\d{1,4})%$/.exec(text)?.[1];
  if (percent !== undefined) return { subject: 'weight', ok: Number(percent) > 0 };
  return WORDS.get(text.toLowerCase());
}

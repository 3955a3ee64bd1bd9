/** The codecs: framer, OPEN, NOTIFICATION, ROUTE-REFRESH, UPDATE, and each attribute by itself. */

import { ATTRIBUTES } from '../../src/wire/attribute.ts';
import { MessageType } from '../../src/wire/constants.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeMessage } from '../../src/wire/describe.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import { Framer } from '../../src/wire/framer.ts';
import { messageLength } from '../../src/wire/header.ts';
import { encodeOpen, readOpen } from '../../src/wire/open.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { mutateMessage, withAttribute } from './messageMutator.ts';
import { joined, mutateOctets } from './octetMutator.ts';
import { Random } from './random.ts';
import { fixture, recordedMessages } from './seeds.ts';
import { insist, type Target } from './target.ts';

const HEADER = 19;

const FAST = { allowance: 5, microsecondsPerOctet: 2 } as const;

/** Every way in which a session may read an UPDATE. */
export const CONTEXTS: readonly CodecContext[] = [true, false].flatMap((fourOctetAs) =>
  [true, false].flatMap((internal) =>
    [true, false].map((paths) => ({
      fourOctetAs,
      internal,
      addPath: { ipv4: paths, ipv6: paths },
      extendedMessages: false,
      extendedNextHop: paths,
    })),
  ),
);

const recorded = recordedMessages();

function seedsOf(type: number, name: string): readonly Uint8Array[] {
  return [...fixture(name), ...recorded.filter((octets) => octets[18] === type)];
}

export const updateSeeds = (): readonly Uint8Array[] => seedsOf(MessageType.update, 'update');

export function wireTargets(): readonly Target[] {
  return [framer(), open(), others(), update(), ...ATTRIBUTES.map(({ code }) => attribute(code))];
}

/** Whatever the pieces in which it arrives, a stream is cut in the same way. */
function framer(): Target {
  return {
    name: 'framer',
    seeds: [...fixture('framer'), ...recorded],
    ...FAST,
    mutate: (input, other, random) =>
      random.oneIn(2)
        ? joined(input, mutateMessage(other, input, random)).slice(0, 9000)
        : mutateOctets(input, other, random, 9000),
    run(input) {
      const whole = framed(input, [input.length]);
      const random = new Random(input.length * 31 + (input[20] ?? 0));
      const pieces = Array.from({ length: 9 }, () => 1 + random.below(200));
      insist(whole === framed(input, pieces), 'pieces are framed differently from the whole');
      return whole.replaceAll(/\d+-\d+/g, '');
    },
  };
}

/** The messages by type, start and end, and how it ended. */
function framed(input: Uint8Array, pieces: readonly number[]): string {
  const cut = new Framer();
  const told: string[] = [];
  let position = 0;
  try {
    for (let at = 0, i = 0; at < input.length; i++) {
      const next = at + pieces[i % pieces.length]!;
      cut.push(input.subarray(at, next), (type, start, end) => {
        told.push(`${type}:${position}-${position + end - start}`);
        position += end - start;
        return true;
      });
      at = next;
    }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    told.push(`${error.code}/${error.subcode}`);
  }
  return told.join(' ');
}

/** What an OPEN says can be said again, and is read as the same. */
function open(): Target {
  return {
    name: 'OPEN',
    seeds: seedsOf(MessageType.open, 'open'),
    ...FAST,
    mutate: mutateMessage,
    run(input) {
      if (!isWhole(input)) return 'cut';
      try {
        const read = readOpen(input, 0, input.length);
        const again = encodeOpen(read);
        const twice = readOpen(again, 0, again.length);
        insist(JSON.stringify(twice) === JSON.stringify(read), 'an OPEN is read differently again');
        return read.capabilities.map(({ kind }) => kind).join();
      } catch (error) {
        return refused(error);
      }
    },
  };
}

function others(): Target {
  const types: readonly number[] = [MessageType.notification, MessageType.routeRefresh];
  return {
    name: 'NOTIFICATION, ROUTE-REFRESH',
    seeds: [...fixture('others'), ...recorded.filter((octets) => types.includes(octets[18] ?? 0))],
    ...FAST,
    mutate: mutateMessage,
    run: (input) => (isWhole(input) ? described(input, CONTEXTS[0]!) : 'cut'),
  };
}

function update(): Target {
  return { name: 'UPDATE', seeds: updateSeeds(), ...FAST, mutate: mutateMessage, run: judged };
}

function attribute(code: number): Target {
  return {
    name: `attribute ${code}`,
    seeds: updateSeeds(),
    ...FAST,
    mutate: (input, other, random) => withAttribute(input, code, other, random),
    run: judged,
  };
}

const view = new UpdateView();

/** What sessions of every kind make of an UPDATE, and what `decode` says of it. */
function judged(input: Uint8Array): string {
  if (!isWhole(input)) return 'cut';
  const context = CONTEXTS[(input[input.length - 1] ?? 0) % CONTEXTS.length]!;
  decodeUpdate(input, 0, input.length, context, view);
  const outcome = `${view.verdict} ${view.fault} ${view.faultAttribute} ${view.recognised}`;
  if (view.verdict === Verdict.sessionReset) view.error();
  else insistOnOffsets(view, input.length);
  // Once in a while: it is several times slower than what it describes.
  if (input.length % 16 === 0) described(input, context);
  return outcome;
}

function insistOnOffsets(view: UpdateView, length: number): void {
  const sections = [
    [view.withdrawnStart, view.withdrawnEnd],
    [view.attributesStart, view.attributesEnd],
    [view.nlriStart, view.nlriEnd],
    [view.mpReachNlriStart, view.mpReachNlriEnd],
    [view.mpUnreachNlriStart, view.mpUnreachNlriEnd],
  ] as const;
  for (const [start, end] of sections) {
    insist(start >= 0 && start <= end && end <= length, `a section is at ${start}..${end}`);
  }
}

function described(input: Uint8Array, context: CodecContext): string {
  const told = describeMessage(input, input[18] ?? 0, 0, input.length, context);
  JSON.stringify(told);
  return `${told.type} ${told.verdict.kind}`;
}

/** As the framer would hand it on. */
export function isWhole(input: Uint8Array): boolean {
  return input.length >= HEADER + 4 && messageLength(input, 0) === input.length;
}

function refused(error: unknown): string {
  if (!(error instanceof RemoteError)) throw error;
  return `${error.code}/${error.subcode}`;
}

import fc from 'fast-check';
import t from 'tap';
import { NO_COMMUNITIES } from '../../src/net/community.ts';
import type { Family } from '../../src/net/family.ts';
import { parseAddress } from '../../src/net/text.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { messageLength } from '../../src/wire/header.ts';
import { NlriCursor } from '../../src/wire/nlri.ts';
import type { NlriWords } from '../../src/wire/nlriWords.ts';
import { OutgoingAttributes } from '../../src/wire/outgoingAttributes.ts';
import { Verdict } from '../../src/wire/update.ts';
import { CHUNK_OCTETS, type Chunk, UpdateBatch } from '../../src/wire/updateBatch.ts';
import { octets } from '../support/octets.ts';
import { SESSION, viewOf } from '../support/updateBytes.ts';

const EXTENDED = { ...SESSION.external, extendedMessages: true };

/** Outgoing attributes with a community list of `communities` numbers. */
function outgoing(family: Family, origin: number, communities: number, context: CodecContext) {
  const nextHop = { ipv4: parseAddress('192.0.2.1'), ipv6: parseAddress('2001:db8::9') };
  const attributes = new OutgoingAttributes({
    ...{ context, localAs: 64500, prepend: 0, nextHop, nextHopSelf: true },
    ...{ med: undefined, communities: NO_COMMUNITIES, onlyToCustomer: undefined },
  });
  const mpReach = '80 0e 14 0002 01 10 20010db8000000000000000000000001';
  const nextHopAttribute = family === 'ipv4' ? '40 03 04 c6336401' : mpReach;
  const size = (communities * 4).toString(16).padStart(4, '0');
  const list = communities > 0 ? `d0 08 ${size} ${'fbf00001'.repeat(communities)}` : '';
  const bytes = octets(`40 01 01 0${origin} 40 02 06 0201 0000fbf0 ${nextHopAttribute} ${list}`);
  attributes.convert(bytes, 0, bytes.length, false, 100);
  return attributes;
}

/** `set` -1: withdrawn. */
interface Route extends NlriWords {
  readonly family: Family;
  readonly pathId: number;
  readonly set: number;
}

const route: fc.Arbitrary<Route> = fc
  .record({
    set: fc.integer({ min: -1, max: 4 }),
    six: fc.boolean(),
    length: fc.nat({ max: 128 }),
    words: fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()),
    pathId: fc.integer({ min: 1, max: 256 }),
  })
  .map(({ set, six, length, words, pathId }) => {
    const family = (set < 0 ? six : set % 2 === 1) ? 'ipv6' : 'ipv4';
    const bits = family === 'ipv4' ? length % 33 : length;
    const [word0, word1, word2, word3] = words.map((word, i) => masked(word, bits - i * 32));
    return {
      family,
      set,
      pathId,
      length: bits,
      word0: word0!,
      word1: word1!,
      word2: word2!,
      word3: word3!,
    };
  });

function masked(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : word & (-1 << (32 - bits));
}

/** What the messages of a chunk say, a line each route; throws where one is out of order. */
function said({ octets: bytes, messages }: Chunk, context: CodecContext): string[] {
  const lines: string[] = [];
  let count = 0;
  for (let at = 0; at < bytes.length; at += messageLength(bytes, at), count++) {
    const one = bytes.subarray(at, at + messageLength(bytes, at));
    if (one.length > (context.extendedMessages ? 65535 : 4096)) throw new Error('too long');
    const view = viewOf(one, context);
    if (view.verdict !== Verdict.ok) throw new Error(`fault ${view.fault}`);
    const origin = view.has(1) ? one[view.valueStart(1)] : -1;
    const size = view.has(8) ? (view.attributeEnd(8) - view.valueStart(8)) / 4 : 0;
    const tell = (start: number, end: number, family: Family, withdrawn: boolean) => {
      const cursor = new NlriCursor();
      for (cursor.reset(one, start, end, family, context.addPath[family]); cursor.next(); ) {
        const what = withdrawn ? 'withdrawn' : `${origin}/${size}`;
        lines.push(`${what} ${cursor.prefix().text}${idText(context, family, cursor.pathId)}`);
      }
    };
    tell(view.withdrawnStart, view.withdrawnEnd, 'ipv4', true);
    tell(view.mpUnreachNlriStart, view.mpUnreachNlriEnd, 'ipv6', true);
    tell(view.nlriStart, view.nlriEnd, 'ipv4', false);
    tell(view.mpReachNlriStart, view.mpReachNlriEnd, 'ipv6', false);
  }
  if (count !== messages) throw new Error(`${messages} messages, but ${count}`);
  return lines;
}

function idText({ addPath }: CodecContext, family: Family, pathId: number): string {
  return addPath[family] ? `#${pathId}` : '';
}

function text({ family, length, word0, word1, word2, word3 }: Route): string {
  const cursor = new NlriCursor();
  const bytes = new Uint8Array(17);
  bytes[0] = length;
  new DataView(bytes.buffer).setInt32(1, word0);
  new DataView(bytes.buffer).setInt32(5, word1);
  new DataView(bytes.buffer).setInt32(9, word2);
  new DataView(bytes.buffer).setInt32(13, word3);
  cursor.reset(bytes, 0, 1 + ((length + 7) >> 3), family, false);
  cursor.next();
  return cursor.prefix().text;
}

const contexts = fc.constantFrom<CodecContext>(SESSION.external, SESSION.addPath, EXTENDED);

t.test('property: the messages say every route once, each with its set, withdrawals first', (t) => {
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 600, size: 'max' }),
      fc.tuple(fc.nat({ max: 980 }), fc.nat({ max: 5 })),
      contexts,
      (routes, [large, small], context) => {
        const batch = new UpdateBatch(context);
        const sizes = [0, small, large, large, 3];
        const sets = new Map<number, number>();
        const setOf = (set: number) => {
          const known = sets.get(set);
          if (known !== undefined) return known;
          const made = outgoing(set % 2 === 1 ? 'ipv6' : 'ipv4', set % 3, sizes[set]!, context);
          if (!batch.fits(made)) throw new Error('it fits');
          sets.set(set, batch.addSet(made));
          return sets.get(set)!;
        };
        const is: string[] = [];
        const ought: string[] = [];
        for (const one of routes) {
          const add = () =>
            one.set < 0
              ? batch.withdraw(one.family, one, one.pathId)
              : batch.announce(setOf(one.set), one, one.pathId);
          if (!add()) {
            is.push(...said(batch.encode(), context));
            sets.clear();
            if (!add()) throw new Error('an empty batch takes any route');
          }
          const what = one.set < 0 ? 'withdrawn' : `${one.set % 3}/${sizes[one.set]}`;
          ought.push(`${what} ${text(one)}${idText(context, one.family, one.pathId)}`);
        }
        const { octets: predicted, messages } = batch;
        const last = batch.encode();
        if (last.octets.length !== predicted || last.messages !== messages) return false;
        const lines = said(last, context);
        const firstAnnounced = lines.findIndex((line) => !line.startsWith('withdrawn'));
        const after = firstAnnounced < 0 ? [] : lines.slice(firstAnnounced);
        if (after.some((line) => line.startsWith('withdrawn'))) return false;
        return [...is, ...lines].toSorted().join('\n') === ought.toSorted().join('\n');
      },
    ),
    { seed: 4271, numRuns: 60 },
  );
  t.end();
});

t.test(
  'routes of equal attributes fill messages up to 4096 octets, whatever comes between',
  (t) => {
    const batch = new UpdateBatch(SESSION.external);
    const one = batch.addSet(outgoing('ipv4', 0, 0, SESSION.external));
    const two = batch.addSet(outgoing('ipv4', 1, 0, SESSION.external));
    for (let i = 0; i < 2000; i++) {
      const prefix = { word0: i << 8, word1: 0, word2: 0, word3: 0, length: 24 };
      t.equal(batch.announce(i % 2 === 0 ? one : two, prefix, 1), true);
    }
    const chunk = batch.encode();
    t.equal(chunk.messages, 2, 'a thousand /24s are four octets each');
    t.ok(chunk.octets.length < 2 * 4096);
    t.end();
  },
);

t.test('RFC 8950 §3: IPv4 routes with an IPv6 next hop are in MP_REACH_NLRI of IPv4', (t) => {
  const context = SESSION.nextHops;
  const six = parseAddress('2001:db8::9');
  const attributes = new OutgoingAttributes({
    ...{ context, localAs: 64500, prepend: 0, nextHop: { ipv4: six, ipv6: six } },
    ...{ nextHopSelf: true, med: undefined, communities: NO_COMMUNITIES },
    onlyToCustomer: undefined,
  });
  const bytes = octets('40 01 01 00 40 02 06 0201 0000fbf0 40 03 04 c6336401');
  t.equal(attributes.convert(bytes, 0, bytes.length, false, 100), true);
  const batch = new UpdateBatch(context);
  const set = batch.addSet(attributes);
  t.ok(batch.isSet(set, attributes));
  const route = { word0: 0xcb007100 | 0, word1: 0, word2: 0, word3: 0, length: 24 };
  batch.announce(set, route, 1);
  batch.withdraw('ipv4', route, 1);
  const hex = Buffer.from(batch.encode().octets).toString('hex');
  const messages = [
    `${'ff'.repeat(16)} 001b 02 0004 18cb0071 0000`,
    `${'ff'.repeat(16)} 0045 02 0000 002e`,
    ' 900e0019 0001 01 10 20010db8000000000000000000000009 00 18cb0071',
    ' 40010100 40020a0202 0000fbf4 0000fbf0',
  ];
  t.equal(hex, messages.join('').replaceAll(' ', ''));
  t.end();
});

t.test('no chunk is longer than 64 KiB, and a full batch takes nothing more until encoded', (t) => {
  const batch = new UpdateBatch(SESSION.external);
  let added = 0;
  for (; added < 8000; added++) {
    const set = batch.addSet(outgoing('ipv4', 0, 200, SESSION.external));
    const prefix = { word0: added << 8, word1: 0, word2: 0, word3: 0, length: 24 };
    if (set < 0 || !batch.announce(set, prefix, 1)) break;
  }
  const { octets: length } = batch.encode();
  t.ok(length.length <= CHUNK_OCTETS && length.length > CHUNK_OCTETS - 1000, `${length.length}`);
  t.equal(batch.octets, 0);
  t.end();
});

t.test(
  'RFC 8654: attributes that leave no room for a prefix fit where messages are extended',
  (t) => {
    const plain = new UpdateBatch(SESSION.external);
    const extended = new UpdateBatch(EXTENDED);
    // 4096 - 23 (header and lengths) - 24 (the rest) - 4 - 5 (a /32): 4040.
    t.equal(plain.fits(outgoing('ipv4', 0, 1010, SESSION.external)), true);
    t.equal(plain.fits(outgoing('ipv4', 0, 1011, SESSION.external)), false);
    t.equal(extended.fits(outgoing('ipv4', 0, 1011, EXTENDED)), true);
    t.equal(extended.fits(outgoing('ipv4', 0, 16383, EXTENDED)), false);
    const set = extended.addSet(outgoing('ipv4', 0, 16000, EXTENDED));
    t.equal(extended.announce(set, { word0: 0, word1: 0, word2: 0, word3: 0, length: 0 }, 1), true);
    t.equal(said(extended.encode(), EXTENDED).join(), '0/16000 0.0.0.0/0');
    t.end();
  },
);

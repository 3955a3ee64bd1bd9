/**
 * Reads of octets by the fast lane: what may come between two UPDATEs of one read, messages that a read
 * cuts, and more in one read than is looked at together.
 */

import t from 'tap';
import type { Rib, RibOptions } from '../../src/rib/rib.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';
import {
  bringUp,
  drain,
  finish,
  LOCAL_AS,
  makeRib,
  openRules,
  peerIndex,
  setsOf,
  texts,
} from './fixture.ts';
import { Reader } from './reader.ts';
import { attributeBytes, FOUR_OCTET, updateBytes } from './updates.ts';

const lane = laneModule();
const skip = lane ? false : 'there is no src/lane.wasm: npm run build makes it';
const PEER = peerIndex(0);
const KEEPALIVE = Uint8Array.from([...Array<number>(16).fill(255), 0, 19, 4]);
const WINDOW = 32 * 1024;
const MIXED = [
  { path: [64496, 8], announce: ['192.0.2.0/24', '0.0.0.0/0', '198.51.100.0/25'] },
  { path: [64496, 7], announce: ['2400:1::/32', '2400:1::/48', '::/0', '2400::7/128'] },
  { path: [64496, 8], announce: ['192.0.2.0/24', '203.0.113.0/24'] },
  { withdraw: ['198.51.100.0/25'] },
  { path: [64496, LOCAL_AS], announce: ['198.18.0.0/15'] },
  { path: [64496, 8], withdraw: ['203.0.113.0/24'], announce: ['198.51.100.0/24'] },
  { path: [64496, 8], announce: ['203.0.113.128/25'] },
  { path: [64496, 7], announce: ['2400:2::/32', '2400:3:4:5::/64'] },
].map((spec) => updateBytes(spec));

function start(options: Partial<RibOptions>, context = FOUR_OCTET): { rib: Rib; reader: Reader } {
  const rib = makeRib({ ...options, tracked: false });
  bringUp(rib, 0, { context });
  return { rib, reader: new Reader(rib, context) };
}

function holds(rib: Rib): string {
  rib.checkInvariants();
  const counts = [rib.counts(PEER, 'ipv4'), rib.counts(PEER, 'ipv6')];
  return JSON.stringify([counts, setsOf(rib), texts(rib, 'ipv4'), texts(rib, 'ipv6')]);
}

/** As many octets at once as a window has. */
function readAll(reader: Reader, octets: Uint8Array, most = WINDOW): void {
  for (let at = 0; at < octets.length; at += most) {
    reader.read(PEER, octets.subarray(at, at + most));
  }
}

/** Two UPDATEs with a KEEPALIVE between them, which does what it is told to. */
function readAround(between: (rib: Rib) => void): { rib: Rib; reader: Reader } {
  const { rib, reader } = start({ lane });
  reader.other = () => between(rib);
  const [first, last] = [{ announce: ['192.0.2.0/24'] }, { announce: ['198.51.100.0/24'] }];
  const messages = [updateBytes({ path: [64496], ...first }), KEEPALIVE];
  reader.read(PEER, Buffer.concat([...messages, updateBytes({ path: [64496], ...last })]));
  rib.checkInvariants();
  return { rib, reader };
}

t.test('a message of another type between two UPDATEs is none of the lane’s', { skip }, (t) => {
  const { rib, reader } = readAround(() => {});
  t.equal(reader.easy, 2);
  t.same(texts(rib, 'ipv4'), ['192.0.2.0/24', '198.51.100.0/24']);
  t.end();
});

t.test('a refresh that begins within a read counts for what comes behind it', { skip }, (t) => {
  const { rib, reader } = readAround((rib) => rib.refreshBegin(PEER, 'ipv4'));
  t.equal(reader.easy, 2);
  rib.refreshEnd(PEER, 'ipv4');
  finish(rib);
  t.same(texts(rib, 'ipv4'), ['198.51.100.0/24']);
  t.end();
});

t.test('who wants to be told within a read is told of what comes behind it', { skip }, (t) => {
  const { rib, reader } = readAround((rib) => rib.track(true));
  t.equal(reader.easy, 1);
  t.equal(drain(rib), 1);
  const followed = readAround((rib) => rib.feeds.open(() => {}));
  t.equal(followed.reader.easy, 1);
  t.end();
});

t.test('rules that change within a read judge what comes behind them', { skip }, (t) => {
  const { rib, reader } = readAround((rib) => {
    rib.setRules(PEER, openRules({ accept: 'none' }));
    finish(rib);
  });
  t.equal(reader.easy, 1);
  t.equal(rib.counts(PEER, 'ipv4').received, 2);
  t.equal(rib.counts(PEER, 'ipv4').accepted, 0);
  t.end();
});

t.test('wherever reads cut the messages, the table is the same', { skip }, (t) => {
  const octets = Buffer.concat(MIXED);
  const whole = start({});
  readAll(whole.reader, octets);
  for (const most of [1, 18, 19, 22, 23, 24, 64, octets.length - 1, octets.length]) {
    const { rib, reader } = start({ lane });
    readAll(reader, octets, most);
    t.equal(holds(rib), holds(whole.rib), `${most} octets at a time`);
    t.equal(reader.easy, 5, `${most} octets at a time`);
  }
  t.end();
});

const REACH = [0, 2, 1, 16, 0x20, 1, ...Array<number>(13).fill(0), 1, 0, 32, 0x24, 0, 0, 1, 128];
/** Its attributes end with the marker of what comes next, which is a whole address. */
const REACHING = [
  ...attributeBytes({ path: [64496, 9] }, false),
  ...[0x80, 14, REACH.length + 16, ...REACH],
];

/** A message whose header and lengths may be anything. */
function messageOf(length: number, body: readonly number[], type = 2, mark = 255): Uint8Array {
  const marker = [mark, ...Array<number>(15).fill(255)];
  return Uint8Array.from([...marker, length >> 8, length & 255, type, ...body]);
}

/** Withdrawn routes, attributes with a length that is right or not, and routes. */
function updateOf(
  withdrawn: readonly number[],
  attributes: readonly number[],
  nlri: readonly number[],
  surplus = 0,
): number[] {
  const length = attributes.length + surplus;
  return [0, withdrawn.length, ...withdrawn, length >> 8, length & 255, ...attributes, ...nlri];
}

const GOOD = attributeBytes({ path: [64496, 9] }, true);
const NLRI = [24, 192, 0, 2];
const PLAIN = updateOf([], GOOD, NLRI);
const ODD: Readonly<Record<string, Uint8Array>> = {
  'a marker that is none': messageOf(19 + PLAIN.length, PLAIN, 2, 254),
  'a type that is none': messageOf(19 + PLAIN.length, PLAIN, 6),
  'a message that is too short': messageOf(22, [0, 0, 0]),
  'a message that is too long': messageOf(
    4097,
    updateOf([], GOOD, Array<number>(4097 - 23 - GOOD.length).fill(0)),
  ),
  'routes withdrawn and announced': messageOf(23 + PLAIN.length, updateOf(NLRI, GOOD, NLRI)),
  'attributes beyond the message': messageOf(19 + PLAIN.length, updateOf([], GOOD, NLRI, 5)),
  'a route beyond the message': messageOf(23 + REACHING.length, updateOf([], REACHING, [], 16)),
  'withdrawn routes beyond it': messageOf(19 + PLAIN.length, [9, 9, ...PLAIN.slice(2)]),
  'routes without attributes': messageOf(27, updateOf([], [], NLRI)),
  'an attribute that is cut': messageOf(19 + PLAIN.length, updateOf([], GOOD, NLRI, 2)),
  'routes for both families gone': messageOf(
    19 + PLAIN.length + 6,
    updateOf([], [...GOOD, 0x80, 15, 3, 0, 2, 1], NLRI),
  ),
};

t.test('behind an UPDATE that it takes the lane leaves all that is odd alone', { skip }, (t) => {
  const [before, after] = ['198.51.100.0/24', '203.0.113.0/24'].map((prefix) =>
    updateBytes({ path: [64496, 9], announce: ['192.0.2.0/24', prefix] }),
  );
  for (const [what, odd] of Object.entries(ODD)) {
    const [fast, slow] = [start({ lane }), start({})].map(({ rib, reader }) => {
      let outcome = 'read';
      try {
        reader.read(PEER, Buffer.concat([before!, odd, after!]));
      } catch (error) {
        outcome = String(error);
      }
      return { holds: holds(rib), outcome, easy: reader.easy };
    });
    t.same({ ...fast, easy: 0 }, slow, what);
    t.equal(fast?.easy, fast?.outcome === 'read' ? 2 : 1, what);
  }
  t.end();
});

t.test('what the session does not carry is none of the lane’s (RFC 4760 §7)', { skip }, (t) => {
  const { rib } = start({ lane });
  const octets = updateBytes({ path: [64496], announce: ['2400:1::/32'] });
  rib.lookAhead(PEER, octets, 0, octets.length);
  t.equal(rib.takeEasy(PEER, octets, 0, ['ipv4']), 0);
  t.end();
});

/** An extended message (RFC 8654): the attributes, and as much of the routes as there is room for. */
function extended(
  attributes: readonly number[],
  nlri: readonly number[],
  ipv6: boolean,
): Uint8Array {
  const nextHop = [0x20, 1, ...Array<number>(13).fill(0), 1];
  const room = 65_535 - 23 - attributes.length - (ipv6 ? 4 + 21 : 0);
  const routes = Array.from({ length: Math.floor(room / nlri.length) }, () => nlri).flat();
  const reach = [0, 2, 1, 16, ...nextHop, 0, ...routes];
  const all = ipv6
    ? [...attributes, 0x90, 14, reach.length >> 8, reach.length & 255, ...reach]
    : attributes;
  const body = [0, 0, all.length >> 8, all.length & 255, ...all, ...(ipv6 ? [] : routes)];
  const length = 19 + body.length;
  return Uint8Array.from([...Array<number>(16).fill(255), length >> 8, length & 255, 2, ...body]);
}

t.test('messages with tens of thousands of prefixes are as without the lane', { skip }, (t) => {
  const context = { ...FOUR_OCTET, extendedMessages: true };
  const set = { path: [64496, 8] };
  const messages = [
    extended(attributeBytes(set, true), [0], false),
    extended(attributeBytes(set, false), [0], true),
    extended(attributeBytes({ ...set, med: 3 }, false), [32, 0x24, 0, 0, 1, 24, 0x24, 0, 0], true),
    extended(attributeBytes({ ...set, med: 4 }, true), [24, 9, 9, 9, 8, 7], false),
  ];
  const octets = Buffer.concat([...messages, ...MIXED, ...messages]);
  const [fast, slow] = [start({ lane }, context), start({}, context)];
  for (const { reader } of [fast, slow]) readAll(reader, octets);
  t.equal(fast.reader.easy, 13);
  t.equal(holds(fast.rib), holds(slow.rib));
  t.end();
});

t.test('more small UPDATEs than a group has are as without the lane', { skip }, (t) => {
  const prefixOf = (n: number) => `${1 + (n % 7)}.${n & 255}.0.0/16`;
  const messages = Array.from({ length: 300 }, (_, n) =>
    updateBytes({
      path: [64496, 8 + (n % 5)],
      announce: Array.from({ length: 1 + (n % 9) }, (_, i) =>
        n % 3 === 0 ? `2400:${(n * 9 + i) % 50}::/32` : prefixOf(n * 9 + i),
      ),
    }),
  );
  const [fast, slow] = [start({ lane }), start({})];
  for (const { reader } of [fast, slow]) readAll(reader, Buffer.concat(messages));
  t.equal(fast.reader.easy, 300);
  t.equal(holds(fast.rib), holds(slow.rib));
  t.end();
});

t.test('a new set of whose prefixes none finds room is gone', { skip }, (t) => {
  const { rib, reader } = start({ lane, routeWords: 68_000 });
  const one = (n: number) => ({ path: [64496], med: n, announce: [`${n >> 8}.${n & 255}.0.0/16`] });
  let n = 256;
  while (n < 4096 && reader.read(PEER, updateBytes(one(n)))) n++;
  t.ok(n < 4096, 'it was full at last');
  rib.checkInvariants();
  t.equal(setsOf(rib).length, texts(rib, 'ipv4').length);
  t.end();
});

t.test('all lengths of one IPv6 address stay together, however many', { skip }, (t) => {
  const messages = ['8000', '4000', 'c000'].map((site) => {
    const announce = Array.from({ length: 46 }, (_, i) => `2400:${site}::/${64 - ((i * 7) % 46)}`);
    return updateBytes({ path: [64496], announce });
  });
  const [fast, slow] = [start({ lane }), start({})];
  for (const { rib, reader } of [fast, slow]) {
    for (const message of messages) {
      reader.read(PEER, message);
      rib.checkInvariants();
    }
  }
  t.equal(fast.reader.easy, 3);
  t.equal(holds(fast.rib), holds(slow.rib));
  t.end();
});

t.test('blocks that go within a read move those behind them', { skip }, (t) => {
  const sites = (from: number, to: number, bits: number) =>
    Array.from({ length: to - from }, (_, i) => `2400:${(from + i).toString(16)}::/${bits}`);
  const first = [0, 100, 200, 300, 400].map((from) => sites(from, from + 100, 32));
  const table = first.map((announce) => updateBytes({ path: [64496], announce }));
  const behind = [...sites(150, 170, 48), ...sites(300, 320, 40)];
  const messages = [{ withdraw: first[0]! }, { path: [64496], announce: behind }].map((spec) =>
    updateBytes(spec),
  );
  const [fast, slow] = [start({ lane }), start({})];
  for (const { rib, reader } of [fast, slow]) {
    readAll(reader, Buffer.concat(table));
    rib.checkInvariants();
    // The lane looks at both before the first is taken in.
    reader.read(PEER, Buffer.concat([table[4]!, ...messages]));
  }
  t.equal(fast.reader.easy, 7);
  t.equal(holds(fast.rib), holds(slow.rib));
  t.end();
});

t.test('a directory of IPv6 blocks that is full is made larger in time', { skip }, (t) => {
  const { rib, reader } = start({ lane });
  const { fences } = rib.table.ipv6;
  for (let n = 0; n < 110; n++) {
    const announce = Array.from({ length: 20 }, (_, i) => {
      const at = ((n * 20 + i) * 7919) & 0xffff;
      return `${(0x2400 + (at >> 8)).toString(16)}:${(at & 255).toString(16)}00::/32`;
    });
    reader.read(PEER, updateBytes({ path: [64496], announce }));
    fences.checkInvariants();
  }
  t.equal(reader.easy, 110);
  t.ok(fences.size > 64);
  rib.checkInvariants();
  t.end();
});

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
  { path: [64496, 7], announce: ['2400:2::/32', '2400:3::/64'] },
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
    t.equal(reader.easy, 4);
  }
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
  t.equal(fast.reader.easy, 12);
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

import fc from 'fast-check';
import t from 'tap';
import { classOfWords, wordsOf } from '../../src/rib/blockMemory.ts';
import type { Rib, RibOptions } from '../../src/rib/rib.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';
import { Verdict } from '../../src/wire/update.ts';
import {
  bringUp,
  describe,
  finish,
  makeRib,
  openRules,
  peerIndex,
  setsOf,
  texts,
} from './fixture.ts';
import { Reader } from './reader.ts';
import { decoded, FOUR_OCTET, type UpdateSpec, updateBytes } from './updates.ts';

const lane = laneModule();
const skip = lane ? false : 'there is no src/lane.wasm: npm run build makes it';

/** The first two are in one AS, so that their MULTI_EXIT_DISCs are comparable. */
const PEERS = 4;

const ipv4 = fc
  .tuple(fc.nat(2), fc.nat(3), fc.nat(255), fc.constantFrom(0, 7, 15, 16, 20, 23, 24, 31, 32))
  .map(([a, b, c, length]) => `${masked([a * 85, b, c, 1], length).join('.')}/${length}`);
const ipv6 = fc
  .tuple(fc.nat(200), fc.constantFrom(32, 33, 48, 64, 65, 128))
  .map(([n, length]) => `2400:${n.toString(16)}::/${length}`);
const prefixes = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(ipv4, { minLength: 1, maxLength: 12 }) },
  { weight: 2, arbitrary: fc.uniqueArray(ipv6, { minLength: 1, maxLength: 12 }) },
);
const path = fc.constantFrom([64497, 7], [64498], [64498, 7, 7], [64499, 8], []);
const plain: fc.Arbitrary<UpdateSpec> = fc.record(
  { announce: prefixes, path, origin: fc.constantFrom(0, 2), med: fc.constantFrom(0, 1) },
  { requiredKeys: ['announce', 'path'] },
);
const odd: fc.Arbitrary<UpdateSpec> = fc.record(
  {
    announce: prefixes,
    path: fc.oneof(path, fc.constant([64499, 0])),
    communities: fc.constantFrom([0xffff0000], [0xffff0006], [1]),
    localPref: fc.constant(200),
    otc: fc.constant(64499),
    // A flag that is wrong, an attribute that nobody knows, one that ends too late.
    raw: fc.constantFrom([0x40, 4, 4, 0, 0, 0, 1], [0xc0, 99, 1, 5], [0xc0, 8, 200, 1]),
  },
  { requiredKeys: ['announce', 'path'] },
);
const announcement = fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: odd });
const withdrawal = fc.record({ withdraw: prefixes });
const message = fc.oneof(
  { weight: 5, arbitrary: announcement },
  { weight: 1, arbitrary: withdrawal },
);

const read = fc.record({
  peer: fc.nat(PEERS - 1),
  /** Each of them several times: the lane takes what is known already. */
  messages: fc.array(message, { minLength: 1, maxLength: 12 }).map((all) => [...all, ...all]),
  after: fc.constantFrom('nothing', 'nothing', 'begin', 'end', 'down', 'judge'),
});

function masked(octets: readonly number[], length: number): number[] {
  return octets.map((octet, i) => octet & (0xff00 >> Math.max(0, Math.min(8, length - i * 8))));
}

function rulesOf(peer: number) {
  return {
    ...openRules({}, 64498),
    addsOnlyToCustomer: peer === 3,
    firstAs: peer === 2 ? 64498 : 0,
  };
}

function start(options: Partial<RibOptions> = {}): Rib {
  const rib = makeRib({ tracked: false, ...options });
  for (let i = 0; i < PEERS; i++) up(rib, i);
  return rib;
}

function up(rib: Rib, peer: number): void {
  const { peerAs } = describe(Math.max(1, peer));
  bringUp(rib, peer, { peerAs, rules: rulesOf(peer) });
}

function settle(rib: Rib, peer: number, what: string): void {
  const index = peerIndex(peer);
  if (what === 'begin') rib.refreshBegin(index, 'ipv4');
  if (what === 'end') rib.refreshEnd(index, 'ipv4');
  if (what === 'judge') rib.setRules(index, { ...rulesOf(peer), refusedFacts: 1 << 1 });
  if (what === 'down') rib.peerDown(index);
  finish(rib);
  if (what === 'down') up(rib, peer);
}

/** Every route with its paths and why they are what they are, every counter, every set and what was read of it. */
function tableOf(rib: Rib): string {
  const counts = Array.from({ length: PEERS }, (_, i) =>
    (['ipv4', 'ipv6'] as const).map((family) => rib.counts(peerIndex(i), family)),
  );
  const routes = [...rib.reader.all('ipv4'), ...rib.reader.all('ipv6')];
  // Octets as JSON has them are most of the work.
  return JSON.stringify({ counts, sets: setsOf(rib), routes }, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}

function octetsOf(specs: readonly UpdateSpec[]): Uint8Array {
  return Buffer.concat(specs.map((spec) => updateBytes(spec)));
}

t.test('property: the lane makes no difference to what the RIB holds', { skip }, (t) => {
  let easy = 0;
  const property = fc.property(fc.array(read, { minLength: 1, maxLength: 8 }), (reads) => {
    const [fast, slow] = [start({ lane }), start()];
    const [reader, plain] = [new Reader(fast), new Reader(slow)];
    for (const { peer, messages, after } of reads) {
      const octets = octetsOf(messages);
      reader.read(peerIndex(peer), octets);
      plain.read(peerIndex(peer), octets);
      for (const rib of [fast, slow]) settle(rib, peer, after);
    }
    fast.checkInvariants();
    t.equal(tableOf(fast), tableOf(slow));
    t.equal(plain.easy, 0);
    easy += reader.easy;
  });
  fc.assert(property, { seed: 7, numRuns: 12 });
  t.ok(easy > 50, `the lane took ${easy}`);
  t.end();
});

t.test(
  'a neighbour that has had its share of attribute sets is told so in the lane as without it',
  { skip },
  (t) => {
    const specs = table(400, (n) => `${1 + (n % 200)}.${(n >> 3) & 255}.0.0/16`).map((spec, n) => ({
      ...spec,
      med: n,
    }));
    const held = [{ lane }, {}].map((options) => {
      const rib = start({ ...options, attributeWords: 1 << 13 });
      const reader = new Reader(rib);
      const fits = specs.findIndex((spec) => !reader.read(peerIndex(0), octetsOf([spec])));
      rib.checkInvariants();
      return { fits, table: tableOf(rib) };
    });
    t.ok(held[0]!.fits > 0, 'it was full at last');
    t.same(held[0], held[1]);
    t.end();
  },
);

/** `count` UPDATEs of one set each with as many prefixes, all of them new. */
function table(count: number, prefix: (n: number) => string): UpdateSpec[] {
  return Array.from({ length: count }, (_, n) => ({
    path: [64498, n % 3],
    announce: Array.from({ length: 20 }, (_, i) => prefix((n * 20 + i) * 7919)),
  }));
}

t.test('tables of sets that grow in the lane are found in and emptied as ever', { skip }, (t) => {
  const one = (n: number): UpdateSpec => ({
    path: n % 50 === 0 ? [64498, 0xffff] : [64498],
    med: n,
    announce: [`${1 + (n % 200)}.${(n >> 3) & 255}.${n >> 11}.0/24`],
  });
  const specs = Array.from({ length: 6000 }, (_, n) => one(n));
  const [fast, slow] = [start({ lane }), start()];
  for (const rib of [fast, slow]) {
    const reader = new Reader(rib);
    for (let at = 0; at < specs.length; at += 300) {
      reader.read(peerIndex(1), octetsOf(specs.slice(at, at + 300)));
    }
    rib.checkInvariants();
  }
  t.ok([...fast.table.attributes.slotCounts].every((count) => count >= 128));
  t.equal(setsOf(fast).join(), setsOf(slow).join());
  fast.peerDown(peerIndex(1));
  finish(fast);
  fast.checkInvariants();
  t.same(setsOf(fast), []);
  t.end();
});

t.test('a /16 of /32s and blocks of IPv6 that have to be cut are as without it', { skip }, (t) => {
  const hosts = table(60, (n) => `10.9.${(n >> 8) & 255}.${n & 255}/32`);
  const sites = table(
    150,
    (n) => `2400:${(n & 0xffff).toString(16)}:${(n >> 16).toString(16)}::/48`,
  );
  const [fast, slow] = [start({ lane }), start()];
  for (const [rib, reader] of [
    [fast, new Reader(fast)],
    [slow, new Reader(slow)],
  ] as const) {
    for (const peer of [0, 1]) {
      for (let at = 0; at < hosts.length; at += 20) {
        reader.read(peerIndex(peer), octetsOf(hosts.slice(at, at + 20)));
        reader.read(peerIndex(peer), octetsOf(sites.slice(at, at + 20)));
      }
    }
    rib.checkInvariants();
  }
  t.equal(tableOf(fast), tableOf(slow));
  for (const peer of [0, 1]) fast.peerDown(peerIndex(peer));
  finish(fast);
  fast.checkInvariants();
  t.equal(fast.table.attributes.arena.entries, 0);
  t.equal(fast.table.prefixes('ipv4') + fast.table.prefixes('ipv6'), 0);
  t.end();
});

t.test(
  'where memory ends the lane stops as the long way does, and nothing is broken',
  { skip },
  (t) => {
    const rib = start({ lane, routeWords: 68_000 });
    const reader = new Reader(rib);
    const specs = table(1500, (n) => `${1 + (n % 200)}.${(n >> 3) & 255}.${(n >> 11) & 255}.0/24`);
    let fits = true;
    for (let at = 0; fits && at < specs.length; at += 100) {
      fits = reader.read(peerIndex(0), octetsOf(specs.slice(at, at + 100)));
    }
    t.notOk(fits, 'it was full at last');
    rib.checkInvariants();
    rib.peerDown(peerIndex(0));
    finish(rib);
    rib.checkInvariants();
    t.equal(rib.table.prefixes('ipv4'), 0);
    t.end();
  },
);

t.test('a free piece that is larger than all size classes stays one', { skip }, (t) => {
  const rib = start({ lane, routeWords: 1 << 25 });
  const { memory } = rib.table.blocks;
  // Two of 6 million words side by side, below one that keeps the top up; the greatest class has 8.
  const pieces = [0, 1].map(() => memory.allocate(6_000_000));
  memory.allocate(2);
  for (const piece of pieces) memory.release(piece, classOfWords(6_000_000));
  memory.free.join(memory.state[0]!);
  const reader = new Reader(rib);
  const specs = table(40, (n) => `${1 + (n % 200)}.${(n >> 3) & 255}.${(n >> 11) & 255}.0/24`);
  t.ok(reader.read(peerIndex(0), octetsOf([...specs, ...specs])));
  t.ok(reader.easy > 0);
  memory.checkInvariants();
  reader.read(peerIndex(0), octetsOf(table(200, (n) => `10.${n & 255}.${(n >> 8) & 255}.0/24`)));
  memory.checkInvariants();
  t.equal(
    memory.state[0],
    Math.max(...pieces) + wordsOf(classOfWords(6_000_000)) + 2,
    'all came from it',
  );
  t.end();
});

t.test(
  'on a session of two-octet AS numbers each UPDATE is judged, known or not (RFC 6793 §6)',
  { skip },
  (t) => {
    const context = { ...FOUR_OCTET, fourOctetAs: false };
    const rib = makeRib({ tracked: false, lane });
    const peer = bringUp(rib, 0, { context });
    // An AS4_PATH with a confederation segment is kept as it is, and is a fault each time.
    const raw = [0xc0, 17, 12, 3, 1, 0, 0, 0, 9, 2, 1, 0, 1, 0, 0];
    const bytes = updateBytes({ path: [64496], announce: ['192.0.2.0/24'], raw }, context);
    const update = decoded(bytes, context);
    t.equal(update.verdict, Verdict.attributeDiscard);
    rib.lookAhead(peer, bytes, 0, bytes.length);
    rib.feed(peer, bytes, update);
    rib.lookAhead(peer, bytes, 0, bytes.length);
    t.equal(rib.takeEasy(peer, bytes, 0, ['ipv4']), 0);
    t.equal(texts(rib, 'ipv4').length, 1);
    t.end();
  },
);

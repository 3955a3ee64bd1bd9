import fc from 'fast-check';
import t from 'tap';
import { RibFullError } from '../../src/rib/memory.ts';
import { Reason } from '../../src/rib/reason.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import {
  bestPeer,
  bringUp,
  drain,
  feed,
  finish,
  makeRib,
  openRules,
  peerIndex,
  route,
  texts,
} from './fixture.ts';
import { decoded, FOUR_OCTET, updateBytes } from './updates.ts';

const A = '203.0.112.0/24';
const B = '203.0.114.0/24';
const MANY = Array.from({ length: 200 }, (_, i) => `203.${i}.0.0/16`);
const WITH_IDS = { ...FOUR_OCTET, addPath: { ipv4: true, ipv6: true } };

function reasonOf(rib: ReturnType<typeof makeRib>, text: string, peer: PeerIndex) {
  const standing = route(rib, text)?.paths.find((path) => path.peer === peer)?.standing;
  return standing?.kind === 'refused' ? standing.reason : standing?.kind;
}

t.test(
  'a neighbour that goes down loses every decision at once, and its paths a slice at a time',
  (t) => {
    const rib = makeRib();
    const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
    feed(rib, a, { path: [1], announce: MANY });
    feed(rib, b, { path: [1, 2], announce: MANY });
    drain(rib);
    rib.peerDown(a);
    // What is announced meanwhile competes with live paths alone.
    feed(rib, b, { path: [1, 2, 3], announce: [MANY[199]!] });
    t.equal(bestPeer(rib, MANY[199]!), 1);
    let slices = 0;
    for (let more = true; more; slices++) {
      more = rib.step(10);
      rib.checkInvariants();
    }
    t.ok(slices > 5, `${slices} slices`);
    t.equal(rib.counts(b, 'ipv4').best, 200);
    t.equal(drain(rib), 200);
    t.end();
  },
);

t.test('a neighbour may come back while its old paths are still being taken away', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: MANY });
  rib.peerDown(a);
  rib.step(20);
  bringUp(rib, 0);
  feed(rib, a, { path: [9], announce: MANY.slice(100) });
  finish(rib);
  rib.checkInvariants();
  t.equal(rib.counts(a, 'ipv4').received, 100);
  t.equal(rib.table.prefixes('ipv4'), 100);
  t.end();
});

t.test('while the best path is leaving, another is said to be best', (t) => {
  const rib = makeRib();
  const [a, b, c] = [bringUp(rib, 0), bringUp(rib, 1), bringUp(rib, 2)];
  feed(rib, a, { path: [1], announce: [A] });
  feed(rib, b, { path: [1, 2], announce: [A] });
  feed(rib, c, { path: [1, 2, 3], announce: [A] });
  rib.peerDown(a);
  const standings = () => route(rib, A)?.paths.map(({ standing }) => standing);
  const lost = { kind: 'lost', at: 'as-path-length', to: 1 };
  t.same(standings(), [{ kind: 'leaving' }, { kind: 'best' }, lost]);
  finish(rib);
  t.same(standings(), [{ kind: 'best' }, lost]);
  rib.peerDown(b);
  rib.peerDown(c);
  t.same(standings(), [{ kind: 'leaving' }, { kind: 'leaving' }]);
  t.end();
});

t.test('100 cycles of a table leave the memory as the first two did', (t) => {
  const rib = makeRib();
  const empty = rib.table.blocks.memory.wordsInUse;
  let touched = 0;
  for (let cycle = 0; cycle < 100; cycle++) {
    const a = bringUp(rib, 0);
    for (let i = 0; i < 200; i += 20)
      feed(rib, a, { path: [1, i], announce: MANY.slice(i, i + 20) });
    drain(rib);
    rib.peerDown(a);
    finish(rib);
    drain(rib);
    // The second finds the pieces of the first, and cuts them in its own way.
    if (cycle === 1) touched = rib.table.blocks.memory.octetsTouched;
  }
  rib.checkInvariants();
  t.equal(rib.table.blocks.memory.wordsInUse, empty);
  t.equal(rib.table.blocks.memory.octetsTouched, touched);
  t.equal(rib.table.attributes.arena.entries, 0);
  t.end();
});

t.test('RFC 7313 §4: what is not announced between beginning and end of a refresh goes', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B, '2400:1::/32'] });
  rib.refreshBegin(a, 'ipv4');
  t.equal(route(rib, A)?.paths[0]?.stale, true);
  feed(rib, a, { path: [1], announce: [A] });
  t.equal(route(rib, A)?.paths[0]?.stale, false);
  rib.refreshEnd(a, 'ipv4');
  finish(rib);
  t.same(texts(rib, 'ipv4'), [A]);
  t.same(texts(rib, 'ipv6'), ['2400:1::/32']);
  rib.refreshEnd(a, 'ipv4');
  t.equal(rib.step(1), false, 'an end without a beginning means nothing');
  rib.checkInvariants();
  t.end();
});

t.test('a refresh that begins many times over still ends with what was announced last', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B] });
  for (let i = 0; i < 9; i++) rib.refreshBegin(a, 'ipv4');
  feed(rib, a, { path: [1], announce: [B] });
  rib.refreshEnd(a, 'ipv4');
  rib.refreshBegin(a, 'ipv4');
  t.same(texts(rib, 'ipv4'), [A, B], 'the sweep waits for the end of the next refresh');
  rib.refreshEnd(a, 'ipv4');
  finish(rib);
  t.same(texts(rib, 'ipv4'), [B]);
  rib.checkInvariants();
  t.end();
});

t.test('equal octets announced again change nothing and are told to nobody', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: MANY });
  drain(rib);
  feed(rib, a, { path: [1], announce: MANY });
  t.equal(rib.table.changes, 0);
  feed(rib, a, { path: [2], announce: MANY });
  t.equal(
    rib.table.changes,
    200,
    'another set is told, though the best path is the same neighbour’s',
  );
  rib.checkInvariants();
  t.end();
});

t.test('a prefix that changes often is told once, and one that came and went too', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  for (let i = 0; i < 10; i++) {
    feed(rib, a, { path: [i + 1], announce: [A] });
    feed(rib, a, { withdraw: [A] });
  }
  t.equal(rib.table.changes, 1);
  t.equal(rib.table.prefixes('ipv4'), 0);
  t.equal(route(rib, A), undefined);
  t.equal(drain(rib), 1);
  rib.checkInvariants();
  t.end();
});

t.test('RFC 7606 §2: treat-as-withdraw takes the routes of the UPDATE away', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B, '2400:1::/32'] });
  // ORIGIN 7 is none.
  feed(rib, a, { path: [1], origin: 7, announce: [A, '2400:1::/32'] });
  t.same([texts(rib, 'ipv4'), texts(rib, 'ipv6')], [[B], []]);
  rib.checkInvariants();
  t.end();
});

t.test('a discarded attribute is not kept (RFC 7606 §2)', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  // AGGREGATOR with a length that it cannot have.
  feed(rib, a, { path: [1], raw: [0xc0, 7, 2, 0, 1], announce: [A] });
  feed(rib, a, { path: [1], announce: [B] });
  t.equal(rib.table.attributes.arena.entries, 1);
  rib.checkInvariants();
  t.end();
});

t.test('End-of-RIB is remembered for its family until the session ends (RFC 4724 §2)', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  const bytes = updateBytes({});
  rib.feed(a, bytes, decoded(bytes));
  t.same([rib.hasEndOfRib(a, 'ipv4'), rib.hasEndOfRib(a, 'ipv6')], [true, false]);
  rib.peerDown(a);
  bringUp(rib, 0);
  t.equal(rib.hasEndOfRib(a, 'ipv4'), false);
  t.end();
});

t.test('new rules judge what is stored, and the counters follow', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [64512], announce: MANY });
  t.equal(rib.counts(a, 'ipv4').accepted, 200);
  rib.setRules(a, openRules({ privateAs: 'refuse' }));
  rib.step(30);
  rib.checkInvariants();
  finish(rib);
  t.same(rib.counts(a, 'ipv4'), { received: 200, accepted: 0, best: 0 });
  t.equal(reasonOf(rib, MANY[0]!, a), Reason.privateAs);
  rib.setRules(a, openRules({ accept: 'none' }));
  rib.setRules(a, openRules());
  finish(rib);
  t.equal(rib.counts(a, 'ipv4').best, 200);
  rib.checkInvariants();
  t.end();
});

t.test(
  'the RPKI is asked for the prefix and its origin, and asked again when it has changed',
  (t) => {
    let invalid = 0;
    const rib = makeRib({
      originIsInvalid: (family, word0, _1, _2, _3, length, origin) =>
        family === 'ipv4' && word0 === (0xcb007000 | 0) && length === 24 && origin === invalid,
    });
    const a = bringUp(rib, 0, { rules: openRules({ rpkiInvalid: 'refuse' }) });
    invalid = 9;
    feed(rib, a, { path: [1, 9], announce: [A, B] });
    t.equal(reasonOf(rib, A, a), Reason.rpkiInvalid);
    t.equal(reasonOf(rib, B, a), 'best');
    invalid = 0;
    rib.rejudge(a);
    finish(rib);
    t.equal(reasonOf(rib, A, a), 'best');
    t.end();
  },
);

t.test('RFC 7911: paths are told apart by their identifier, up to the stated limit', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0, { context: WITH_IDS, maxPaths: 2 });
  const send = (spec: Parameters<typeof updateBytes>[0]) => feed(rib, a, spec, WITH_IDS);
  send({ path: [1, 2], announce: [`${A}#7`] });
  send({ path: [1], announce: [`${A}#9`] });
  send({ path: [2], announce: [`${A}#8`, `${B}#8`] });
  t.same(
    route(rib, A)?.paths.map(({ pathId, standing }) => [pathId, standing.kind]),
    [
      [7, 'lost'],
      [9, 'best'],
    ],
  );
  t.equal(rib.overflow(a), 1);
  send({ withdraw: [`${A}#9`] });
  send({ path: [2], announce: [`${A}#8`] });
  t.same(
    route(rib, A)
      ?.paths.map(({ pathId }) => pathId)
      .toSorted(),
    [7, 8],
  );
  send({ withdraw: [`${A}#7`, `${A}#8`, `${A}#1`, `${B}#8`] });
  drain(rib);
  t.equal(rib.table.prefixes('ipv4'), 0);
  rib.checkInvariants();
  t.end();
});

t.test('one neighbour more than there are columns is refused and leaves no trace', (t) => {
  const rib = makeRib();
  for (let i = 0; i < 127; i++) bringUp(rib, i, { context: WITH_IDS, maxPaths: 2 });
  t.throws(() => bringUp(rib, 127, { context: WITH_IDS, maxPaths: 2 }), RibFullError);
  const last = bringUp(rib, 128);
  feed(rib, last, { path: [1], announce: [A] });
  t.equal(bestPeer(rib, A), 128);
  rib.checkInvariants();
  t.end();
});

t.test('routes that do not fit are refused, those before them are whole', (t) => {
  const rib = makeRib({ routeWords: 1 << 20, tracked: false });
  const a = bringUp(rib, 0);
  let fed = 0;
  t.throws(() => {
    for (let i = 0; i < 1 << 22; i += 200, fed += 200) {
      const announce = Array.from({ length: 200 }, (_, j) => {
        const host = Math.imul(i + j, 0x9e3779b1) >>> 0;
        return `${host >>> 24}.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}/32`;
      });
      feed(rib, a, { path: [1], announce });
    }
  }, RibFullError);
  rib.checkInvariants();
  t.ok(rib.counts(a, 'ipv4').received >= fed);
  rib.peerDown(peerIndex(0));
  finish(rib);
  rib.checkInvariants();
  t.equal(rib.table.prefixes('ipv4'), 0);
  t.end();
});

t.test(
  'property: with no room left, what was refused leaves no trace and what is there can go',
  (t) => {
    const batch = fc.record({
      peer: fc.nat({ max: 2 }),
      start: fc.nat({ max: 3000 }),
      count: fc.integer({ min: 1, max: 100 }),
      six: fc.boolean(),
      withdraw: fc.boolean(),
    });
    const prefix = (i: number, six: boolean) =>
      six ? `2400:${(i + 1).toString(16)}::/32` : `100.${i % 3}.${i >>> 8}.${i & 255}/32`;
    fc.assert(
      fc.property(fc.array(batch, { minLength: 50, maxLength: 150, size: 'max' }), (batches) => {
        // The IPv4 table takes 65536 words of these.
        const rib = makeRib({ routeWords: 65536 + 9000 });
        for (const peer of [0, 1, 2]) bringUp(rib, peer);
        for (const { peer, start, count, six, withdraw } of batches) {
          const prefixes = Array.from({ length: count }, (_, i) => prefix(start + i, six));
          const spec = withdraw ? { withdraw: prefixes } : { path: [peer + 1], announce: prefixes };
          try {
            feed(rib, peerIndex(peer), spec);
          } catch (error) {
            if (!(error instanceof RibFullError)) throw error;
          }
        }
        rib.checkInvariants();
        for (const peer of [0, 1, 2]) rib.peerDown(peerIndex(peer));
        finish(rib);
        drain(rib);
        rib.checkInvariants();
        return rib.table.prefixes('ipv4') + rib.table.prefixes('ipv6') === 0;
      }),
      { seed: 608, numRuns: 15 },
    );
    t.end();
  },
);

t.test(
  'a neighbour that fills its share of memory is refused, and others still have theirs',
  (t) => {
    const rib = makeRib({ attributeWords: 1 << 18 });
    const [greedy, honest] = [bringUp(rib, 0), bringUp(rib, 1)];
    const set = (i: number) => ({
      path: [64496, i],
      communities: Array.from({ length: 200 }, (_, n) => n * 1000 + i),
      nextHop: '198.51.100.1',
    });
    t.throws(() => {
      for (let i = 1; i < 2000; i++)
        feed(rib, greedy, { ...set(i), announce: [`10.${i >> 8}.${i & 255}.0/24`] });
    }, RibFullError);
    t.doesNotThrow(() =>
      feed(rib, honest, { path: [64497], nextHop: '198.51.100.2', announce: ['192.0.2.0/24'] }),
    );
    rib.checkInvariants();
    rib.peerDown(greedy);
    finish(rib);
    bringUp(rib, 0);
    t.doesNotThrow(
      () => feed(rib, greedy, { ...set(1), announce: ['10.0.0.0/24'] }),
      'it begins anew',
    );
    rib.checkInvariants();
    t.end();
  },
);

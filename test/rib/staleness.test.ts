/** Paths of a neighbour that is away or begins anew: what stays, what is stale, and what goes. */

import fc from 'fast-check';
import t from 'tap';
import { RibFullError } from '../../src/rib/memory.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import {
  bestPeer,
  bringUp,
  describe,
  drain,
  feed,
  finish,
  makeRib,
  openRules,
  route,
  texts,
} from './fixture.ts';
import { FOUR_OCTET, type UpdateSpec } from './updates.ts';

const A = '203.0.112.0/24';
const B = '203.0.114.0/24';
const C = '2400:cb00::/32';
const LLGR_STALE = 0xffff0006;
const NO_LLGR = 0xffff0007;
const WITH_IDS = { ...FOUR_OCTET, addPath: { ipv4: true, ipv6: true } };

function stateOf(rib: Rib, text: string, peer: PeerIndex): string | undefined {
  const path = route(rib, text)?.paths.find((each) => each.peer === peer);
  if (!path) return undefined;
  return path.llgrStale ? 'long-lived' : path.stale ? 'stale' : 'fresh';
}

/** Identifier and state of each path. */
function stalePaths(rib: Rib, text = A): readonly string[] {
  const paths = route(rib, text)?.paths ?? [];
  return paths.map(({ pathId, stale }) => `${pathId} ${stale ? 'stale' : 'fresh'}`).toSorted();
}

function sure(rib: Rib): Rib {
  finish(rib);
  rib.checkInvariants();
  return rib;
}

t.test(
  'RFC 4724 §4.2: stale paths are used as before, and go when they are not sent again',
  (t) => {
    const rib = makeRib();
    const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
    feed(rib, a, { path: [1], announce: [A, B] });
    feed(rib, b, { path: [1, 2], announce: [A, B] });
    drain(rib);
    rib.retain(a, ['ipv4', 'ipv6']);
    sure(rib);
    t.equal(drain(rib), 0, 'nobody is told of anything');
    t.equal(bestPeer(rib, A), 0);
    t.equal(stateOf(rib, A, a), 'stale');
    t.equal(rib.stale(a, 'ipv4'), 2);
    t.ok(rib.resume(a, describe(0)));
    feed(rib, a, { path: [1], announce: [A] });
    t.equal(drain(rib), 0, 'what comes back as it was is no change');
    t.equal(stateOf(rib, A, a), 'fresh');
    rib.refreshEnd(a, 'ipv4');
    sure(rib);
    t.same([bestPeer(rib, A), bestPeer(rib, B)], [0, 1]);
    t.equal(drain(rib), 1);
    t.equal(rib.stale(a, 'ipv4'), 0);
    t.end();
  },
);

t.test('RFC 7911: a stale path is known again by its identifier', (t) => {
  const rib = makeRib();
  const changes = { context: WITH_IDS, maxPaths: 3 };
  const a = bringUp(rib, 0, changes);
  const send = (spec: UpdateSpec) => feed(rib, a, spec, WITH_IDS);
  send({ path: [1], announce: [`${A}#1`] });
  send({ path: [1, 2], announce: [`${A}#2`] });
  rib.retain(a, ['ipv4', 'ipv6']);
  t.equal(rib.stale(a, 'ipv4'), 2);
  t.ok(rib.resume(a, describe(0, changes)));
  send({ path: [1, 2], announce: [`${A}#2`] });
  t.same(stalePaths(sure(rib)), ['1 stale', '2 fresh']);
  rib.refreshEnd(a, 'ipv4');
  t.same(stalePaths(sure(rib)), ['2 fresh']);
  t.end();
});

t.test('RFC 7911: who has restarted may number its paths anew: what is stale makes room', (t) => {
  const rib = makeRib();
  const changes = { context: WITH_IDS, maxPaths: 2 };
  const a = bringUp(rib, 0, changes);
  const send = (spec: UpdateSpec) => feed(rib, a, spec, WITH_IDS);
  send({ path: [1], announce: [`${A}#1`, `${B}#1`] });
  send({ path: [2], announce: [`${A}#2`] });
  rib.retain(a, ['ipv4', 'ipv6']);
  t.ok(rib.resume(a, describe(0, changes)));
  send({ path: [1], announce: [`${A}#11`, `${B}#11`] });
  send({ path: [2], announce: [`${A}#12`] });
  send({ path: [3], announce: [`${A}#13`] });
  t.equal(rib.overflow(a), 1, 'two are kept, as ever, and both are fresh');
  t.same(stalePaths(sure(rib)), ['11 fresh', '12 fresh']);
  t.same(stalePaths(rib, B), ['1 stale', '11 fresh'], 'with room for both, both are there');
  rib.refreshEnd(a, 'ipv4');
  t.same(stalePaths(sure(rib)), ['11 fresh', '12 fresh']);
  t.same(stalePaths(rib, B), ['11 fresh']);
  t.end();
});

t.test('RFC 9494, 7911, 9234: a long-lived stale path keeps its identifier and its OTC', (t) => {
  const rib = makeRib();
  const rules = { ...openRules(), addsOnlyToCustomer: true };
  const a = bringUp(rib, 0, { context: WITH_IDS, maxPaths: 2, rules });
  feed(rib, a, { path: [64496, 1], announce: [`${A}#1`] }, WITH_IDS);
  feed(rib, a, { path: [64497, 1], announce: [`${A}#2`] }, WITH_IDS);
  rib.retain(a, ['ipv4', 'ipv6']);
  rib.longLive(a, 'ipv4');
  sure(rib);
  t.same(
    route(rib, A)
      ?.paths.map(({ pathId, llgrStale, onlyToCustomer }) => [pathId, llgrStale, onlyToCustomer])
      .toSorted(),
    [
      [1, true, 64496],
      [2, true, 64496],
    ],
  );
  rib.refreshEnd(a, 'ipv4');
  t.equal(route(sure(rib), A), undefined);
  t.end();
});

t.test(
  'what is long-lived stale stays, however much the neighbour that was fed last has sent',
  (t) => {
    const rib = makeRib({ attributeWords: 1 << 18 });
    const [away, greedy] = [bringUp(rib, 0), bringUp(rib, 1)];
    feed(rib, away, { path: [1], announce: [A] });
    t.throws(() => {
      for (let i = 1; i < 2000; i++) {
        const communities = Array.from({ length: 200 }, (_, n) => n * 1000 + i);
        feed(rib, greedy, { path: [2], communities, announce: [B] });
        feed(rib, greedy, { path: [2], communities, announce: [`10.${i >> 8}.${i & 255}.0/24`] });
      }
    }, RibFullError);
    rib.retain(away, ['ipv4']);
    rib.longLive(away, 'ipv4');
    t.equal(stateOf(sure(rib), A, away), 'long-lived');
    t.end();
  },
);

t.test('families that may not stay go at once, those that may stay', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, C] });
  rib.retain(a, ['ipv6']);
  sure(rib);
  t.same([texts(rib, 'ipv4'), texts(rib, 'ipv6')], [[], [C]]);
  t.ok(rib.resume(a, describe(0)));
  feed(rib, a, { path: [1], announce: [A] });
  sure(rib);
  t.equal(stateOf(rib, A, a), 'fresh');
  rib.peerDown(a);
  sure(rib);
  t.equal(route(rib, C), undefined);
  t.end();
});

t.test('"previously marked as stale MUST be deleted": a second restart before End-of-RIB', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B] });
  rib.retain(a, ['ipv4']);
  rib.resume(a, describe(0));
  feed(rib, a, { path: [1], announce: [A] });
  rib.retain(a, ['ipv4']);
  t.equal(route(rib, B), undefined);
  t.equal(stateOf(rib, A, a), 'stale');
  sure(rib);
  rib.resume(a, describe(0));
  feed(rib, a, { path: [1], announce: [B] });
  rib.refreshEnd(a, 'ipv4');
  sure(rib);
  t.same(texts(rib, 'ipv4'), [B]);
  t.end();
});

t.test('a session that ends in a refresh keeps what is stale by that, up to the last mark', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A] });
  for (const begun of [1, 2]) {
    rib.refreshBegin(a, 'ipv4');
    rib.retain(a, ['ipv4']);
    t.equal(stateOf(rib, A, a), 'stale', `begun ${begun} times`);
    t.ok(rib.resume(a, describe(0)));
    feed(rib, a, { path: [1], announce: [A] });
    rib.refreshEnd(a, 'ipv4');
    sure(rib);
    t.equal(stateOf(rib, A, a), 'fresh');
  }
  feed(rib, a, { path: [1], announce: [B] });
  for (let i = 0; i < 3; i++) rib.refreshBegin(a, 'ipv4');
  feed(rib, a, { path: [1], announce: [A] });
  rib.retain(a, ['ipv4']);
  t.equal(stateOf(rib, A, a), 'stale', 'no fresh path passes for a stale one, nor the reverse');
  t.equal(route(rib, B), undefined, 'there was no mark left for it');
  t.end();
});

t.test('RFC 7313: a refresh that begins within the sweep of the last one puts it off', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B] });
  for (let i = 0; i < 5; i++) {
    rib.refreshBegin(a, 'ipv4');
    feed(rib, a, { path: [1], announce: [B] });
    rib.refreshEnd(a, 'ipv4');
  }
  rib.refreshBegin(a, 'ipv4');
  t.equal(stateOf(rib, A, a), 'stale', 'not a row was looked at');
  feed(rib, a, { path: [1], announce: [B] });
  rib.refreshEnd(a, 'ipv4');
  sure(rib);
  t.equal(stateOf(rib, A, a), undefined);
  t.equal(stateOf(rib, B, a), 'fresh');
  t.end();
});

t.test('RFC 4724 §4.2: the sweep of what was retained is not put off', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A, B] });
  rib.retain(a, ['ipv4']);
  t.ok(rib.resume(a, describe(0)));
  feed(rib, a, { path: [1], announce: [B] });
  rib.refreshEnd(a, 'ipv4');
  rib.refreshBegin(a, 'ipv4');
  t.equal(stateOf(rib, A, a), undefined);
  t.equal(stateOf(rib, B, a), 'stale');
  rib.checkInvariants();
  t.end();
});

t.test('another router, or path identifiers where there were none: nothing can stay', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  feed(rib, a, { path: [1], announce: [A] });
  rib.retain(a, ['ipv4']);
  t.notOk(rib.resume(a, describe(0, { bgpIdentifier: 7 })));
  const context = { ...FOUR_OCTET, addPath: { ipv4: true, ipv6: false } };
  t.notOk(rib.resume(a, describe(0, { context })));
  t.equal(stateOf(rib, A, a), 'stale');
  t.ok(rib.resume(a, describe(0, { context: { ...FOUR_OCTET, fourOctetAs: false } })));
  t.end();
});

t.test(
  'RFC 9494 §4.2: long-lived stale is the last choice, marked, and never with NO_LLGR',
  (t) => {
    const rib = makeRib();
    const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
    feed(rib, a, { path: [1], announce: [A, C], communities: [7] });
    feed(rib, a, { path: [1], announce: [B], communities: [NO_LLGR] });
    feed(rib, b, { path: [1, 2, 3], announce: [A] });
    drain(rib);
    rib.retain(a, ['ipv4', 'ipv6']);
    rib.longLive(a, 'ipv4');
    rib.longLive(a, 'ipv6');
    sure(rib);
    t.equal(route(rib, B), undefined, 'NO_LLGR');
    t.equal(bestPeer(rib, A), 1, 'any other path is better');
    t.equal(bestPeer(rib, C), 0, 'there is no other');
    t.equal(stateOf(rib, C, a), 'long-lived');
    t.equal(drain(rib), 3, 'also the one whose path stays: it is sent with the community');
    const attributes = route(rib, C)?.paths[0]?.attributes ?? new Uint8Array(0);
    t.match(Buffer.from(attributes).toString('hex'), /d00800080000000\d*7ffff0006/);
    rib.resume(a, describe(0));
    feed(rib, a, { path: [1], announce: [A] });
    rib.refreshEnd(a, 'ipv4');
    rib.refreshEnd(a, 'ipv6');
    sure(rib);
    t.equal(bestPeer(rib, A), 0);
    t.equal(route(rib, C), undefined);
    t.end();
  },
);

t.test('long-lived: whatever the set is like, nothing but the community changes', (t) => {
  const sets = [
    { path: [1] },
    { path: [1], communities: [LLGR_STALE] },
    { path: [1], communities: Array.from({ length: 63 }, (_, i) => i) },
    { path: [1], communities: Array.from({ length: 64 }, (_, i) => i), med: 3 },
    { path: [], raw: [0xc0, 99, 2, 1, 2] },
  ];
  for (const set of sets) {
    const rib = makeRib();
    const a = bringUp(rib, 0);
    feed(rib, a, { ...set, announce: [A] });
    const before = route(rib, A)?.paths[0]?.attributes.length ?? 0;
    rib.retain(a, ['ipv4']);
    rib.longLive(a, 'ipv4');
    sure(rib);
    const path = route(rib, A)?.paths[0];
    t.ok(path?.llgrStale);
    const grown = (path?.attributes.length ?? 0) - before;
    const count = set.communities?.length;
    const header = count === undefined ? 3 : count < 64 ? 1 : 0;
    t.equal(grown, count === 1 ? 0 : 4 + header, `${count} communities`);
    rib.peerDown(a);
    sure(rib);
  }
  t.end();
});

t.test('a sweep that still runs when the session is lost, or back, takes the right ones', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  const many = Array.from({ length: 200 }, (_, i) => `203.${i}.0.0/16`);
  feed(rib, a, { path: [1], announce: many });
  rib.retain(a, ['ipv4']);
  rib.longLive(a, 'ipv4');
  rib.step(20);
  rib.resume(a, describe(0));
  feed(rib, a, { path: [1], announce: many.slice(0, 100) });
  rib.refreshEnd(a, 'ipv4');
  rib.step(20);
  feed(rib, a, { path: [1], announce: many.slice(150) });
  rib.retain(a, ['ipv4']);
  sure(rib);
  t.equal(texts(rib, 'ipv4').length, 150);
  t.ok(many.slice(150).every((text) => stateOf(rib, text, a) === 'stale'));
  t.end();
});

/** What a neighbour's paths of one family must be after any calls. */
class Model {
  readonly paths = new Map<string, 'fresh' | 'stale' | 'long-lived'>();
  isUp = true;

  all(state: 'stale' | 'long-lived', from: readonly string[]): void {
    for (const [prefix, now] of this.paths) if (from.includes(now)) this.paths.set(prefix, state);
  }

  sweep(): void {
    for (const [prefix, now] of this.paths) if (now !== 'fresh') this.paths.delete(prefix);
  }
}

t.test('property: a neighbour that comes and goes, held against a map', (t) => {
  const prefixes = Array.from({ length: 6 }, (_, i) => `203.0.${i}.0/24`);
  const command = fc.oneof(
    fc.record({ kind: fc.constant('announce'), of: fc.subarray(prefixes, { minLength: 1 }) }),
    fc.record({ kind: fc.constant('withdraw'), of: fc.subarray(prefixes, { minLength: 1 }) }),
    fc.record({
      kind: fc.constantFrom('retain', 'resume', 'sweep', 'longLive', 'step'),
      of: fc.constant<string[]>([]),
    }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const rib = makeRib();
      const a = bringUp(rib, 0);
      const model = new Model();
      let awaits = false;
      for (const { kind, of } of commands) {
        if (kind === 'step') rib.step(2);
        if (kind === 'announce' && model.isUp) {
          feed(rib, a, { path: [1], announce: of });
          for (const prefix of of) model.paths.set(prefix, 'fresh');
        }
        if (kind === 'withdraw' && model.isUp) {
          feed(rib, a, { withdraw: of });
          for (const prefix of of) model.paths.delete(prefix);
        }
        if (kind === 'retain' && model.isUp) {
          rib.retain(a, ['ipv4']);
          if (awaits) model.sweep();
          model.all('stale', ['fresh']);
          model.isUp = false;
          awaits = true;
        }
        if (kind === 'longLive' && !model.isUp) {
          rib.longLive(a, 'ipv4');
          model.all('long-lived', ['stale']);
        }
        if (kind === 'resume' && !model.isUp) model.isUp = rib.resume(a, describe(0));
        if (kind === 'sweep' && model.isUp && awaits) {
          rib.refreshEnd(a, 'ipv4');
          model.sweep();
          awaits = false;
        }
      }
      sure(rib);
      const found = prefixes.flatMap((text) => {
        const state = stateOf(rib, text, a);
        return state ? [`${text} ${state}`] : [];
      });
      const wanted = [...model.paths].map(([text, state]) => `${text} ${state}`).sort();
      if (String(found) !== String(wanted)) throw new Error(`${found}\nis not\n${wanted}`);
      rib.peerDown(a);
      sure(rib);
      if (texts(rib, 'ipv4').length > 0) throw new Error('something outlived it');
    }),
    { seed: 9494, numRuns: 300 },
  );
  t.end();
});

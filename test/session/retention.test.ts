/** Each deadline of stale routes, and each way in which they end, on virtual time. */

import fc from 'fast-check';
import t from 'tap';
import type { RestartTerms } from '../../src/fsm/gracefulRestart.ts';
import { FAMILIES, type Family } from '../../src/net/family.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { Retention, STALE_LIMIT } from '../../src/session/retention.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const PEER = 0 as PeerIndex;

function termsOf(changes: Partial<RestartTerms> = {}): RestartTerms {
  return {
    restarting: false,
    notification: true,
    restartTime: 120,
    families: ['ipv4', 'ipv6'],
    forwarding: ['ipv4', 'ipv6'],
    ours: [],
    longLived: undefined,
    ...changes,
  };
}

const LONG_LIVED = { staleTime: { ipv4: 3600 }, forwarding: ['ipv4'] } as const;

/** What a RIB would have of the peer, and what was asked of it. */
class FakeRib {
  readonly asked: string[] = [];
  readonly stale_ = new Set<Family>();
  up = true;

  retain(_: PeerIndex, families: readonly Family[]): void {
    this.#ask(`retain ${families.join(' ')}`);
    this.stale_.clear();
    for (const family of families) this.stale_.add(family);
  }

  refreshBegin(_: PeerIndex, family: Family): void {
    this.#ask(`begin ${family}`);
    this.stale_.add(family);
  }

  refreshEnd(_: PeerIndex, family: Family): void {
    this.#ask(`sweep ${family}`);
    this.stale_.delete(family);
  }

  longLive(_: PeerIndex, family: Family): void {
    this.#ask(`long-lived ${family}`);
  }

  peerDown(): void {
    this.#ask('down');
    this.stale_.clear();
    this.up = false;
  }

  stale(_: PeerIndex, family: Family): number {
    return this.stale_.has(family) ? 1 : 0;
  }

  #ask(what: string): void {
    if (!this.up) throw new Error(`${what} of a peer that is down`);
    this.asked.push(what);
  }
}

function keeping() {
  const clock = new VirtualClock();
  const rib = new FakeRib();
  const told: string[] = [];
  const report = { add: ({ type }: { readonly type: string }) => told.push(type) };
  const retention = new Retention(PEER, rib, clock, report);
  return { clock, rib, retention, told, asked: () => rib.asked.splice(0) };
}

t.test('RFC 4724 §4.2: who is not back in its restart time loses everything', (t) => {
  const { clock, retention, told, asked } = keeping();
  retention.keep(termsOf(), undefined);
  t.same(asked(), ['retain ipv4 ipv6']);
  t.match(retention.routes, [
    { family: 'ipv4', phase: 'restart', since: clock.wall(), until: clock.wall() + 120_000 },
    { family: 'ipv6', phase: 'restart' },
  ]);
  clock.advance(119_999);
  t.same(asked(), []);
  clock.advance(1);
  t.same(asked(), ['sweep ipv4', 'down']);
  t.same(retention.routes, []);
  t.same(told, ['RoutesKept', 'RoutesSwept', 'RoutesSwept']);
  t.equal(clock.pending, 0);
  t.end();
});

t.test('who has sent nothing is not waited for', (t) => {
  const { clock, rib, retention, told, asked } = keeping();
  rib.retain = () => {};
  retention.keep(termsOf(), undefined);
  t.same([asked(), told, retention.routes, clock.pending], [['down'], [], [], 0]);
  t.end();
});

t.test('back in time: each family is swept at its End-of-RIB', (t) => {
  const { clock, retention, asked } = keeping();
  retention.keep(termsOf(), undefined);
  clock.advance(60_000);
  retention.resume(termsOf());
  t.match(retention.routes, [
    { phase: 'return', until: clock.wall() + STALE_LIMIT * 1000 },
    { phase: 'return', since: clock.wall() - 60_000 },
  ]);
  asked();
  clock.advance(100_000);
  t.same(asked(), [], 'the restart time has no meaning any more');
  retention.endOfRib('ipv6');
  t.same(asked(), ['sweep ipv6']);
  retention.endOfRib('ipv6');
  t.same(asked(), [], 'once');
  retention.endOfRib('ipv4');
  t.same(asked(), ['sweep ipv4']);
  t.equal(clock.pending, 0);
  t.end();
});

t.test('back, and End-of-RIB never comes: swept after a while', (t) => {
  const { clock, retention, asked } = keeping();
  retention.keep(termsOf({ families: ['ipv4'] }), undefined);
  retention.resume(termsOf());
  asked();
  clock.advance(STALE_LIMIT * 1000);
  t.same(asked(), ['sweep ipv4']);
  t.end();
});

t.test('back without the capability, a family or its F bit: swept at once', (t) => {
  for (const [terms, swept] of [
    [undefined, ['sweep ipv4', 'sweep ipv6']],
    [termsOf({ families: ['ipv4'], forwarding: ['ipv4'] }), ['sweep ipv6']],
    [termsOf({ forwarding: ['ipv6'] }), ['sweep ipv4']],
  ] as const) {
    const { retention, asked } = keeping();
    retention.keep(termsOf(), undefined);
    asked();
    retention.resume(terms);
    t.same(asked(), swept);
    t.equal(retention.routes.length, 2 - swept.length);
  }
  t.end();
});

t.test('back as another router: the RIB has kept nothing, and nothing is waited for', (t) => {
  const { clock, rib, retention } = keeping();
  retention.keep(termsOf(), undefined);
  rib.stale_.clear();
  retention.resume(termsOf());
  t.same(retention.routes, []);
  t.equal(clock.pending, 0);
  t.end();
});

t.test('gone again before End-of-RIB: the clock starts anew, for what is new', (t) => {
  const { clock, retention, asked } = keeping();
  retention.keep(termsOf(), undefined);
  clock.advance(100_000);
  retention.resume(termsOf());
  retention.keep(termsOf({ restartTime: 30 }), undefined);
  t.same(asked(), ['retain ipv4 ipv6', 'retain ipv4 ipv6'], 'the RIB sweeps what was stale before');
  clock.advance(29_999);
  t.same(asked(), []);
  clock.advance(1);
  t.same(asked(), ['sweep ipv4', 'down']);
  t.end();
});

t.test('two restarts one after the other, each whole', (t) => {
  const { clock, retention, asked } = keeping();
  for (let i = 0; i < 2; i++) {
    retention.keep(termsOf(), undefined);
    clock.advance(10_000);
    retention.resume(termsOf());
    retention.endOfRib('ipv4');
    retention.endOfRib('ipv6');
    t.same(asked(), ['retain ipv4 ipv6', 'sweep ipv4', 'sweep ipv6']);
  }
  t.equal(clock.pending, 0);
  t.end();
});

t.test(
  'RFC 9494 §4.2: the last choice after the restart time, for the shorter of both times',
  (t) => {
    const { clock, retention, told, asked } = keeping();
    retention.keep(termsOf({ longLived: LONG_LIVED }), 1800);
    asked();
    clock.advance(120_000);
    t.same(asked(), ['long-lived ipv4', 'sweep ipv6'], 'one family has no such time');
    t.match(retention.routes, [{ phase: 'long-lived', until: clock.wall() + 1_800_000 }]);
    clock.advance(1_799_999);
    t.same(asked(), []);
    clock.advance(1);
    t.same(asked(), ['down']);
    t.ok(told.includes('RoutesLongLived'));
    t.end();
  },
);

t.test('long-lived: only where the file has it; with a restart time of 0 at once', (t) => {
  const without = keeping();
  without.retention.keep(termsOf({ longLived: LONG_LIVED }), undefined);
  without.clock.advance(120_000);
  t.same(without.asked(), ['retain ipv4 ipv6', 'sweep ipv4', 'down']);
  const atOnce = keeping();
  atOnce.retention.keep(termsOf({ restartTime: 0, longLived: LONG_LIVED }), 60);
  atOnce.clock.advance(0);
  t.same(atOnce.asked(), ['retain ipv4 ipv6', 'long-lived ipv4', 'sweep ipv6']);
  t.end();
});

t.test('back while long-lived: its own F bit counts, and its time runs on', (t) => {
  const keep = () => {
    const made = keeping();
    made.retention.keep(termsOf({ families: ['ipv4'], longLived: LONG_LIVED }), 3600);
    made.clock.advance(120_000);
    made.asked();
    return made;
  };
  const lost = keep();
  lost.retention.resume(termsOf({ longLived: { staleTime: { ipv4: 60 }, forwarding: [] } }));
  t.same(lost.asked(), ['sweep ipv4']);
  const kept = keep();
  kept.clock.advance(3_000_000);
  kept.retention.resume(termsOf({ forwarding: [], longLived: LONG_LIVED }));
  t.same(kept.asked(), []);
  kept.clock.advance(600_000);
  t.same(kept.asked(), ['sweep ipv4'], 'RFC 9494 §4.2: coming back does not prolong it');
  t.end();
});

t.test('a dead link: nothing that was kept outlives it', (t) => {
  const { clock, retention, asked } = keeping();
  retention.keep(termsOf({ longLived: LONG_LIVED }), 3600);
  asked();
  retention.drop();
  t.same(asked(), ['down']);
  retention.drop();
  t.same([asked(), retention.routes, clock.pending], [[], [], 0]);
  t.end();
});

t.test('RFC 7313 §4: what a refresh did not bring again goes at its end, or after a while', (t) => {
  const { clock, retention, told, asked } = keeping();
  retention.refreshEnds('ipv4');
  t.same(asked(), [], 'an end without a beginning');
  retention.refreshBegins('ipv4');
  retention.refreshBegins('ipv6');
  retention.refreshEnds('ipv4');
  t.same(asked(), ['begin ipv4', 'begin ipv6', 'sweep ipv4']);
  retention.endOfRib('ipv6');
  t.same(asked(), [], 'End-of-RIB is no end of it');
  clock.advance(STALE_LIMIT * 1000);
  t.same(asked(), ['sweep ipv6']);
  t.same(told, [], 'nothing that anybody need be told of');
  t.end();
});

t.test('RFC 7313 §4: no refresh begins before End-of-RIB', (t) => {
  const { retention, asked } = keeping();
  retention.keep(termsOf(), undefined);
  retention.resume(termsOf());
  asked();
  retention.refreshBegins('ipv4');
  retention.refreshEnds('ipv4');
  t.same(asked(), []);
  retention.endOfRib('ipv4');
  t.same(asked(), ['sweep ipv4']);
  t.end();
});

t.test('a session that ends in a refresh', (t) => {
  const { clock, retention, asked } = keeping();
  retention.refreshBegins('ipv4');
  retention.keep(termsOf({ families: ['ipv6'] }), undefined);
  t.same(asked(), ['begin ipv4', 'retain ipv6']);
  t.same(
    retention.routes.map(({ family }) => family),
    ['ipv6'],
  );
  retention.resume(termsOf());
  retention.refreshBegins('ipv4');
  retention.end();
  t.same(asked(), ['begin ipv4', 'down']);
  t.equal(clock.pending, 0);
  t.end();
});

t.test('property: nothing is stale without a deadline, or beyond it', (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('keep'), both: fc.boolean(), long: fc.boolean() }),
    fc.record({ kind: fc.constant('resume'), forwarding: fc.boolean() }),
    fc.record({
      kind: fc.constantFrom('endOfRib', 'refreshBegins', 'refreshEnds'),
      family: fc.constantFrom(...FAMILIES),
    }),
    fc.record({ kind: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 200 }) }),
  );
  type Step = { kind: string; both?: boolean; long?: boolean; forwarding?: boolean } & {
    family?: Family;
    seconds?: number;
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps: Step[]) => {
      const { clock, rib, retention } = keeping();
      let isUp = true;
      for (const { kind, both, long, forwarding, family = 'ipv4', seconds = 0 } of steps) {
        if (kind === 'pass') clock.advance(seconds * 1000);
        else if (kind === 'resume' && !isUp) {
          rib.up = isUp = true;
          retention.resume(termsOf(forwarding ? {} : { forwarding: ['ipv6'] }));
        } else if (kind === 'keep' && isUp) {
          isUp = false;
          const families = both ? FAMILIES : (['ipv6'] as const);
          retention.keep(termsOf({ families, ...(long && { longLived: LONG_LIVED }) }), 100);
        } else if (isUp && kind === 'endOfRib') retention.endOfRib(family);
        else if (isUp && kind === 'refreshBegins') retention.refreshBegins(family);
        else if (isUp && kind === 'refreshEnds') retention.refreshEnds(family);
        const shown = retention.routes.map(({ family }) => family).sort();
        if (String(shown) !== String([...rib.stale_].sort())) throw new Error('stale unseen');
        if (retention.routes.some(({ until }) => until < clock.wall())) throw new Error('late');
        if (clock.pending !== shown.length) throw new Error('a timer too many, or too few');
        if (!isUp && rib.up !== shown.length > 0) throw new Error('kept for nothing');
      }
      clock.advance((STALE_LIMIT + 4000) * 1000);
      return rib.stale_.size === 0 && clock.pending === 0;
    }),
    { seed: 4724, numRuns: 300 },
  );
  t.end();
});

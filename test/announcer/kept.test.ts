/**
 * Sessions that are lost while the upstream keeps what it was sent (RFC 4724): the production decision
 * on virtual time, beside a helper that does as the RFC says and counts what the networks behind see.
 */

import fc from 'fast-check';
import t from 'tap';
import { charged, penaltyAt, type Shadow } from '../../src/announcer/shadow.ts';
import { formatState, parseState } from '../../src/announcer/stateText.ts';
import { DAMPING_PROFILES, type DampingProfile } from '../../src/config/damping.ts';
import { World } from '../../src/simulate/world.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, JUNIPER, PREFIX } from '../support/flapWorld.ts';

const KEPT = 30_000;

function track(world: World) {
  return world.state.groups[0]?.tracks.get('up-0');
}

/** The session is lost at this second and kept for half a minute; back after so many seconds. */
function lose(world: FlapWorld, second: number, away: number): FlapWorld {
  world.at(second).session('up-0', false, world.now + KEPT);
  world.at(second + away).session('up-0', true);
  return world;
}

t.test('RFC 4724 §4.2: kept and back in time, it is no flap, and is not held', (t) => {
  const world = lose(new FlapWorld(flapConfig(CISCO)), 100, 20);
  t.same(world.taken(), ['120 +up-0'], 'sent again with the session');
  t.match(track(world), { shadow: undefined, flaps: [], kept: undefined, exemptUntil: 0 });
  lose(lose(lose(world, 200, 5), 300, 5), 400, 5);
  t.match(track(world), { shadow: undefined }, 'however often');
  t.end();
});

t.test('not back in time: withdrawn behind it, from the moment at which it is dropped', (t) => {
  const world = new FlapWorld(flapConfig(CISCO));
  world.at(100).session('up-0', false, BEGIN + 130_000);
  t.match(track(world), { shadow: undefined });
  t.equal(world.outcome.wakeAt, BEGIN + 130_000);
  world.at(130);
  t.match(track(world), {
    shadow: { penalty: 1000, at: BEGIN + 130_000 },
    flaps: [BEGIN + 130_000],
  });
  world.at(140).session('up-0', true);
  t.match(world.reason('up-0'), { kind: 'held', until: BEGIN + 145_000 });
  t.end();
});

t.test('dropped at End-of-RIB: the session is back, and the service is not well', (t) => {
  const world = new FlapWorld(flapConfig(CISCO));
  world.at(100).session('up-0', false, BEGIN + 130_000);
  world.at(105).check('web', 'down');
  world.at(110);
  t.match(track(world), { shadow: undefined }, 'nobody can be told, and nothing is charged yet');
  world.session('up-0', true);
  t.match(track(world), { shadow: { penalty: 1000, at: BEGIN + 110_000 }, kept: undefined });
  world.at(115).check('web', 'up');
  t.match(world.reason('up-0'), { kind: 'held' }, 'back within the half minute, but after a flap');
  t.end();
});

t.test('kept, and announced again with other attributes, is a change', (t) => {
  const world = new FlapWorld(flapConfig(CISCO));
  world.at(100).session('up-0', false, BEGIN + 130_000);
  const kept = track(world)?.kept;
  t.ok(kept);
  const other = kept && { ...kept, wire: { ...kept.wire, key: 'as it was before' } };
  world.operate((state) => ({
    ...state,
    groups: state.groups.map((group) => ({
      ...group,
      tracks: new Map([...group.tracks].map(([name, one]) => [name, { ...one, kept: other }])),
    })),
  }));
  world.at(110).session('up-0', true);
  t.match(track(world), { shadow: { penalty: 500 } });
  t.end();
});

t.test('a suppressed prefix that is kept is sent again at once: else it would be dropped', (t) => {
  const world = new FlapWorld(flapConfig(CISCO)).flap(100, 1).flap(103, 1);
  world.at(5000).taken();
  world.flap(5001, 1).at(5010);
  world.at(5100).taken();
  lose(world, 5100, 5);
  t.same(world.taken(), ['5105 +up-0']);
  t.end();
});

t.test('a crash of ours: when it was, nobody knows, and what was kept is charged as lost', (t) => {
  const config = flapConfig(CISCO);
  const world = new FlapWorld(config);
  world.at(100).session('up-0', false, BEGIN + 130_000);
  const text = formatState(world.state, false, world.now);
  const state = parseState(text, config, world.now);
  t.match(state.groups[0]?.tracks.get('up-0'), { shadow: { penalty: 1000 }, kept: undefined });
  t.end();
});

t.test(
  'stopped in order and without a word: kept until then, and End-of-RIB waits for checks',
  (t) => {
    const config = flapConfig(CISCO);
    const world = new FlapWorld(config);
    world.at(100).session('up-0', false, BEGIN + 130_000);
    const text = formatState(world.state, true, world.now);
    const restart = (second: number) => {
      const now = BEGIN + second * 1000;
      const next = new World(config, now, () => {}, parseState(text, config, now));
      next.session('up-0', true);
      const before = track(next);
      next.check('web', 'up');
      return { before, after: track(next), held: next.held('up-0').size };
    };
    const soon = restart(110);
    t.match(
      soon.before,
      { shadow: undefined, kept: { until: BEGIN + 130_000 } },
      'not looked at yet',
    );
    t.match(soon, { after: { shadow: undefined, kept: undefined }, held: 1 });
    const late = restart(140);
    t.match(late, { before: { shadow: { penalty: 1000, at: BEGIN + 130_000 } }, held: 1 });
    t.end();
  },
);

/** What a helper holds of the prefix, and what the network behind it has counted. */
class Helper {
  shadow: Shadow | undefined;
  #held = true;
  #staleUntil = Number.POSITIVE_INFINITY;
  #known = true;
  readonly #profile: DampingProfile;

  constructor(profile: DampingProfile) {
    this.#profile = profile;
  }

  lose(now: number, kept: boolean): void {
    this.pass(now);
    const stale = this.#staleUntil !== Number.POSITIVE_INFINITY;
    if (kept && !stale) this.#staleUntil = now + KEPT;
    else this.#drop(now);
  }

  /** The session is back, with this in what it begins with. */
  begin(now: number, announced: boolean): void {
    this.pass(now);
    if (announced) this.announce(now);
    else if (this.#staleUntil !== Number.POSITIVE_INFINITY) this.#drop(now);
  }

  announce(now: number): void {
    this.pass(now);
    if (!this.#held && this.#known) this.#charge('reannounce', now);
    this.#held = true;
    this.#known = true;
    this.#staleUntil = Number.POSITIVE_INFINITY;
  }

  withdraw(now: number): void {
    this.pass(now);
    this.#drop(now);
  }

  pass(now: number): void {
    if (now >= this.#staleUntil) this.#drop(this.#staleUntil);
  }

  #drop(at: number): void {
    this.#staleUntil = Number.POSITIVE_INFINITY;
    if (!this.#held) return;
    this.#held = false;
    this.#charge('withdraw', at);
  }

  #charge(what: 'withdraw' | 'reannounce', at: number): void {
    this.shadow = charged(this.#profile, this.shadow, what, at);
  }
}

const STEP = fc.record({
  gap: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_200_000 }) },
  ),
  what: fc.constantFrom('kept', 'lost', 'back', 'well', 'ill'),
});

t.test('whatever happens, what is counted is what the networks behind a helper count', (t) => {
  const property = fc.property(
    fc.constantFrom('cisco', 'juniper'),
    fc.array(STEP, { minLength: 10, maxLength: 60 }),
    (name, steps) => {
      const profile = DAMPING_PROFILES[name];
      const world = new FlapWorld(flapConfig(name === 'cisco' ? CISCO : JUNIPER));
      const helper = new Helper(profile);
      let [up, seen] = [true, world.sights.length];
      const tell = () => {
        for (const { at, attributes } of world.sights.slice(seen)) {
          if (attributes === undefined) helper.withdraw(at);
          else helper.announce(at);
        }
        seen = world.sights.length;
      };
      for (const { gap, what } of steps) {
        world.advanceTo(world.now + gap);
        tell();
        if (what === 'well' || what === 'ill') world.check('web', what === 'well' ? 'up' : 'down');
        if (what === 'back' && !up) world.session('up-0', true);
        if (what === 'kept' && up) world.session('up-0', false, world.now + KEPT);
        if (what === 'lost' && up) world.session('up-0', false);
        tell();
        if (what === 'back' && !up) helper.begin(world.now, world.held('up-0').has(PREFIX));
        if ((what === 'kept' || what === 'lost') && up) helper.lose(world.now, what === 'kept');
        if (what === 'back') up = true;
        if (what === 'kept' || what === 'lost') up = false;
        helper.pass(world.now);
        const ours = penaltyAt(profile, track(world)?.shadow, world.now);
        if (ours !== penaltyAt(profile, helper.shadow, world.now)) return false;
      }
      return true;
    },
  );
  fc.assert(property, { seed: 5, numRuns: 150 });
  t.end();
});

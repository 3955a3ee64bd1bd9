/** Random histories of checks, links and time, played to the production decision. */

import fc from 'fast-check';
import t from 'tap';
import { decide } from '../../src/announcer/decide.ts';
import { DEFAULT_DRAIN } from '../../src/announcer/drain.ts';
import {
  drain,
  type Operated,
  order as orderByHand,
  takeBack,
  undrain,
} from '../../src/announcer/operate.ts';
import { charged, penaltyAt, type Shadow, settled } from '../../src/announcer/shadow.ts';
import type { State } from '../../src/announcer/state.ts';
import type { Config } from '../../src/config/config.ts';
import { DAMPING_PROFILES } from '../../src/config/damping.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, JUNIPER, PREFIX } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

const HOUR = 3_600_000;
const CAP = 60_000;

const step = fc.record({
  gap: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 1_200_000 })),
  what: fc.constantFrom('web', 'up-0', 'up-1'),
  up: fc.boolean(),
});
const history = fc.array(step, { maxLength: 40 });
const damping = fc.constantFrom(CISCO, JUNIPER, 'cisco', 'unknown', 'none');
const config = fc
  .tuple(damping, damping)
  .map(([a, b]): readonly [Config, readonly string[]] => [flapConfig(a, b), [a, b]]);

interface Step {
  readonly gap: number;
  readonly what: string;
  readonly up: boolean;
}

function apply(world: FlapWorld, { gap, what, up }: Step): void {
  world.advanceTo(world.now + gap);
  if (what === 'web') world.check('web', up ? 'up' : 'down');
  else world.link(what, up);
}

t.test('a withdrawal is never later than its cause', (t) => {
  fc.assert(
    fc.property(config, history, ([file], steps) => {
      const world = new FlapWorld(file);
      for (const one of steps) {
        apply(world, one);
        if (one.up) continue;
        const names = one.what === 'web' ? ['up-0', 'up-1'] : [one.what];
        if (names.some((name) => world.held(name).size > 0)) return false;
      }
      return true;
    }),
    { seed: 5, numRuns: 60 },
  );
  t.end();
});

t.test(
  'nothing is announced into a suppression that the profile, confirmed, makes certain',
  (t) => {
    fc.assert(
      fc.property(config, history, ([file, names], steps) => {
        const world = new FlapWorld(file);
        for (const one of steps) apply(world, one);
        world.advanceTo(world.now + 4 * HOUR);
        return names.every((name, i) => {
          if (!name.includes('confirmed')) return true;
          const profile = DAMPING_PROFILES[name === CISCO ? 'cisco' : 'juniper'];
          let shadow: Shadow | undefined;
          let seen = 0;
          for (const { at, upstream, attributes } of world.sights) {
            if (upstream !== `up-${i}`) continue;
            if (attributes !== undefined && settled(profile, shadow, at)?.suppressed) return false;
            // The first announcement is free.
            const charge = attributes === undefined ? 'withdraw' : 'reannounce';
            if (seen++ > 0) shadow = charged(profile, shadow, charge, at);
          }
          return shadow === undefined || penaltyAt(profile, shadow, world.now) === 0;
        });
      }),
      { seed: 6, numRuns: 60 },
    );
    t.end();
  },
);

t.test(
  'announced nowhere, it is held no longer than the cap, a confirmed suppression aside',
  (t) => {
    fc.assert(
      fc.property(config, history, ([file, names], steps) => {
        if (names.some((name) => name.includes('confirmed'))) return true;
        const world = new FlapWorld(file);
        for (const one of steps) {
          apply(world, one);
          const suppressed = [...(world.state.groups[0]?.tracks.values() ?? [])].some(
            ({ shadow }) => shadow?.suppressed,
          );
          const wait = suppressed && names.includes('cisco') ? 120_000 : CAP;
          const held = ['up-0', 'up-1'].flatMap((name) => {
            const reason = world.reason(name);
            return reason?.kind === 'held' ? [reason] : [];
          });
          const nowhere = world.held('up-0').size + world.held('up-1').size === 0;
          const first = Math.min(...held.map(({ until }) => until));
          if (nowhere && held.length > 0 && first > world.now + wait) return false;
        }
        return true;
      }),
      { seed: 7, numRuns: 60 },
    );
    t.end();
  },
);

t.test('after all is well again and budgets have decayed, everything is announced', (t) => {
  fc.assert(
    fc.property(config, history, ([file], steps) => {
      const world = new FlapWorld(file);
      for (const one of steps) apply(world, one);
      world.check('web', 'up');
      for (const name of ['up-0', 'up-1']) world.link(name, true);
      world.advanceTo(world.now + 2 * HOUR);
      return world.held('up-0').has(PREFIX) && world.held('up-1').has(PREFIX);
    }),
    { seed: 8, numRuns: 60 },
  );
  t.end();
});

const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  '203.0.113.0/24': ['up-0', 'up-1'],
  '198.51.100.0/24': ['up-0'],
  '2001:db8:113::/48': ['up-1'],
};
const SEVERAL = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes:
  - { prefix: 203.0.113.0/24, needs: [web, { any: [dns, api] }], on-failure: backup }
  - { prefix: 198.51.100.0/24, upstreams: [up-0], needs: dns, on-failure: keep }
  - "2001:db8:113::/48"
checks:
  web: { tcp: "203.0.113.10:80" }
  api: { tcp: "203.0.113.11:80" }
  dns: { dns: "203.0.113.53", name: example.net }
  gateway: { ping: 203.0.113.1 }
correlated-failure: { self-check: gateway }
upstreams:
  up-0: { asn: 64496, address: 198.51.100.1, damping: cisco }
  up-1: { asn: 64497, address: 198.51.100.2, families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" } }
`);
const CHECKS = ['web', 'api', 'dns', 'gateway'] as const;
const STATES = ['unknown', 'rising', 'up', 'falling', 'down', 'stale'] as const;
const UPSTREAMS = ['up-0', 'up-1'] as const;

/** One that is taken by the world, in whatever order several come. */
const fact = fc.oneof(
  fc.record({ check: fc.constantFrom(...CHECKS), state: fc.constantFrom(...STATES) }),
  fc.record({ link: fc.constantFrom(...UPSTREAMS), up: fc.boolean() }),
);
const order = fc.record({
  order: fc.constantFrom('announce', 'withdraw', 'take back', 'drain', 'undrain'),
  prefix: fc.constantFrom(...Object.keys(PREFIXES)),
  upstream: fc.constantFrom(...UPSTREAMS, undefined),
});
const anything = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.oneof({ arbitrary: fact, weight: 4 }, order)),
  { maxLength: 40, size: 'max' },
);

type Fact = { check: string; state: (typeof STATES)[number] } | { link: string; up: boolean };
type Happens = Fact | { order: string; prefix: string; upstream: string | undefined };

function happen(world: FlapWorld, one: Happens): void {
  if ('check' in one) world.check(one.check, one.state);
  else if ('link' in one) world.link(one.link, one.up);
  else world.operate((state, now) => ordered(state, one, world, now));
}

function ordered(
  state: State,
  { order: what, prefix: text, upstream }: Extract<Happens, { order: string }>,
  world: FlapWorld,
  now: number,
): State {
  const prefix = parsePrefix(text);
  const target = { kind: 'upstream', name: upstream ?? 'up-0' } as const;
  const lease = upstream === undefined ? undefined : 60_000;
  const does = (): Operated => {
    if (what === 'drain') return drain(state, world.facts, target, DEFAULT_DRAIN, now);
    if (what === 'undrain' || !prefix) return undrain(state, target);
    if (what === 'take back') return takeBack(state, text, upstream);
    const action = what === 'announce' ? 'announce' : 'withdraw';
    return orderByHand(state, { action, prefix, upstream, lease }, now);
  };
  const operated = does();
  return operated.ok ? operated.state : state;
}

t.test('nothing is announced that the file does not allow, whatever happens or is ordered', (t) => {
  fc.assert(
    fc.property(anything, (happenings) => {
      const world = new FlapWorld(SEVERAL);
      for (const [gap, one] of happenings) {
        world.advanceTo(world.now + gap);
        happen(world, one);
      }
      world.advanceTo(world.now + HOUR);
      return world.sights.every(({ upstream, prefix, attributes }) => {
        return attributes === undefined || PREFIXES[prefix]?.includes(upstream) === true;
      });
    }),
    { seed: 11, numRuns: 60 },
  );
  t.end();
});

t.test('what is wanted depends on the facts of a moment, not on their order', (t) => {
  const several = fc.uniqueArray(fact, {
    maxLength: 6,
    selector: (one) => ('check' in one ? one.check : one.link),
  });
  fc.assert(
    fc.property(anything, several, (happenings, last) => {
      const [one, other] = [new FlapWorld(SEVERAL), new FlapWorld(SEVERAL)];
      for (const world of [one, other]) {
        for (const [gap, each] of happenings) {
          world.advanceTo(world.now + gap);
          happen(world, each);
        }
      }
      one.together(() => last.forEach((each) => void happen(one, each)));
      other.together(() => [...last].reverse().forEach((each) => void happen(other, each)));
      t.same(one.outcome.desired, other.outcome.desired);
      return one.outcome.wakeAt === other.outcome.wakeAt;
    }),
    { seed: 12, numRuns: 40 },
  );
  t.end();
});

t.test('the same history gives the same UPDATEs, and saving work changes nothing', (t) => {
  fc.assert(
    fc.property(config, history, ([file], steps) => {
      const [one, other] = [new FlapWorld(file), new FlapWorld(file)];
      for (const each of steps) {
        apply(one, each);
        apply(other, each);
        const { desired, wakeAt, state } = one.outcome;
        if (wakeAt !== other.outcome.wakeAt) return false;
        // Without the outcome before, from the state alone.
        const plain = decide(file, one.facts, state, one.now);
        t.same(plain.desired, desired);
        t.equal(plain.wakeAt, wakeAt);
      }
      t.same(one.sights, other.sights);
      return true;
    }),
    { seed: 9, numRuns: 12 },
  );
  t.end();
});

t.test('no UPDATE while nothing changes', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, 'unknown')).flap(100);
  world.at(2000);
  world.taken();
  for (let i = 0; i < 100; i++) {
    world.at(2000 + i * 60).check('web', 'up');
  }
  world.at(2000 + 24 * 3600);
  t.same(world.taken(), []);
  t.equal(world.now, BEGIN + (2000 + 24 * 3600) * 1000);
  t.end();
});

t.test('a default that is spelled out changes nothing', (t) => {
  const spelled = flapConfig('unknown', '{ profile: unknown, confirmed: false }');
  const plain = flapConfig('unknown', 'unknown');
  t.same(spelled.upstreams, plain.upstreams);
  t.end();
});

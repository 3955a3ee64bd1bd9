/** Checks that fail together with the check of ourselves, on virtual time. */

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { decide } from '../../src/announcer/decide.ts';
import { order } from '../../src/announcer/operate.ts';
import { plan } from '../../src/announcer/plan.ts';
import type { Config } from '../../src/config/config.ts';
import type { CheckState } from '../../src/monitor/check.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { BEGIN, FlapWorld } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

const GUARD = 'correlated-failure: { self-check: gateway }';
const SERVICES = ['web', 'api', 'dns'] as const;
const PREFIXES = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24'] as const;

/** A prefix for each service, so that what each withdraws can be seen. */
function file(guard = GUARD, failure = 'withdraw'): Config {
  const prefixes = PREFIXES.map(
    (prefix, i) => `  - { prefix: ${prefix}, needs: ${SERVICES[i]}, on-failure: ${failure} }`,
  );
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes:
${prefixes.join('\n')}
checks:
  web: { tcp: "203.0.113.10:80" }
  api: { http: "http://203.0.113.10/health" }
  dns: { dns: "203.0.113.53", name: example.net }
  gateway: { ping: 203.0.113.1, interval: 1s, timeout: 1s }
${guard}
upstreams:
  up-0: { asn: 64496, address: 198.51.100.1, damping: none }
  up-1: { asn: 64497, address: 198.51.100.2, damping: none }
`);
}

const HOST = `
asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: 203.0.113.0/24, needs: [a, b, c] }]
checks:
  a: { tcp: "203.0.113.10:80" }
  b: { tcp: "203.0.113.10:81" }
  c: { tcp: "203.0.113.10:82" }
  gateway: { ping: 203.0.113.1 }
${GUARD}
upstreams: { up-0: { asn: 64496, address: 198.51.100.1, damping: none } }
`;

/** All of them begin to fail at `second`, as checks do: not at the same moment. */
function cut(world: FlapWorld, second: number, names: readonly string[] = SERVICES): void {
  world.at(second).check('gateway', 'falling');
  for (const [i, name] of names.entries()) world.at(second + 1 + i).check(name, 'falling');
}

/** What `up-0` was sent since the last time, with the second. */
function sent(world: FlapWorld): readonly string[] {
  return world.sights.splice(0).flatMap(({ at, upstream, prefix, attributes }) => {
    if (upstream !== 'up-0') return [];
    return [`${(at - BEGIN) / 1000} ${attributes === undefined ? '-' : '+'}${prefix}`];
  });
}

function begun(config = file()): FlapWorld {
  const world = new FlapWorld(config);
  sent(world);
  return world;
}

t.test('what fails together with the self-check is held for 10 s, then withdrawn at once', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  t.same(sent(world), []);
  t.match(world.reason('up-0'), {
    kind: 'correlated-failure',
    hold: { until: BEGIN + 26_000, selfCheck: 'gateway', checks: new Set(SERVICES) },
  });
  t.match(
    world.outcome.desired.get('up-0')?.decisions[0]?.because.map(({ kind }) => kind),
    ['checks-failed', 'correlated-failure'],
  );
  world.at(60);
  t.same(
    sent(world),
    PREFIXES.map((prefix) => `26 -${prefix}`),
  );
  t.end();
});

t.test('whoever is down before the others have begun to fail is withdrawn at once', (t) => {
  const world = begun();
  cut(world, 10, ['web', 'api']);
  world.at(16).check('web', 'down');
  t.same(sent(world), [`16 -${PREFIXES[0]}`]);
  world.at(17).check('dns', 'falling');
  world.at(18).check('api', 'down');
  t.same(sent(world), []);
  t.end();
});

t.test('not enough checks, one host, a self-check that is well: nothing waits', (t) => {
  const two = begun();
  cut(two, 10, ['web', 'dns']);
  two.at(20).check('web', 'down');
  t.same(sent(two), [`20 -${PREFIXES[0]}`], 'two checks');

  const host = begun(configOf(HOST));
  for (const name of ['gateway', 'a', 'b', 'c']) host.at(10).check(name, 'falling');
  host.at(16).check('a', 'down');
  t.same(sent(host), [`16 -${PREFIXES[0]}`], 'one host');

  const well = begun();
  for (const name of SERVICES) well.at(10).check(name, 'falling');
  for (const name of SERVICES) well.at(16).check(name, 'down');
  t.equal(sent(well).length, 3, 'the self-check is well');

  const long = begun();
  long.at(10).check('gateway', 'down');
  for (const name of SERVICES) long.at(20).check(name, 'falling');
  for (const name of SERVICES) long.at(26).check(name, 'down');
  t.equal(sent(long).length, 3, 'the self-check fails since long');

  const slow = begun();
  slow.at(10).check('web', 'falling');
  slow.at(12).check('web', 'down');
  slow.at(30).check('gateway', 'falling');
  slow.check('api', 'falling');
  slow.check('dns', 'falling');
  slow.at(36).check('api', 'down');
  t.same(sent(slow), [`12 -${PREFIXES[0]}`, `36 -${PREFIXES[1]}`], 'not within one interval');

  const off = begun(file(''));
  cut(off, 10);
  for (const name of SERVICES) off.at(16).check(name, 'down');
  t.equal(sent(off).length, 3, 'not configured');
  t.end();
});

t.test('once the self-check is well, what stays bad goes at once and what rises may rise', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  world.at(18).check('web', 'rising');
  world.at(19).check('gateway', 'up');
  t.same(sent(world), [`19 -${PREFIXES[1]}`, `19 -${PREFIXES[2]}`]);
  world.at(21).check('web', 'up');
  world.at(60);
  t.same(sent(world), []);
  t.end();
});

t.test('too few that still fail end the hold as well', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  world.at(18).check('web', 'up');
  t.same(sent(world), [`18 -${PREFIXES[1]}`, `18 -${PREFIXES[2]}`]);
  t.end();
});

t.test('one failure of ours is held for once, and another one anew', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  world.at(30);
  for (const name of SERVICES) world.check(name, 'up');
  sent(world);
  for (const name of SERVICES) world.at(40).check(name, 'falling');
  for (const name of SERVICES) world.at(46).check(name, 'down');
  t.equal(sent(world).length, 3, 'the self-check has not been well since');
  for (const name of [...SERVICES, 'gateway']) world.at(60).check(name, 'up');
  sent(world);
  cut(world, 100);
  world.at(106).check('web', 'down');
  t.same(sent(world), []);
  world.at(200);
  t.same(sent(world), [`116 -${PREFIXES[0]}`]);
  t.end();
});

t.test('a lost link, an order and a stop never wait, and nothing new is announced', (t) => {
  const link = begun();
  cut(link, 10);
  for (const name of SERVICES) link.at(16).check(name, 'down');
  link.at(17).link('up-0', false);
  t.equal(sent(link).length, 3, 'the link');

  const ordered = begun();
  cut(ordered, 10);
  for (const name of SERVICES) ordered.at(16).check(name, 'down');
  const prefix = parsePrefix(PREFIXES[0]);
  ordered.operate((state, now) => {
    if (!prefix) return state;
    const asked = { action: 'withdraw', prefix, upstream: undefined, lease: undefined } as const;
    const operated = order(state, asked, now);
    return operated.ok ? operated.state : state;
  });
  t.same(sent(ordered), [`16 -${PREFIXES[0]}`], 'the order');

  const stopping = begun();
  cut(stopping, 10);
  for (const name of SERVICES) stopping.at(16).check(name, 'down');
  stopping.stop('maintenance');
  t.equal(sent(stopping).length, 3, 'the stop');

  const unknown = begun();
  unknown.at(5).check('web', 'down');
  sent(unknown);
  cut(unknown, 10, ['api', 'dns']);
  unknown.at(16).check('api', 'down');
  t.same(
    sent(unknown),
    [`16 -${PREFIXES[1]}`],
    'a service that is down since before does not count',
  );
  t.end();
});

t.test('what is held is not announced to whoever does not have it', (t) => {
  const world = begun();
  world.at(5).session('up-0', false);
  sent(world);
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  world.at(18).session('up-0', true);
  t.same(sent(world), []);
  t.match(world.reason('up-0'), { kind: 'on-failure' });
  t.match(world.reason('up-1'), { kind: 'correlated-failure' });

  const back = begun();
  const prefix = parsePrefix(PREFIXES[0]);
  if (!prefix) throw new Error('no prefix');
  const asked = { action: 'withdraw', prefix, upstream: undefined, lease: 9000 } as const;
  back.at(9).operate((state, now) => {
    const operated = order(state, asked, now);
    return operated.ok ? operated.state : state;
  });
  sent(back);
  cut(back, 10);
  for (const name of SERVICES) back.at(16).check(name, 'down');
  back.at(25);
  t.same(sent(back), [], 'an order to withdraw whose lease ends meanwhile');
  t.end();
});

t.test('RFC 4724: what is held goes to a neighbour again that has kept it', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  world.at(17).session('up-0', false, BEGIN + 60_000);
  sent(world);
  world.at(18).session('up-0', true);
  t.match(world.reason('up-0'), { kind: 'correlated-failure' });
  t.equal(world.held('up-0').size, 3);
  world.at(40);
  t.equal(world.held('up-0').size, 0);
  t.end();
});

t.test('on-failure: backup waits as well; a lease that ends is a failure like others', (t) => {
  const world = begun(file(GUARD, 'backup'));
  for (const name of [...SERVICES, 'gateway']) world.check(name, 'up', BEGIN + 20_000);
  world.at(25);
  t.same(sent(world), []);
  t.match(world.reason('up-0'), { kind: 'correlated-failure' });
  world.at(40);
  t.same(
    sent(world),
    PREFIXES.map((prefix) => `30 +${prefix}`),
  );
  t.end();
});

t.test('a plan knows of it, and simulate plays it', (t) => {
  const world = begun();
  cut(world, 10);
  for (const name of SERVICES) world.at(16).check(name, 'down');
  t.same(plan(world.outcome, file(), world.facts, world.now), []);
  const [, without] = [file(), file('')];
  const withdrawn = plan(world.outcome, without, world.facts, world.now);
  t.equal(withdrawn[0]?.withdraw.length, 3, 'without it they are withdrawn at once');

  const fails = [...SERVICES, 'gateway'].map((fail) => ({
    ...{ fail, as: 'link' as const, at: 60_000, for: 8000, repeat: 1, every: 0 },
  }));
  const { ours, naive } = simulate(file(), {
    failures: fails,
    duration: 600_000,
    behind: new Map(),
  });
  t.same(
    [ours, naive].map(({ upstreams }) => upstreams.map(({ updates }) => updates)),
    [
      [0, 0],
      [6, 6],
    ],
  );
  t.end();
});

const GUARDED = file();
const UNGUARDED = file('');

type State = Exclude<CheckState, 'unknown'>;
const STATES: readonly State[] = ['up', 'falling', 'down', 'rising', 'stale'];
const ALL = [...SERVICES, 'gateway'] as const;
/** `all`: of each check, in this order. */
const step = fc.record({
  gap: fc.integer({ min: 0, max: 5000 }),
  what: fc.oneof(fc.constantFrom(...ALL, 'up-0' as const), fc.constant('all' as const)),
  order: fc.shuffledSubarray([...ALL], { minLength: 4 }),
  to: fc.constantFrom(...STATES),
});

/** What follows from one state of a check may be another one of these, and no other. */
const NEXT: Readonly<Record<State, readonly State[]>> = {
  rising: ['up', 'down'],
  up: ['falling', 'down', 'stale'],
  falling: ['up', 'down', 'stale'],
  down: ['rising', 'up', 'stale'],
  stale: ['rising', 'up', 'down'],
};

/** Beside the world: since when each prefix should be gone, and when everything failed last. */
class Expected {
  readonly #states = new Map<string, State>(ALL.map((name) => [name, 'up']));
  readonly #causes = new Map<string, number>();
  #allFailed = 0;
  held = 0;

  /** False: nothing follows. */
  take(world: FlapWorld, name: string, to: State): boolean {
    const before = this.#states.get(name) ?? 'up';
    if (!NEXT[before].includes(to)) return false;
    this.#states.set(name, to);
    const isGone = to === 'down' || to === 'stale' || to === 'rising';
    if (!isGone) this.#causes.delete(name);
    else if (!this.#causes.has(name)) this.#causes.set(name, world.now);
    if ([...this.#states.values()].every((state) => state !== 'up')) this.#allFailed = world.now;
    return true;
  }

  /** Held back, a withdrawal has its reason and is not late. */
  holdsIn(world: FlapWorld, guarded: boolean): boolean {
    return SERVICES.every((name, i) => {
      const cause = this.#causes.get(name);
      if (cause === undefined || !world.held('up-1').has(PREFIXES[i] ?? '')) return true;
      this.held += 1;
      return guarded && this.#allFailed >= cause && world.now - cause < 10_000;
    });
  }
}

function play(steps: readonly Step[], config: Config): number | undefined {
  const world = begun(config);
  const expected = new Expected();
  const guarded = config === GUARDED;
  for (const { gap, what, order: names, to } of steps) {
    world.advanceTo(world.now + gap);
    if (!expected.holdsIn(world, guarded)) return undefined;
    if (what === 'up-0') {
      world.link('up-0', to === 'up');
      if (to !== 'up' && world.held('up-0').size > 0) return undefined;
    }
    for (const name of what === 'all' ? names : [what]) {
      if (name === 'up-0' || !expected.take(world, name, to)) continue;
      if (to === 'stale') world.check(name, 'up', world.now);
      else world.check(name, to);
      if (!expected.holdsIn(world, guarded)) return undefined;
    }
    // The state alone says it all: what was decided before only saves work.
    const { desired } = decide(config, world.facts, world.state, world.now);
    if (!isDeepStrictEqual(desired, world.outcome.desired)) return undefined;
  }
  world.advanceTo(world.now + 10_000);
  return expected.holdsIn(world, guarded) ? expected.held : undefined;
}

interface Step {
  readonly gap: number;
  readonly what: (typeof ALL)[number] | 'up-0' | 'all';
  readonly order: readonly string[];
  readonly to: State;
}

t.test(
  'property: no withdrawal is later than its cause but under this guard, by its limit',
  (t) => {
    const histories = fc.array(step, { maxLength: 60, size: 'max' });
    for (const config of [GUARDED, UNGUARDED]) {
      let held = 0;
      fc.assert(
        fc.property(histories, (steps) => {
          const times = play(steps, config);
          held += times ?? 0;
          return times !== undefined;
        }),
        { seed: 10, numRuns: 50 },
      );
      t.equal(held > 0, config === GUARDED, `held ${held} times`);
    }
    t.end();
  },
);

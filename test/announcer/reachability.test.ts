import fc from 'fast-check';
import t from 'tap';
import { announcementsIn } from '../../src/announcer/desired.ts';
import { DEFAULT_DRAIN } from '../../src/announcer/drain.ts';
import { drain } from '../../src/announcer/operate.ts';
import type { SignFact, SignKind } from '../../src/announcer/sign.ts';
import { ownPrefixesOf, withOrders } from '../../src/announcer/state.ts';
import { reasonText } from '../../src/control/words.ts';
import { judgeResult, UNPROBED } from '../../src/monitor/checks/standing.ts';
import { World } from '../../src/simulate/world.ts';
import { configOf } from '../support/ownRoute.ts';

const PREFIX = '203.0.113.0/24';
const NAMES = ['transit-a', 'transit-b'] as const;

function configWith(reachability: string, damping = 'none', rule = '') {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [${PREFIX}]
checks:
  near: { ping: 192.88.99.1, interval: 1s, timeout: 1s${rule} }
  far: { tcp: "192.88.98.1:443", interval: 1s, timeout: 1s }
upstreams:
  transit-a: { asn: 64496, address: 192.0.2.10, damping: ${damping}, reachability: ${reachability} }
  transit-b: { asn: 64497, address: 192.0.2.20, damping: ${damping}, reachability: ${reachability} }
`);
}

const BOTH = configWith('{ probes: [near, far] }');
const BEGIN = 1_000_000;
/** Until probes of a session that has just come up count: four would have made them up again. */
const SETTLING = 5000;

/** Everything up, and every probe passing. */
function wellWorld(config = BOTH): World {
  const world = new World(config, BEGIN);
  for (const { name } of config.checks) world.check(name, 'up');
  for (const name of NAMES) world.session(name, true);
  world.advanceTo(BEGIN + SETTLING);
  return world;
}

function probes(world: World, upstream: string, state: 'up' | 'down'): void {
  for (const name of ['near', 'far']) world.check(`${name}@${upstream}`, state);
}

/** `normal`, `lowered` or `none` at each upstream. */
function held(world: World, config = BOTH): string {
  return NAMES.map((name) => {
    const terms = world.held(name).get(PREFIX);
    const normal = wellWorld(config).held(name).get(PREFIX);
    return terms === undefined ? 'none' : terms === normal ? 'normal' : 'lowered';
  }).join(' ');
}

function reasonAt(world: World, upstream: string): string {
  const intent = world.outcome.desired.get(upstream);
  const [found] = intent ? announcementsIn(intent, ownPrefixesOf(world.state)) : [];
  return found ? reasonText(found.reason, undefined) : '';
}

t.test('a check is probed through each upstream that names it, and not for itself', (t) => {
  t.same(
    BOTH.checks.map(({ name, via }) => [name, via]),
    [
      ['near@transit-a', 'transit-a'],
      ['far@transit-a', 'transit-a'],
      ['near@transit-b', 'transit-b'],
      ['far@transit-b', 'transit-b'],
    ],
  );
  t.end();
});

t.test('one probe that passes speaks for the upstream', (t) => {
  const world = wellWorld();
  world.check('near@transit-a', 'down');
  t.equal(held(world), 'normal normal');
  world.check('far@transit-a', 'falling');
  t.equal(held(world), 'normal normal');
  t.end();
});

t.test('one kind of sign makes the upstream the last choice', (t) => {
  const world = wellWorld();
  probes(world, 'transit-a', 'down');
  t.equal(held(world), 'lowered normal');
  t.equal(
    reasonAt(world, 'transit-a'),
    'transit-a seems to lead nowhere: no probe through it comes back (near@transit-a: simulated, far@transit-a: simulated); it stays as the last choice',
  );
  world.check('near@transit-a', 'rising');
  t.equal(held(world), 'lowered normal', 'not before enough of them pass');
  world.check('near@transit-a', 'up');
  t.equal(held(world), 'normal normal');
  t.end();
});

t.test('two kinds that agree withdraw there, as long as another upstream has it', (t) => {
  const world = wellWorld();
  probes(world, 'transit-a', 'down');
  world.signs('transit-a', ['default'], 'bad');
  t.equal(held(world), 'none normal');
  t.match(
    reasonAt(world, 'transit-a'),
    /its default route is gone .*withdrawn there, since another/,
  );
  world.signs('transit-b', ['table'], 'bad');
  t.equal(held(world), 'lowered lowered', 'nothing speaks for the other one any more');
  t.match(reasonAt(world, 'transit-a'), /last choice, for no other upstream without signs has it/);
  t.end();
});

t.test('the last upstream that is up keeps the prefix', (t) => {
  const world = wellWorld();
  world.session('transit-b', false);
  probes(world, 'transit-a', 'down');
  world.signs('transit-a', ['canaries', 'table'], 'bad');
  t.equal(held(world), 'lowered none');
  t.end();
});

t.test('nothing follows from what is not known', (t) => {
  const world = wellWorld();
  for (const state of ['unknown', 'rising'] as const) {
    for (const { name } of BOTH.checks) world.check(name, state);
    t.equal(held(world), 'normal normal', state);
  }
  world.signs('transit-a', ['table', 'default', 'canaries'], 'unknown');
  t.equal(held(world), 'normal normal');
  t.end();
});

t.test('a prober that falls silent changes nothing, whatever it said last', (t) => {
  const world = wellWorld();
  const soon = world.now + 5000;
  for (const check of ['near', 'far']) {
    world.check(`${check}@transit-a`, 'down', soon);
    world.check(`${check}@transit-b`, 'up', soon);
  }
  world.advanceTo(soon + 60_000);
  t.equal(held(world), 'lowered normal');
  t.end();
});

t.test('probes that failed while the session was down count only once they go on failing', (t) => {
  const world = wellWorld();
  world.session('transit-a', false);
  probes(world, 'transit-a', 'down');
  world.advanceTo(world.now + 60_000);
  world.session('transit-a', true);
  t.equal(held(world), 'normal normal');
  world.advanceTo(world.now + SETTLING - 1);
  t.equal(held(world), 'normal normal');
  world.advanceTo(world.now + 1);
  t.equal(held(world), 'lowered normal', 'it wakes for that by itself');
  t.end();
});

t.test('probes that pass since the session is up are given the time to be up again', (t) => {
  for (const rule of ['', ', rise: 6', ', rise: 1, window: none']) {
    const config = configWith('{ probes: [near] }', 'none', rule);
    const [check] = config.checks;
    if (!check) throw new Error('no check');
    const world = wellWorld(config);
    world.session('transit-a', false);
    let standing = UNPROBED;
    const probe = (ok: boolean) => {
      standing = judgeResult(check, standing, ok);
      world.check(check.name, standing.state);
    };
    for (let i = 0; i < 20; i++) probe(false);
    world.advanceTo(world.now + 60_000);
    world.session('transit-a', true);
    for (let i = 0; i < 20; i++) {
      world.advanceTo(world.now + check.interval);
      probe(true);
      t.equal(held(world, config), 'normal normal', `${i + 1} passed${rule}`);
    }
  }
  t.end();
});

t.test('an upstream where it is to be withdrawn is none that holds it', (t) => {
  const world = wellWorld();
  probes(world, 'transit-a', 'down');
  t.equal(held(world), 'lowered normal');
  const withdraw = { action: 'withdraw', prefix: PREFIX, upstream: 'transit-b' } as const;
  world.together(() => {
    world.operate((state) =>
      withOrders(state, [{ ...withdraw, since: world.now, until: undefined }]),
    );
    world.signs('transit-a', ['default'], 'bad');
  });
  t.equal(held(world), 'lowered none');
  t.equal(world.state.groups[0]?.tracks.get('transit-a')?.flaps.length ?? 0, 0, 'without a flap');
  t.end();
});

t.test('a drain does not leave everything to an upstream that leads nowhere', (t) => {
  const isolate = (world: World, state: 'well' | 'bad') => {
    probes(world, 'transit-a', state === 'well' ? 'up' : 'down');
    world.signs('transit-a', ['default'], state);
  };
  const target = { kind: 'upstream', name: 'transit-b' } as const;
  const world = wellWorld();
  world.operate((state) => {
    const operated = drain(state, world.facts, target, DEFAULT_DRAIN, world.now);
    t.ok(operated.ok);
    return operated.ok ? operated.state : state;
  });
  t.equal(held(world), 'normal lowered');
  isolate(world, 'bad');
  t.equal(held(world), 'none normal', 'undone');
  t.match(world.state.undone, [{ prefix: PREFIX }]);
  const refused = drain(world.state, world.facts, target, DEFAULT_DRAIN, world.now);
  t.match(refused, { ok: false, why: /no other upstream holds 203.* and leads anywhere/ });
  t.end();
});

t.test('the file may ask for less', (t) => {
  const careful = configWith('{ probes: [near, far], two-signs: backup }');
  const world = wellWorld(careful);
  probes(world, 'transit-a', 'down');
  world.signs('transit-a', ['default'], 'bad');
  t.equal(held(world, careful), 'lowered normal');
  const watching = configWith('{ probes: [near, far], one-sign: keep, two-signs: keep }');
  const shown = wellWorld(watching);
  probes(shown, 'transit-a', 'down');
  t.equal(held(shown, watching), 'normal normal');
  t.match(reasonAt(shown, 'transit-a'), /it stays as it was/);
  t.end();
});

t.test('what is ordered by hand is not asked about', (t) => {
  const world = wellWorld();
  probes(world, 'transit-a', 'down');
  world.signs('transit-a', ['default'], 'bad');
  world.operate((state) => {
    const order = { action: 'announce', prefix: PREFIX, upstream: 'transit-a' } as const;
    const orders = [{ ...order, since: world.now, until: undefined }];
    return withOrders(state, orders);
  });
  t.equal(held(world), 'normal normal');
  t.end();
});

t.test('behind a network that damps, coming back from the last choice waits', (t) => {
  const damped = configWith('{ probes: [near, far] }', 'cisco');
  const world = wellWorld(damped);
  probes(world, 'transit-a', 'down');
  t.equal(held(world, damped), 'lowered normal');
  probes(world, 'transit-a', 'up');
  t.equal(held(world, damped), 'lowered normal');
  t.match(reasonAt(world, 'transit-a'), /^well again; it stays the last choice until/);
  world.advanceTo(world.now + 15 * 60_000);
  t.equal(held(world, damped), 'normal normal');
  t.end();
});

t.test('whatever the signs, a prefix that some upstream can carry is held by one', (t) => {
  const kinds: readonly SignKind[] = ['table', 'default', 'canaries'];
  const states: readonly SignFact['state'][] = ['well', 'bad', 'unknown'];
  const step = fc.record({
    upstream: fc.constantFrom(...NAMES),
    session: fc.boolean(),
    probes: fc.constantFrom('up', 'down', 'rising', 'unknown', 'falling' as const),
    signs: fc.subarray([...kinds]),
    state: fc.constantFrom(...states),
    wait: fc.integer({ min: 0, max: 10_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const world = wellWorld();
      const up = new Set<string>(NAMES);
      for (const { upstream, session, probes: result, signs, state, wait } of steps) {
        for (const check of ['near', 'far']) world.check(`${check}@${upstream}`, result);
        world.signs(upstream, signs, state);
        world.session(upstream, session);
        if (session) up.add(upstream);
        else up.delete(upstream);
        world.advanceTo(world.now + wait);
        const holders = NAMES.filter((name) => world.held(name).has(PREFIX));
        if (up.size > 0 && holders.length === 0) return false;
        if (holders.some((name) => !up.has(name))) return false;
      }
      return true;
    }),
    { seed: 8, numRuns: 100 },
  );
  t.end();
});

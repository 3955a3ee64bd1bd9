/** What survives a restart, and what does not. */

import t from 'tap';
import { deconfigured } from '../../src/announcer/charge.ts';
import { decide } from '../../src/announcer/decide.ts';
import { DEFAULT_DRAIN } from '../../src/announcer/drain.ts';
import { NO_FACTS } from '../../src/announcer/facts.ts';
import { drain, order } from '../../src/announcer/operate.ts';
import { initialState, withConfig } from '../../src/announcer/state.ts';
import { formatState, parseState } from '../../src/announcer/stateText.ts';
import { StateFault } from '../../src/announcer/storedState.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { World } from '../../src/simulate/world.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, PREFIX } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

const config = flapConfig(CISCO, CISCO);

function played(): FlapWorld {
  const world = new FlapWorld(config).flap(100).flap(400);
  const prefix = parsePrefix(PREFIX);
  if (!prefix) throw new Error('a prefix');
  const request = { action: 'withdraw', prefix, upstream: 'up-1', lease: 600_000 } as const;
  world.operate((state, now) => {
    const ordered = order(state, request, now);
    const facts = { ...NO_FACTS };
    const drained = drain(
      ordered.ok ? ordered.state : state,
      facts,
      { kind: 'site' },
      DEFAULT_DRAIN,
      now,
    );
    return drained.ok ? drained.state : state;
  });
  return world;
}

t.test(
  'property of every state: reading what was written and writing it again gives the same',
  (t) => {
    const { state, now } = played();
    const text = formatState(state, false, now);
    const again = parseState(text, config, now);
    t.same(again.orders, state.orders);
    t.same(again.drains, state.drains);
    t.same(parseState(formatState(again, false, now), config, now), again);
    t.end();
  },
);

t.test(
  'kill -9: what an upstream held is charged as lost, and comes back as after any flap',
  (t) => {
    const world = new FlapWorld(config);
    const text = formatState(world.state, false, BEGIN + 1000);
    const state = parseState(text, config, BEGIN + 5000);
    t.match(state.groups[0]?.tracks.get('up-0'), { shadow: { penalty: 1000 }, exemptUntil: 0 });
    const next = new World(config, BEGIN + 5000, () => {}, state);
    next.session('up-0', true);
    next.check('web', 'up');
    t.equal(next.held('up-0').size, 0);
    next.advanceTo(BEGIN + 16_000);
    t.equal(next.held('up-0').size, 1);
    t.end();
  },
);

t.test(
  'after a stop in order nothing is held as if it had flapped; a suppression still is',
  (t) => {
    const world = new FlapWorld(config);
    world.stop('maintenance');
    const restart = (text: string) => {
      const next = new World(config, world.now, () => {}, parseState(text, config, world.now));
      for (const name of ['up-0', 'up-1']) next.session(name, true);
      next.check('web', 'up');
      return next;
    };
    const next = restart(formatState(world.state, true, world.now));
    t.equal(next.held('up-0').size + next.held('up-1').size, 2);
    const burst = new FlapWorld(config).flap(1, 1).flap(10, 1).flap(75, 1).flap(140, 1);
    burst.stop('maintenance');
    const suppressed = burst.state.groups[0]?.tracks.get('up-0')?.shadow?.suppressed;
    const later = restart(formatState(burst.state, true, world.now));
    t.equal(later.held('up-0').size, suppressed ? 0 : 1);
    t.end();
  },
);

t.test('killed in the middle of a drain: it goes on, and waits until sessions are back', (t) => {
  const file = flapConfig('none', 'none');
  const world = new FlapWorld(file);
  const target = { kind: 'upstream', name: 'up-0' } as const;
  world.at(10).operate((state, now) => {
    const operated = drain(state, world.facts, target, DEFAULT_DRAIN, now);
    return operated.ok ? operated.state : state;
  });
  const text = formatState(world.at(15).state, false, world.now);
  for (const returns of [true, false]) {
    const start = BEGIN + 20_000;
    const next = new World(file, start, () => {}, parseState(text, file, start));
    next.check('web', 'up');
    t.match(next.state.drains, [{ phase: 'shifting' }], 'that nothing is held says nothing yet');
    next.session('up-0', true);
    t.match(next.held('up-0').get(PREFIX), /graceful-shutdown/);
    t.match(next.state.drains, [{ phase: 'shifting' }], 'nor that the other is not back');
    next.advanceTo(start + 10_000);
    if (returns) next.session('up-1', true);
    next.advanceTo(start + 31_000);
    t.same(
      next.state.undone.map(({ at }) => at),
      returns ? [] : [start + 30_000],
      'never announced nowhere',
    );
    next.advanceTo(BEGIN + 71_000);
    t.equal(next.held('up-0').size, returns ? 0 : 1, 'the deadline is the old one');
    t.same(
      next.state.drains.map(({ phase }) => phase),
      returns ? ['drained'] : [],
    );
  }
  t.end();
});

t.test('RFC 4724: after a crash, what was to be kept for us is not held for a while', (t) => {
  const file = flapConfig(CISCO, CISCO);
  const upstreams = file.upstreams.map((each, i) => {
    return i === 0 ? { ...each, gracefulRestart: 'both' as const } : each;
  });
  const text = formatState(new FlapWorld(config).state, false, BEGIN + 1000);
  const after = { ...file, upstreams };
  for (const [late, kept] of [
    [0, 1],
    [31_000, 0],
  ] as const) {
    const state = parseState(text, after, BEGIN + 5000, true);
    const next = new World(after, BEGIN + 5000, () => {}, state);
    next.check('web', 'up');
    next.advanceTo(BEGIN + 5000 + late);
    for (const name of ['up-0', 'up-1']) next.session(name, true);
    t.equal(next.held('up-0').size, kept);
    t.equal(next.held('up-1').size, 0);
  }
  t.end();
});

t.test('RFC 4724: crashes alone do not keep from coming back what was kept for us', (t) => {
  const file = flapConfig(CISCO, CISCO);
  const after = {
    ...file,
    upstreams: file.upstreams.map((each, i) => {
      return i === 0 ? { ...each, gracefulRestart: 'both' as const } : each;
    }),
  };
  let { state } = new FlapWorld(config);
  for (const second of [2, 4, 6]) {
    const now = BEGIN + second * 1000;
    state = parseState(formatState(state, false, now), after, now, true);
    const next = new World(after, now, () => {}, state);
    next.check('web', 'up');
    for (const name of ['up-0', 'up-1']) next.session(name, true);
    t.equal(next.held('up-0').size, 1);
    t.equal(next.held('up-1').size, 0, 'which keeps nothing for us');
    state = next.state;
  }
  const track = state.groups[0]?.tracks.get('up-0');
  t.match(track, { shadow: { penalty: 3000, suppressed: false } }, 'they are counted all the same');
  const world = new World(after, BEGIN + 10_000, () => {}, state);
  for (const name of ['up-0', 'up-1']) world.session(name, true);
  world.check('web', 'up');
  world.check('web', 'down');
  world.check('web', 'up');
  t.match(world.state.groups[0]?.tracks.get('up-0'), { shadow: { suppressed: true } });
  t.equal(world.held('up-0').size, 0, 'what was seen to go for sure is another thing');
  t.end();
});

t.test('an order outlives a reload, and a removed prefix is remembered with its budget', (t) => {
  const world = played();
  const without = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [198.51.100.0/24]
upstreams: { up-0: { asn: 64496, address: 198.51.100.1, damping: ${CISCO} } }
`);
  const text = formatState(world.state, false, world.now);
  const gone = parseState(text, without, world.now);
  t.match(
    gone.groups.find(({ texts }) => texts.includes(PREFIX)),
    { terms: undefined },
  );
  t.equal(gone.orders.length, 1);
  const back = parseState(formatState(gone, false, world.now), config, world.now);
  const penalty = back.groups[0]?.tracks.get('up-0')?.shadow?.penalty ?? 0;
  t.ok(penalty >= 1000, `${penalty}`);
  t.end();
});

t.test('an upstream that is out of the file over a restart keeps what it has cost', (t) => {
  const world = new FlapWorld(config).flap(100);
  const without = { ...config, upstreams: config.upstreams.slice(0, 1) };
  const gone = withConfig(deconfigured(world.state, without, world.now), without);
  const cost = gone.groups[0]?.tracks.get('up-1')?.shadow;
  t.ok(cost && cost.penalty >= 1000);
  const again = parseState(formatState(gone, true, world.now), without, world.now);
  const back = withConfig(
    parseState(formatState(again, true, world.now), without, world.now),
    config,
  );
  t.match(back.groups[0]?.tracks.get('up-1'), { shadow: cost, wire: undefined });
  t.end();
});

t.test('nor does a crash before the file is without it make that less', (t) => {
  const world = new FlapWorld(config).flap(100).at(1000);
  const without = { ...config, upstreams: config.upstreams.slice(0, 1) };
  const track = world.state.groups[0]?.tracks.get('up-1');
  t.ok(track?.wire && track.shadow);
  const again = parseState(formatState(world.state, false, world.now), without, world.now);
  const after = again.groups[0]?.tracks.get('up-1');
  t.match(after, { wire: undefined, shadow: track?.shadow });
  t.equal(after?.flaps.at(-1), world.now);
  t.end();
});

t.test('a clock that was set back makes nothing last longer', (t) => {
  const world = new FlapWorld(config).flap(100);
  const prefix = parsePrefix(PREFIX);
  if (!prefix) throw new Error('a prefix');
  const request = { action: 'announce', prefix, upstream: undefined, lease: 600_000 } as const;
  world.operate((state, now) => {
    const ordered = order(state, request, now);
    if (!ordered.ok) throw new Error(ordered.why);
    const drained = drain(ordered.state, NO_FACTS, { kind: 'site' }, DEFAULT_DRAIN, now);
    return drained.ok ? drained.state : ordered.state;
  });
  const text = formatState(world.state, false, world.now);
  const earlier = world.now - 365 * 24 * 3_600_000;
  const { orders, drains } = parseState(text, config, earlier);
  t.match(orders, [{ since: earlier, until: earlier + 600_000 }]);
  t.match(drains, [{ startedAt: earlier, deadline: earlier + DEFAULT_DRAIN.timeout }]);
  const shadow = parseState(text, config, earlier).groups[0]?.tracks.get('up-0')?.shadow;
  t.ok(shadow && shadow.at <= earlier);
  t.end();
});

t.test('a clock that was set forward while we ran has made no lease and no penalty older', (t) => {
  const hour = 3_600_000;
  const { state, now } = played();
  const text = formatState(state, false, now, now + hour);
  const again = parseState(text, config, now + hour);
  t.match(again.orders, [{ since: now + hour, until: now + hour + 600_000 }]);
  const at = (each: typeof state) => each.groups[0]?.tracks.get('up-0')?.flaps.slice(0, 2) ?? [];
  t.ok(at(state).length > 0);
  t.same(at(again).length, 2, 'the flaps are still recent');
  const shadow = parseState(formatState(state, false, now), config, now);
  const penalty = (each: typeof state) => each.groups[0]?.tracks.get('up-0')?.shadow?.penalty;
  t.equal(penalty(again), penalty(shadow), 'as if nobody had set it');
  const later = parseState(text, config, now + 2 * hour);
  t.same(later.orders, again.orders, 'but time while we did not run is time');
  const old = text.replace(/"clockAhead":\d+,/, '');
  t.not(old, text);
  t.same(
    parseState(old, config, now).orders,
    parseState(formatState(state, false, now), config, now).orders,
  );
  t.end();
});

t.test(
  'a prefix that was out of the file is not announced for what its condition was before',
  (t) => {
    const world = new FlapWorld(config);
    const without = { ...config, prefixes: [], checks: [] };
    const at = world.now + 100_000;
    const gone = withConfig(deconfigured(world.state, without, at), without);
    t.match(gone.groups, [{ terms: undefined, standing: 'once' }]);
    const facts = { ...world.facts, checks: new Map() };
    const back = decide(config, facts, withConfig(gone, config), at);
    t.match(back.desired.get('up-0')?.decisions, [
      { terms: undefined, reason: { kind: 'checks-unknown' } },
    ]);
    const fact = {
      name: 'web',
      state: 'up',
      since: at,
      leaseUntil: at + 60_000,
      detail: '',
    } as const;
    const known = decide(config, { ...facts, checks: new Map([['web', fact]]) }, back.state, at);
    t.match(known.desired.get('up-0')?.decisions, [{ terms: {} }]);
    t.end();
  },
);

t.test('what is no state is refused with the reason, whatever it is', (t) => {
  const good = formatState(played().state, false, BEGIN);
  const bad: Readonly<Record<string, RegExp>> = {
    '': /not whole JSON/,
    [good.slice(0, -30)]: /not whole JSON/,
    null: /no object/,
    '{}': /version in the file is no number/,
    '{"version":2}': /version 2, and this program reads version 1/,
    [good.replace('"at-least"', '1').replace('"standing":"', '"standing":"x')]:
      /none of never, once/,
    [good.replace('"penalty":', '"penalty":"')]: /./,
    [good.replace('"groups":[', '"groups":[5,')]: /an entry of groups is no object/,
  };
  for (const [text, why] of Object.entries(bad)) {
    t.throws(() => parseState(text, config, BEGIN), { name: 'StateFault', message: why });
  }
  t.ok(new StateFault('') instanceof Error);
  t.same(initialState(config).groups.length, 1);
  t.end();
});

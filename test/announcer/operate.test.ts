/** Orders and drains, on virtual time. */

import t from 'tap';
import { changesBetween } from '../../src/announcer/changes.ts';
import { decide } from '../../src/announcer/decide.ts';
import { DEFAULT_DRAIN, type DrainTarget } from '../../src/announcer/drain.ts';
import { budgets } from '../../src/announcer/explain.ts';
import type { Facts } from '../../src/announcer/facts.ts';
import { NO_FACTS } from '../../src/announcer/facts.ts';
import { drain, type Operated, order, takeBack, undrain } from '../../src/announcer/operate.ts';
import { priceOfDrain } from '../../src/announcer/price.ts';
import { initialState, type State } from '../../src/announcer/state.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { World } from '../../src/simulate/world.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, PREFIX } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

const UP_0: DrainTarget = { kind: 'upstream', name: 'up-0' };

function prefixOf(text: string) {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is no prefix`);
  return prefix;
}

function whyNot(operated: Operated): string {
  return operated.ok ? '' : operated.why;
}

/** Both sessions are up as far as the order can see. */
const BOTH_UP: Facts = {
  ...NO_FACTS,
  sessions: new Map(['up-0', 'up-1'].map((name) => [name, { since: 0, families: ['ipv4'] }])),
};

function operate(world: World, change: (state: State, now: number) => Operated): string {
  let why = '';
  world.operate((state, now) => {
    const operated = change(state, now);
    why = whyNot(operated);
    return operated.ok ? operated.state : state;
  });
  return why;
}

t.test('what is withdrawn by hand stays so until the lease ends, and no longer', (t) => {
  const world = new FlapWorld(flapConfig('none', 'none'));
  const request = { action: 'withdraw', prefix: prefixOf(PREFIX) } as const;
  world.at(100);
  operate(world, (state, now) =>
    order(state, { ...request, upstream: 'up-0', lease: 60_000 }, now),
  );
  t.match(world.reason('up-0'), { kind: 'ordered' });
  world.flap(120).at(1000);
  t.same(world.taken(), ['100 -up-0', '120 -up-1', '125 +up-1', '160 +up-0']);
  t.end();
});

t.test('an order to announce stands for the checks, and ends with what they say', (t) => {
  const world = new FlapWorld(flapConfig('none'));
  world.at(10).check('web', 'down');
  const request = { action: 'announce', prefix: prefixOf(PREFIX), upstream: undefined } as const;
  world.at(20);
  operate(world, (state, now) => order(state, { ...request, lease: 60_000 }, now));
  world.at(100);
  t.same(world.taken(), ['10 -up-0', '20 +up-0', '80 -up-0']);
  t.end();
});

t.test('orders are refused with what is wrong and the mend', (t) => {
  const { state } = new FlapWorld(flapConfig('none'));
  const request = { action: 'announce', upstream: undefined, lease: undefined } as const;
  const why = (prefix: string, more: object = {}) =>
    whyNot(order(state, { ...request, prefix: prefixOf(prefix), ...more }, BEGIN));
  t.match(why('192.0.2.0/24'), /is not in the file, which has 203.0.113.0\/24: add it/);
  t.match(why(PREFIX, { upstream: 'nobody' }), /no upstream nobody; write one of up-0/);
  t.match(why('203.0.113.0/25'), /a part of 203.0.113.0\/24, which is announced as one: write/);
  t.match(why('203.0.0.0/16'), /has 203.0.113.0\/24 in it: write that if/);
  t.match(why(PREFIX, { upstream: 'up0' }), /no upstream up0; did you mean up-0\?/);
  t.match(why('203.0.113.0/25', { action: 'blackhole' }), /not one address within/);
  t.match(why('192.0.2.1/32', { action: 'blackhole' }), /not one address within/);
  t.match(why('203.0.113.7/32', { action: 'blackhole' }), /of no upstream in the file is it known/);
  t.match(whyNot(takeBack(state, PREFIX, undefined)), /nothing was ordered/);
  t.end();
});

t.test('RFC 7999: one address is blackholed where the code is known, leased, and at once', (t) => {
  const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [${PREFIX}]
upstreams:
  ntt: { asn: 2914, address: 198.51.100.1 }
  other: { asn: 64497, address: 198.51.100.5 }
`);
  const world = new World(config, BEGIN);
  for (const name of ['ntt', 'other']) world.session(name, true);
  const request = { action: 'blackhole', prefix: prefixOf('203.0.113.7/32') } as const;
  operate(world, (state, now) =>
    order(state, { ...request, upstream: undefined, lease: 60_000 }, now),
  );
  t.match(world.held('ntt').get('203.0.113.7/32'), /2914:666 no-export/);
  t.notOk(world.held('other').has('203.0.113.7/32'));
  world.advanceTo(BEGIN + 60_000);
  t.same([...world.held('ntt').keys()], [PREFIX]);
  t.end();
});

t.test('RFC 7999: an address blackholed at one upstream is announced to nobody else', (t) => {
  const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [${PREFIX}]
upstreams:
  ntt: { asn: 2914, address: 198.51.100.1 }
  other: { asn: 64497, address: 198.51.100.5 }
internal: { inside: { address: 198.51.100.9 } }
`);
  const request = { action: 'blackhole', upstream: 'ntt', lease: undefined } as const;
  const prefix = prefixOf('203.0.113.7/32');
  const ordered = order(initialState(config), { ...request, prefix }, BEGIN);
  if (!ordered.ok) throw new Error(ordered.why);
  const { desired } = decide(config, NO_FACTS, ordered.state, BEGIN);
  const hosts = [...desired.values()].map(({ neighbour, decisions }) => {
    const of = decisions.find(({ prefixes }) => prefixes.texts.includes(prefix.text));
    return [neighbour, of?.terms !== undefined];
  });
  t.same(hosts, [
    ['ntt', true],
    ['other', false],
    ['inside', false],
  ]);
  t.end();
});

t.test('RFC 8326: a drain lowers, waits for traffic to go, withdraws, and is undone whole', (t) => {
  const world = new FlapWorld(flapConfig('none', 'none'));
  world.at(100).traffic('up-0', 5e6);
  t.equal(
    operate(world, (state, now) => drain(state, BOTH_UP, UP_0, DEFAULT_DRAIN, now)),
    '',
  );
  t.match(world.held('up-0').get(PREFIX), /^5 .*graceful-shutdown/);
  world.at(110).traffic('up-0', 5e6);
  t.equal(world.state.drains[0]?.phase, 'shifting');
  world.at(120).traffic('up-0', 50);
  t.match(world.state.drains[0], {
    phase: 'drained',
    shifted: { by: 'traffic', bitsPerSecond: 50 },
  });
  t.same([...world.held('up-0').keys()], []);
  t.same([...world.held('up-1').keys()], [PREFIX]);
  world.at(200);
  operate(world, (state) => undrain(state, UP_0));
  t.match(world.held('up-0').get(PREFIX), /^0 - $/, 'as it was');
  t.match(whyNot(undrain(world.state, UP_0)), /is not drained/);
  t.end();
});

t.test('where traffic is not measured, or does not go, time ends the wait', (t) => {
  const world = new FlapWorld(flapConfig('none', 'none'));
  world.at(100);
  operate(world, (state, now) => drain(state, BOTH_UP, UP_0, DEFAULT_DRAIN, now));
  world.at(159);
  t.equal(world.held('up-0').size, 1);
  world.at(160);
  t.equal(world.held('up-0').size, 0);
  t.match(world.state.drains[0], { phase: 'drained', shifted: { by: 'time' } });
  t.end();
});

t.test(
  'nothing is drained into being announced nowhere: refused, or undone when it comes to that',
  (t) => {
    const world = new FlapWorld(flapConfig('none', 'none'));
    world.at(50).link('up-1', false);
    t.match(
      operate(world, (state, now) => drain(state, BOTH_UP, UP_0, DEFAULT_DRAIN, now)),
      /no other upstream holds 203.0.113.0\/24/,
    );
    world.at(60).link('up-1', true);
    operate(world, (state, now) => drain(state, BOTH_UP, UP_0, DEFAULT_DRAIN, now));
    world.at(70).link('up-1', false);
    t.same(world.state.drains, []);
    t.match(world.state.undone, [{ prefix: PREFIX, at: BEGIN + 70_000 }]);
    t.match(world.held('up-0').get(PREFIX), /^0 - $/, 'as it was');
    t.end();
  },
);

t.test('a suppression that is over speaks against no drain, and is told of no more', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO));
  const up1: DrainTarget = { kind: 'upstream', name: 'up-1' };
  const drained = (target: DrainTarget) =>
    operate(world, (state, now) => drain(state, BOTH_UP, target, DEFAULT_DRAIN, now));
  for (const second of [100, 101]) {
    world.at(second);
    t.equal(drained(up1), '');
    operate(world, (state) => undrain(state, up1));
  }
  t.match(drained(UP_0), /no other upstream holds/, 'four changes in two seconds');
  const budget = () => budgets(world.outcome, world.now).find((each) => each.upstream === 'up-1');
  const end = budget()?.suppressedUntil ?? 0;
  t.ok(end > world.now);
  world.advanceTo(end - 1);
  t.match(drained(UP_0), /no other upstream holds/);
  world.advanceTo(end);
  t.match(budget(), { suppressedUntil: undefined });
  t.equal(drained(UP_0), '', 'though nothing has been decided since');
  t.end();
});

t.test(
  'of flaps, those of the last 15 minutes are told, however long ago anything changed',
  (t) => {
    const world = new FlapWorld(flapConfig(CISCO)).flap(100).at(200);
    const flaps = () => budgets(world.outcome, world.now).map((each) => each.flaps);
    t.same(flaps(), [1]);
    world.at(100 + 16 * 60);
    t.same(flaps(), [0]);
    t.end();
  },
);

t.test('the last other upstream is lost: the drain holds, and it is said what that costs', (t) => {
  const world = new FlapWorld(flapConfig('none', 'none'));
  operate(world, (state, now) => drain(state, BOTH_UP, UP_0, DEFAULT_DRAIN, now));
  world.at(100);
  t.match(world.reason('up-0'), { kind: 'draining' });
  const before = world.outcome;
  world.link('up-1', false);
  t.equal(world.held('up-0').size, 0, 'an order is not undone by itself');
  t.match(world.reason('up-0'), { kind: 'drained-last', upstream: 'up-0' });
  t.same(changesBetween(before, world.outcome).nowhere, [
    { neighbour: 'up-0', prefixes: [PREFIX] },
  ]);
  const said = world.outcome;
  world.at(200);
  t.same(changesBetween(said, world.outcome).nowhere, [], 'said once');
  world.link('up-1', true);
  t.match(world.reason('up-0'), { kind: 'draining' });
  world.at(300).check('web', 'down');
  world.link('up-1', false);
  t.match(world.reason('up-0'), { kind: 'on-failure' }, 'what is not well is missed by nobody');
  world.check('web', 'up');
  operate(world, (state) => undrain(state, UP_0));
  t.equal(world.held('up-0').size, 1);
  t.end();
});

t.test('a prefix or the site is drained everywhere', (t) => {
  for (const target of [{ kind: 'site' }, { kind: 'prefix', prefix: PREFIX }] as const) {
    const world = new FlapWorld(flapConfig('none', 'none'));
    operate(world, (state, now) => drain(state, BOTH_UP, target, DEFAULT_DRAIN, now));
    t.match(world.held('up-1').get(PREFIX), /graceful-shutdown/);
    world.at(61);
    t.equal(world.held('up-0').size + world.held('up-1').size, 0);
    t.equal(world.state.drains[0]?.phase, 'drained');
  }
  t.end();
});

t.test('a drain is priced before it is done: a change, a withdrawal, and the way back', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO));
  t.match(priceOfDrain(world.state, UP_0, BEGIN), [
    { upstream: 'up-0', penalty: 0, after: 1500, suppress: 2000, suppressedUntil: undefined },
  ]);
  world.flap(100).at(200);
  const [price] = priceOfDrain(world.state, UP_0, world.now);
  t.ok((price?.suppressedUntil ?? 0) > world.now, 'the second within minutes would suppress it');
  t.equal(world.state.drains.length, 0, 'nothing was done');
  t.end();
});

t.test(
  'on-failure: backup makes it the last choice; the way back waits, for a change costs, too',
  (t) => {
    const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: ${PREFIX}, needs: web, on-failure: backup }]
checks: { web: { tcp: "203.0.113.10:80" } }
upstreams: { up-0: { asn: 64496, address: 198.51.100.1, damping: ${CISCO} } }
`);
    const world = new FlapWorld(config);
    world.at(100).check('web', 'down');
    t.match(world.held('up-0').get(PREFIX), /graceful-shutdown/);
    world.at(105).check('web', 'up');
    t.match(world.reason('up-0'), { kind: 'kept-lowered', penalty: 500 });
    t.match(world.held('up-0').get(PREFIX), /graceful-shutdown/);
    world.at(165);
    t.match(world.held('up-0').get(PREFIX), /^0 - $/);
    t.end();
  },
);

t.test(
  'on-failure: keep leaves it; a lease that is over is a failure; unknown announces nothing new',
  (t) => {
    const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: ${PREFIX}, needs: web, on-failure: keep }, { prefix: 198.51.100.0/24, needs: web }]
checks: { web: { tcp: "203.0.113.10:80" } }
upstreams: { up-0: { asn: 64496, address: 198.51.100.1, damping: none } }
`);
    const world = new World(config, BEGIN);
    world.session('up-0', true);
    t.equal(world.held('up-0').size, 0, 'not on unknown');
    world.check('web', 'down');
    t.equal(world.held('up-0').size, 0, 'what was never well is not kept');
    world.check('web', 'up', BEGIN + 10_000);
    t.equal(world.held('up-0').size, 2);
    world.advanceTo(BEGIN + 9_999);
    t.equal(world.held('up-0').size, 2);
    world.advanceTo(BEGIN + 10_000);
    t.same([...world.held('up-0').keys()], [PREFIX], 'the prober died');
    world.check('web', 'unknown');
    t.same([...world.held('up-0').keys()], [PREFIX], 'unknown leaves it as it is');
    t.end();
  },
);

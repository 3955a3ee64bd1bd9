/** What another file would change, before it is loaded; and why things are as they are. */

import t from 'tap';
import { budgets, explain, ownPrefixFor } from '../../src/announcer/explain.ts';
import { NO_FACTS } from '../../src/announcer/facts.ts';
import { plan } from '../../src/announcer/plan.ts';
import type { Config } from '../../src/config/config.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { World } from '../../src/simulate/world.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, PREFIX } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

function file(prefixes: string, a = 'med: 5', asn = 64500): Config {
  return configOf(`
asn: ${asn}
router-id: 192.0.2.1
prefixes: [${prefixes}]
upstreams:
  a: { asn: 64496, address: 198.51.100.1, damping: ${CISCO}, ${a} }
  b: { asn: 64497, address: 198.51.100.5, damping: ${CISCO} }
`);
}

function running(config: Config): World {
  const world = new World(config, BEGIN);
  for (const { name } of config.upstreams) world.session(name, true);
  return world;
}

function planned(before: Config, after: Config) {
  const world = running(before);
  return plan(world.outcome, after, world.facts, world.now);
}

const TWO = '203.0.113.0/24, 198.51.100.0/24';

t.test('the same file, and a default that is spelled out, plan nothing', (t) => {
  t.same(planned(file(TWO), file(TWO)), []);
  t.same(planned(file(TWO), file(TWO, 'med: 5, prepend: 0, hold-time: 90s')), []);
  t.end();
});

t.test(
  'additions, changes and withdrawals are told apart, upstream by upstream, with their price',
  (t) => {
    const changes = planned(file(TWO), file('203.0.113.0/24, 192.0.2.0/24', 'med: 6'));
    t.match(changes, [
      {
        neighbour: 'a',
        session: 'routes',
        announce: [{ prefixes: ['192.0.2.0/24'], terms: { med: 6 } }],
        change: [{ prefixes: ['203.0.113.0/24'], terms: { med: 6 } }],
        withdraw: ['198.51.100.0/24'],
        price: { after: 1000, suppress: 2000, suppressedUntil: undefined },
      },
      { neighbour: 'b', session: 'none', change: [], withdraw: ['198.51.100.0/24'] },
    ]);
    t.end();
  },
);

t.test('a session that would reset is told, and priced as a flap of all it carries', (t) => {
  const changes = planned(file(TWO), file(TWO, 'med: 5, hold-time: 30s'));
  t.match(changes, [{ neighbour: 'a', session: 'reset', price: { after: 1000 } }]);
  t.match(
    planned(file(TWO), file(TWO, 'med: 5', 64501)).map(({ session }) => session),
    ['reset', 'reset'],
  );
  t.end();
});

t.test('explain has every cause, the first one first, and the budget with the next flap', (t) => {
  const config = flapConfig(CISCO, 'none');
  const world = new FlapWorld(config).flap(100);
  const prefix = config.prefixes[0]?.prefix;
  if (!prefix) throw new Error('a prefix');
  const told = explain(world.outcome, prefix, world.now);
  t.match(told, [
    {
      neighbour: 'up-0',
      terms: undefined,
      reason: { kind: 'held', canary: 'up-1' },
      because: [{ kind: 'checks-hold', checks: [{ name: 'web', state: 'up' }] }, { kind: 'held' }],
      budget: {
        penalty: 1000,
        suppress: 2000,
        suppressedUntil: undefined,
        flaps: 1,
        nextFlap: { after: 2000 },
      },
    },
    {
      neighbour: 'up-1',
      terms: { prepend: 0 },
      reason: { kind: 'checks-hold' },
      budget: undefined,
    },
  ]);
  t.equal(budgets(world.outcome, world.now).length, 1);
  t.end();
});

t.test('an address is explained by the prefix that it is in', (t) => {
  const config = file(TWO);
  const wanted = (text: string) => {
    const parsed = parsePrefix(text);
    return parsed && ownPrefixFor(config, parsed)?.text;
  };
  t.equal(wanted('203.0.113.9/32'), PREFIX);
  t.equal(wanted(PREFIX), PREFIX);
  t.equal(wanted('203.0.112.0/23'), undefined);
  t.equal(NO_FACTS.links.size, 0);
  t.end();
});

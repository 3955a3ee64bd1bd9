import t from 'tap';
import { type Facts, NO_FACTS } from '../../src/announcer/facts.ts';
import { kernelWays } from '../../src/daemon/kernelWays.ts';
import { desiredRoutes } from '../../src/kernel/desiredRoutes.ts';
import { configOf } from '../support/ownRoute.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
kernel: { install: default, anchor: false }
upstreams:
  a: { asn: 64496, address: 192.0.2.10, accept: full, interface: eth1 }
  b: { asn: 64497, address: 192.0.2.20, accept: full, interface: eth2 }
`);

const paths: Facts['paths'] = new Map(
  ['a', 'b'].map((name, i) => [name, { interface: `eth${i + 1}`, origin: 'configured' }]),
);
const B_UP: Facts['sessions'] = new Map([['b', { since: 0, families: ['ipv4'] }]]);

/** `a 20`: a default through it with this metric; `a` has no session. */
function defaults(facts: Partial<Facts>, isAwaited: boolean): readonly string[] {
  const all = { ...NO_FACTS, paths, ...facts };
  const ways = kernelWays(config, all, [], (name, family) => {
    return isAwaited && name === 'a' && family === 'ipv4';
  });
  return desiredRoutes(config, ways).map(({ metric, nextHops }) => {
    return `${nextHops.map(({ dev }) => (dev === 'eth1' ? 'a' : 'b'))} ${metric}`;
  });
}

t.test('RFC 4724 §4.2: who is awaited is a way, behind all that have a session', (t) => {
  t.same(defaults({}, false), []);
  t.same(defaults({}, true), ['a 22']);
  t.same(defaults({ sessions: B_UP }, true), ['b 20', 'a 22']);
  t.end();
});

t.test('who is known to be dead is awaited by nobody', (t) => {
  const since = 0;
  const link = { interface: 'eth1', state: 'down', cause: 'no-carrier', since } as const;
  t.same(defaults({ links: new Map([['eth1', link]]) }, true), []);
  const bfd = { neighbour: 'a', standing: 'lost', detail: '', since } as const;
  t.same(defaults({ bfd: new Map([['a', bfd]]) }, true), []);
  t.end();
});

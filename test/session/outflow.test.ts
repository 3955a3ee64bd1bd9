/** When our routes are written, against a connection of which the test says what it has taken. */

import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import type { OwnRoute } from '../../src/rib/ownRoute.ts';
import type { Advertisement } from '../../src/session/advertiser.ts';
import { Outflow } from '../../src/session/outflow.ts';
import { configOf, ownRoute, routesOf } from '../support/ownRoute.ts';
import { SESSION } from '../support/updateBytes.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { peer: { asn: 64496, address: 198.51.100.1 } }
`);
const [neighbour] = config.upstreams;
const localAddress = parseAddress('198.51.100.2');
if (!neighbour || !localAddress) throw new Error('the file names an upstream');
const outlet = {
  config: { localAs: 64500, routerId: config.routerId, neighbour },
  localAddress,
  families: ['ipv4'] as const,
  context: SESSION.external,
};

const A = ownRoute('203.0.113.0/24');
const B = ownRoute('198.51.100.0/24');

function flowing(routes: readonly OwnRoute[] = [A]) {
  const clock = new VirtualClock();
  const kernel = { unsent: 0 };
  /** What whoever sends learned routes is asked for. */
  const refreshed: string[] = [];
  /** `+prefix`, `-prefix`, `(again)`; `EoR` for what names no routes. */
  const written: string[] = [];
  const words = ({ announced, withdrawn }: Advertisement) =>
    [...announced.map((text) => `+${text}`), ...withdrawn.map((text) => `-${text}`)].join(' ');
  const flow = new Outflow(clock, {
    unsent: () => kernel.unsent,
    write: (advertisement) => written.push(words(advertisement) || 'EoR'),
    told: (advertisement, asked) => asked && written.push(`(again) ${words(advertisement)}`),
    refreshing: () => {},
    refreshed: (families) => refreshed.push(families.join(' ')),
  });
  flow.setDesired(routesOf(...routes));
  return { clock, kernel, flow, written, refreshed, taken: () => written.splice(0) };
}

t.test('nothing is written before the session is up, nor after', (t) => {
  const { flow, taken } = flowing();
  t.same(taken(), []);
  flow.open(outlet, false);
  t.same(taken(), ['+203.0.113.0/24', 'EoR']);
  t.type(flow.advertisedSince(A.prefix), 'number');
  t.equal(flow.count('ipv4'), 1);
  flow.close();
  flow.setDesired(routesOf(B));
  flow.refresh('ipv4');
  t.same(taken(), []);
  t.equal(flow.advertisedSince(A.prefix), undefined);
  t.equal(flow.count('ipv4'), 0);
  t.end();
});

t.test('End-of-RIB never comes before the initial routes, whatever else is unsent', (t) => {
  const { kernel, flow, taken } = flowing();
  kernel.unsent = 29; // our own OPEN
  flow.open(outlet, false);
  t.same(taken(), ['+203.0.113.0/24', 'EoR']);
  t.end();
});

t.test('a neighbour that does not read is told how things are once it does', (t) => {
  const { kernel, flow, taken } = flowing();
  flow.open(outlet, false);
  taken();
  kernel.unsent = 1;
  for (let i = 0; i < 1000; i++) {
    flow.setDesired(routesOf(...(i % 2 === 0 ? [] : [A])));
    flow.progressed();
  }
  flow.setDesired(routesOf(B));
  t.same(taken(), [], 'not an octet more');
  kernel.unsent = 0;
  flow.progressed();
  t.same(taken(), ['+198.51.100.0/24 -203.0.113.0/24']);
  flow.progressed();
  t.same(taken(), []);
  t.end();
});

t.test('RFC 2918 §4: a refresh repeats what is desired, and is told apart from news', (t) => {
  const { clock, kernel, flow, taken } = flowing([A, B]);
  flow.open(outlet, false);
  taken();
  flow.refresh('ipv4');
  const all = '+203.0.113.0/24 +198.51.100.0/24';
  t.same(taken(), [all, `(again) ${all}`]);
  kernel.unsent = 1;
  flow.refresh('ipv4');
  flow.setDesired(routesOf(B));
  clock.advance(1000);
  t.same(taken(), []);
  kernel.unsent = 0;
  flow.progressed();
  t.same(
    taken(),
    ['-203.0.113.0/24', '+198.51.100.0/24', '(again) +198.51.100.0/24'],
    'what the neighbour asked for does not make it keep what is gone',
  );
  t.end();
});

t.test('a family that the session does not carry is not refreshed', (t) => {
  const { flow, taken } = flowing();
  flow.open(outlet, false);
  taken();
  flow.refresh('ipv6');
  t.same(taken(), []);
  t.end();
});

t.test('another next hop sends everything again, and withdraws nothing', (t) => {
  const { flow, taken } = flowing([A, B]);
  flow.adjust(outlet.config, true);
  flow.open(outlet, false);
  taken();
  flow.adjust(outlet.config, false);
  t.same(taken(), []);
  flow.adjust(outlet.config, true);
  t.same(taken(), [], 'with what is desired by the same configuration');
  flow.setDesired(routesOf(A, B));
  t.same(taken(), ['+203.0.113.0/24 +198.51.100.0/24']);
  flow.adjust(outlet.config, true);
  flow.setDesired(routesOf(A));
  t.same(taken(), ['+203.0.113.0/24 -198.51.100.0/24'], 'and what is gone is not sent once more');
  t.end();
});

t.test('learned routes are asked for again no more often than a second', (t) => {
  const { clock, flow, refreshed } = flowing();
  flow.open({ ...outlet, families: ['ipv4', 'ipv6'] }, true);
  flow.repeat();
  flow.adjust(outlet.config, true);
  t.same(refreshed, [], 'what we repeat by ourselves concerns our own');
  flow.refresh('ipv4');
  t.same(refreshed, ['ipv4']);
  for (let i = 0; i < 1000; i++) flow.refresh(i % 2 === 0 ? 'ipv6' : 'ipv4');
  clock.advance(999);
  t.same(refreshed, ['ipv4']);
  clock.advance(1);
  t.same(refreshed, ['ipv4', 'ipv6 ipv4']);
  flow.refresh('ipv4');
  flow.close();
  clock.advance(10_000);
  t.same(refreshed, ['ipv4', 'ipv6 ipv4'], 'and not of a session that is over');
  t.end();
});

import t from 'tap';
import { desiredRoutes, type Ways } from '../../src/kernel/desiredRoutes.ts';
import { failuresIn } from '../../src/kernel/ipRoutes.ts';
import { routeText } from '../../src/kernel/route.ts';
import { batchLine, routeChanges } from '../../src/kernel/routeDiff.ts';
import { routesFrom } from '../../src/kernel/routeJson.ts';
import { configOf } from '../support/ownRoute.ts';

function configWith(kernel: string) {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24, "2001:db8:113::/48"]
${kernel === '' ? '' : `kernel: ${kernel}`}
upstreams:
  a: { asn: 64496, address: 192.0.2.10, accept: full, prefer: primary }
  b: { asn: 64497, address: 192.0.2.20, accept: default }
  c: { asn: 64498, address: 192.0.2.30, accept: full, prefer: backup }
  six: { asn: 64499, address: "2001:db8::1", accept: full }
  mute: { asn: 64501, address: 192.0.2.40, accept: none }
  far: { asn: 64502, address: 192.0.2.50, accept: full, multihop: 3 }
`);
}

const NAMES = ['a', 'b', 'c', 'six', 'mute', 'far'];

function ways(...living: readonly string[]): Ways {
  const interfaces = new Map(NAMES.map((name) => [name, `eth-${name}`]));
  return { living: new Set(living), dead: new Set(), interfaces };
}

function texts(kernel: string, ...living: readonly string[]): readonly string[] {
  return desiredRoutes(configWith(kernel), ways(...living)).map(routeText);
}

const ANCHORS = [
  '203.0.113.0/24 blackhole metric 65535',
  '2001:db8:113::/48 blackhole metric 65535',
];

t.test('without `kernel` nothing; with it the anchors, unless the file says no', (t) => {
  t.same(texts('', ...NAMES), []);
  t.same(texts('{}', ...NAMES), ANCHORS);
  t.same(texts('{ anchor: false }', ...NAMES), []);
  t.end();
});

t.test('a default through every living primary, the backups behind it, by family', (t) => {
  const kernel = '{ install: default, anchor: false, metric: 7 }';
  t.same(texts(kernel, ...NAMES), [
    'default via 192.0.2.10 dev eth-a via 192.0.2.20 dev eth-b metric 7',
    'default via 192.0.2.30 dev eth-c metric 8',
    'default via 2001:db8::1 dev eth-six metric 7',
  ]);
  t.same(texts(kernel, 'c', 'mute', 'far'), ['default via 192.0.2.30 dev eth-c metric 8']);
  t.same(texts(kernel), []);
  t.end();
});

t.test('an upstream whose interface is not known is no way out', (t) => {
  const unknown = { ...ways('a', 'b'), interfaces: new Map([['b', 'eth-b']]) };
  const found = desiredRoutes(configWith('{ install: default, anchor: false }'), unknown);
  t.same(found.map(routeText), ['default via 192.0.2.20 dev eth-b metric 20']);
  t.end();
});

t.test('from what is there to what is wanted: what comes before what goes', (t) => {
  const config = configWith('{ install: default }');
  const [before, after] = [
    desiredRoutes(config, ways('a', 'c')),
    desiredRoutes(config, ways('b', 'six')),
  ];
  t.same(routeChanges(before, before), []);
  t.same(
    routeChanges(before, after).map((change) => batchLine(change, 'main')),
    [
      'route replace 0.0.0.0/0 table main proto 179 metric 20 via 192.0.2.20 dev eth-b',
      'route add ::/0 table main proto 179 metric 20 via 2001:db8::1 dev eth-six',
      'route del 0.0.0.0/0 table main proto 179 metric 21',
    ],
  );
  const both = desiredRoutes(config, ways('a', 'b'));
  t.same(
    routeChanges([], both).map((change) => batchLine(change, '7'))[2],
    'route add 0.0.0.0/0 table 7 proto 179 metric 20 nexthop via 192.0.2.10 dev eth-a weight 1 nexthop via 192.0.2.20 dev eth-b weight 1',
  );
  const [anchor] = routeChanges(both.slice(0, 1), []);
  t.equal(
    anchor && batchLine(anchor, 'main'),
    'route del blackhole 203.0.113.0/24 table main proto 179 metric 65535',
  );
  t.end();
});

t.test('what `ip -j route show` says; what is not understood is left out', (t) => {
  const shown = JSON.stringify([
    { type: 'blackhole', dst: '203.0.113.0/24', metric: 65535, flags: [] },
    { type: 'blackhole', dst: '198.51.100.7', metric: 65535, flags: [] },
    { dst: 'default', gateway: '192.0.2.10', dev: 'eth-a', metric: 21, flags: ['linkdown'] },
    { dst: 'default', metric: 20, nexthops: [{ gateway: '192.0.2.20', dev: 'eth-b', weight: 1 }] },
    { dst: '10.0.0.0/8', dev: 'eth-a' },
    { metric: 1 },
    7,
  ]);
  t.same(routesFrom(shown, 'ipv4').map(routeText), [
    '203.0.113.0/24 blackhole metric 65535',
    '198.51.100.7/32 blackhole metric 65535',
    'default via 192.0.2.10 dev eth-a metric 21',
    'default via 192.0.2.20 dev eth-b metric 20',
  ]);
  t.same(routesFrom('', 'ipv6'), []);
  t.end();
});

t.test('which lines of a batch failed, and why', (t) => {
  const said =
    'RTNETLINK answers: File exists\nCommand failed -:2\nError: Nexthop has invalid gateway.\nCommand failed -:4\n';
  t.same(
    [...failuresIn(said, 5)],
    [
      [1, 'File exists'],
      [3, 'Nexthop has invalid gateway.'],
    ],
  );
  t.same([...failuresIn('no such option\n', 2)], [[0, 'no such option']]);
  t.end();
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { routeDetails, routeLayout, routeRows } from '../../src/cli/routeText.ts';
import { runShowRoutes } from '../../src/cli/showRoutes.ts';
import { colourPaint, plainPaint } from '../../src/control/paint.ts';
import type { RouteParameters } from '../../src/control/routeQuery.ts';
import type { RoutePathView } from '../../src/control/routeView.ts';
import { serveControl } from '../../src/control/server.ts';
import { peerIndex } from '../rib/fixture.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { twoTransits } from '../support/learnedRoutes.ts';

const directory = t.testdir();
const socket = join(directory, 'control.sock');
const config = join(directory, 'x.yaml');
writeFileSync(config, `control: { socket: ${socket} }\n`);

const { rib, learned } = twoTransits(
  [
    { announce: ['1.0.0.0/16', '203.0.113.0/24'], path: [64496, 13335], med: 5 },
    { announce: ['2400:cb00:2048::/48'], path: [64496, 13335], nextHop: '2001:db8::1' },
  ],
  [
    {
      announce: ['1.0.0.0/16', '1.0.4.0/22'],
      path: [64497, 3356, 2914, [13335, 13336]],
      origin: 2,
      communities: [(64497 << 16) | 100, 0xffff029a],
      raw: [0xc0, 7, 8, 0, 0, 0x34, 0x17, 192, 0, 2, 9],
    },
    { announce: ['1.0.5.0/24'], path: [64497, ...new Array<number>(7).fill(4200000001), 13335] },
  ],
);
const daemon = new FakeDaemon();
daemon.routes = learned;
const server = await serveControl({ port: daemon, path: socket, mode: 0o600 });
t.teardown(() => server.close());

async function show(routes: RouteParameters, json = false): Promise<string> {
  const terminal = new FakeTerminal();
  t.equal(await runShowRoutes({ name: 'show', what: 'routes', config, json, routes }, terminal), 0);
  t.equal(terminal.err, '');
  return terminal.out;
}

t.test('everything: what there is, what the marks mean, a row a path, 80 columns', async (t) => {
  const out = await show({});
  t.equal(
    out,
    `Learned from neighbours: 4 ipv4 prefixes by 900 paths, 10 of them refused; 1
ipv6 prefix by 0 paths.
> best, x refused, - being taken away; in brackets, why it is not best. A PREFIX
or an ADDRESS shows one in full.
  PREFIX              NEIGHBOUR  AS PATH
> 1.0.0.0/16          transit-a  64496 13335
  1.0.0.0/16          transit-b  64497 3356 2914 {13335 13336} [as-path-length]
> 1.0.4.0/22          transit-b  64497 3356 2914 {13335 13336}
> 1.0.5.0/24          transit-b  64497 4200000001 4200000001 4200000001
                                 4200000001 4200000001 4200000001 4200000001
                                 13335
x 203.0.113.0/24      transit-a  64496 13335 [bogon]
> 2400:cb00:2048::/48
                      transit-a  64496 13335
`,
  );
  t.ok(out.split('\n').every((line) => line.length <= 80));
});

t.test('a part of it has no heading but the titles; a limit says that it was one', async (t) => {
  t.equal(
    await show({ covered: '1.0.0.0/16', neighbour: 'transit-b', limit: '1' }),
    `  PREFIX              NEIGHBOUR  AS PATH
  1.0.0.0/16          transit-b  64497 3356 2914 {13335 13336} [as-path-length]
No more than 1 were asked for.
`,
  );
});

t.test('one prefix: every path, all attributes, and why it is not best', async (t) => {
  t.equal(
    await show({ prefix: '1.0.0.0/16' }),
    `1.0.0.0/16: 2 paths, the best one from transit-a

> transit-a: best
  AS path     64496 13335
  origin      igp
  next hop    198.51.100.1
  local pref  100
  MED         5

  transit-b: not best: longer AS_PATH (4 against 2 of transit-a)
  AS path      64497 3356 2914 {13335 13336}
  origin       incomplete
  next hop     198.51.100.1
  local pref   100
  communities  64497:100 blackhole
  AGGREGATOR   AS 13335, 192.0.2.9
`,
  );
});

t.test('an address is led to its longest match; a refused path says why', async (t) => {
  t.match(
    await show({ match: '1.0.4.9' }),
    /^1\.0\.4\.0\/22: 1 path, the best one from transit-b\n/,
  );
  t.equal(
    await show({ prefix: '203.0.113.0/24' }),
    `203.0.113.0/24: 1 path, none of them best

x transit-a: refused: the prefix is in address space that nobody may announce
  AS path     64496 13335
  origin      igp
  next hop    198.51.100.1
  local pref  100
  MED         5
`,
  );
});

t.test('nothing found is said in the words of the question', async (t) => {
  for (const [routes, text] of [
    [
      { prefix: '9.0.0.0/8' },
      'No path to 9.0.0.0/8. `--covering` and `--covered` show what is around it.\n',
    ],
    [{ match: '9.9.9.9', neighbour: 'transit-a' }, 'No path from transit-a leads to 9.9.9.9.\n'],
    [{ covered: '9.0.0.0/8', state: 'refused' }, 'No refused path within 9.0.0.0/8.\n'],
    [{ covering: '9.0.0.0/8' }, 'No path to what covers 9.0.0.0/8.\n'],
    [{ family: 'ipv6', state: 'refused' }, 'No refused path.\n'],
  ] as const) {
    t.equal(await show(routes), text);
  }
  t.equal(await show({ prefix: '9.0.0.0/8' }, true), '');
});

t.test('`--json` is a line for each route, as the control socket gives it', async (t) => {
  const lines = (await show({}, true)).trimEnd().split('\n');
  t.equal(lines.length, 5);
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      {
        prefix: '1.0.0.0/16',
        family: 'ipv4',
        paths: [
          { neighbour: 'transit-a', state: 'best', reason: null, asPath: [64496, 13335], med: 5 },
          {
            neighbour: 'transit-b',
            state: 'accepted',
            reason: { code: 'as-path-length', against: 'transit-a' },
            communities: ['64497:100', 'blackhole'],
            attributes: [{ code: 7, name: 'AGGREGATOR', value: { asn: 13335 } }],
          },
        ],
      },
      { prefix: '1.0.4.0/22' },
      { prefix: '1.0.5.0/24' },
      { prefix: '203.0.113.0/24', paths: [{ state: 'refused', reason: { code: 'bogon' } }] },
      { prefix: '2400:cb00:2048::/48', paths: [{ nextHop: '2001:db8::1' }] },
    ],
  );
});

t.test('a neighbour that is not there is an error of the command', async (t) => {
  await t.rejects(show({ neighbour: 'transit-z' }), {
    name: 'ControlError',
    message: /no neighbour is called transit-z; did you mean transit-a\?/,
  });
});

t.test('nothing more is asked for than whoever reads has taken', async (t) => {
  const terminal = new FakeTerminal();
  let waits = 0;
  const slow = Object.assign(terminal, {
    drained: async () => {
      waits++;
    },
  });
  for (const json of [false, true]) {
    await runShowRoutes({ name: 'show', what: 'routes', config, json, routes: {} }, slow);
  }
  t.ok(waits >= 2);
});

t.test('paths that are being taken away, stale, empty, link-local or numbered', async (t) => {
  rib.refreshBegin(peerIndex(0), 'ipv4');
  t.match(await show({ covered: '1.0.0.0/16', state: 'best' }), /64496 13335 \[stale\]\n/);
  t.match(await show({ prefix: '1.0.0.0/16' }), /stale +not announced again since/);
  rib.peerDown(peerIndex(1));
  t.match(await show({ covered: '1.0.4.0/22' }), /\n- 1\.0\.4\.0\/22 .*\[leaving\]\n/);
  t.match(await show({ prefix: '1.0.4.0/22' }), /\n- transit-b: its session is down, and it is/);

  const path: RoutePathView = {
    neighbour: 'edge2',
    pathId: 7,
    state: 'best',
    reason: null,
    localPref: 200,
    asPath: [],
    origin: null,
    nextHop: '2001:db8::1',
    linkLocalNextHop: 'fe80::1',
    med: null,
    communities: [],
    attributes: [],
    stale: true,
    llgrStale: true,
    onlyToCustomer: null,
  };
  const route = { prefix: '2400::/32', family: 'ipv6' as const, paths: [path] };
  const look = { width: 80, paint: plainPaint };
  t.strictSame(routeDetails(route, look), [
    '2400::/32: 1 path, the best one from edge2',
    '',
    '> edge2: best',
    '  AS path     (empty)',
    '  next hop    2001:db8::1 and fe80::1',
    '  local pref  200',
    '  path id     7',
    '  stale       long-lived (RFC 9494): the last choice',
  ]);
  const [row] = routeRows(route, routeLayout(['edge2'], { ...look, paint: colourPaint }));
  t.equal(row, '\x1b[32m>\x1b[0m 2400::/32           edge2      (empty) [stale]');
});

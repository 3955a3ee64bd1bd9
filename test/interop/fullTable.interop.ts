/** `install: full`: the best paths of real upstreams in a real kernel, and nobody else's routes touched. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { Frr } from '../support/daemons/frr.ts';
import { command, type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Link, type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { monitored } from '../support/routeMonitor.ts';
import { SOON } from './expected.ts';

const FAR = { a: '198.51.100.1', b: '198.51.100.5', a6: '2001:db8:a::1', b6: '2001:db8:b::1' };
const EDGE = { a: '198.51.100.2', b: '198.51.100.6', a6: '2001:db8:a::2', b6: '2001:db8:b::2' };
const [VIA_A, VIA_B] = [`via ${FAR.a} dev eth-a`, `via ${FAR.b} dev eth-b`];
const [VIA_A6, VIA_B6] = [`via ${FAR.a6} dev eth-a`, `via ${FAR.b6} dev eth-b`];
/** To both, by a; to one of them. */
const [BOTH, ONLY_A, ONLY_B] = ['5.0.0.0/16', '5.1.0.0/16', '5.2.0.0/16'];
const [BOTH6, ONLY_B6] = ['2a02:100::/32', '2a02:200::/32'];
/** Of somebody else, with the metric that ours has: it is learned, too. */
const [TAKEN, FOREIGN] = ['5.9.0.0/16', '5.8.0.0/16'];

interface Lab {
  readonly topology: Topology;
  readonly edge: Namespace;
  readonly a: Link;
  /** Upstream a, started and again after it was killed. */
  readonly startBird: () => Promise<Bird>;
  readonly content: FileContent;
  readonly file: string;
}

const BY_BIRD = [BOTH, BOTH6, ONLY_A, TAKEN].map((prefix) => ({ prefix, path: [] }));

const EVERYTHING = [
  ...[`${BOTH} ${VIA_A}`, `${ONLY_A} ${VIA_A}`, `${ONLY_B} ${VIA_B}`],
  ...[`${BOTH6} ${VIA_A6}`, `${ONLY_B6} ${VIA_B6}`],
];
const BY_B = [
  ...[`${BOTH} ${VIA_B}`, `${ONLY_B} ${VIA_B}`],
  ...[`${BOTH6} ${VIA_B6}`, `${ONLY_B6} ${VIA_B6}`],
];

function contentOf(directory: string, kernel: object): FileContent {
  const common = { accept: 'full', damping: 'none', 'connect-retry': '1s' };
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24', '2001:db8:113::/48'],
    kernel: { install: 'full', ...kernel },
    upstreams: {
      a: { ...common, asn: 64496, address: FAR.a, interface: 'eth-a' },
      a6: { ...common, asn: 64496, address: FAR.a6, interface: 'eth-a' },
      b: { ...common, asn: 64497, address: FAR.b },
      b6: { ...common, asn: 64497, address: FAR.b6 },
    },
  };
}

async function start(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const [upA, upB] = [await topology.namespace('up-a'), await topology.namespace('up-b')];
  const a = await topology.link(
    { namespace: edge, interface: 'eth-a', addresses: [`${EDGE.a}/30`, `${EDGE.a6}/64`] },
    { namespace: upA, interface: 'to-edge', addresses: [`${FAR.a}/30`, `${FAR.a6}/64`] },
  );
  await topology.link(
    { namespace: edge, interface: 'eth-b', addresses: [`${EDGE.b}/30`, `${EDGE.b6}/64`] },
    { namespace: upB, interface: 'to-edge', addresses: [`${FAR.b}/30`, `${FAR.b6}/64`] },
  );
  await edge.exec('sysctl', '-qw', 'net.ipv4.nexthop_compat_mode=0');
  const neighbour = (address: string, family: 'ipv4' | 'ipv6') => ({
    ...{ address, asn: 64500, passive: true, families: [family] },
  });
  const startBird = () =>
    Bird.start(upA, directory, {
      ...{ asn: 64496, routerId: '192.0.2.96', originates: [], crafted: BY_BIRD },
      neighbours: [neighbour(EDGE.a, 'ipv4'), neighbour(EDGE.a6, 'ipv6')],
    });
  await Frr.start(upB, directory, {
    ...{ asn: 64497, routerId: '192.0.2.97', originates: [] },
    crafted: [BOTH, BOTH6, ONLY_B, ONLY_B6].map((prefix) => ({ prefix, path: [7018, 3320] })),
    neighbours: [neighbour(EDGE.b, 'ipv4'), neighbour(EDGE.b6, 'ipv6')],
  });
  for (const prefix of [TAKEN, FOREIGN]) {
    await edge.ip('route', 'add', prefix, 'via', FAR.b, 'metric', '20', 'proto', 'static');
  }
  const content = contentOf(directory, {});
  return { topology, edge, a, startBird, content, file: join(directory, 'x.yaml') };
}

t.test('the full table in a kernel', { ...requireOrSkip('bird', 'frr') }, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await start(topology);
  const bird = await lab.startBird();
  const first = await Multihomed.start(lab.edge, lab.file, lab.content);
  t.teardown(() => t.passing() || t.comment(first.program.output));
  await t.test('best paths are put in, and what is foreign stays', (t) => fills(t, lab, first));
  await t.test('what is withdrawn goes, what is better comes', (t) => changes(t, lab, bird));
  await t.test('a lost upstream: its next hop leads elsewhere, then its routes do', (t) =>
    losesUpstream(t, lab, bird),
  );
  await t.test('a link loses its carrier', (t) => carrierGoes(t, lab));
  await t.test('what the kernel drops with an interface comes back', (t) => interfaceDies(t, lab));
  await t.test('kill -9 and a restart: nothing twice, and nothing gone meanwhile', (t) =>
    restarts(t, lab, first),
  );
  await t.test('another file after a crash, and a reload that wants no full table', (t) =>
    changesItsMind(t, lab),
  );
  await t.test('without CAP_NET_ADMIN: told, and announced all the same', (t) => powerless(t, lab));
});

async function fills(t: Test, lab: Lab, edge: Multihomed): Promise<void> {
  await untilOurs(lab, EVERYTHING);
  await until('one line for the prefix that somebody else has', SOON, async () =>
    edge.program.output.includes(`${TAKEN}: somebody else's route of this metric is there`),
  );
  await foreignIsThere(t, lab);
  const shown = await until('it to be shown', SOON, async () => {
    const { kernel } = JSON.parse(await edge.run('show', '--json'));
    return kernel.settled && kernel.pending === 0 && kernel;
  });
  t.match(shown, { installed: { ipv4: 3, ipv6: 2 }, failed: { ipv4: 1, ipv6: 0 } });
  t.match(await edge.run('show'), /In the kernel: 3 ipv4 prefixes, 2 ipv6 prefixes, 1 refused\./);
  // Whatever is not in it leaves by the default all the same.
  t.match(await lab.edge.ip('route', 'show', 'proto', '179'), /^default .*metric 20/m);
}

async function changes(t: Test, lab: Lab, bird: Bird): Promise<void> {
  await bird.announce(BY_BIRD.filter(({ prefix }) => prefix !== ONLY_A));
  await untilOurs(
    lab,
    EVERYTHING.filter((route) => !route.startsWith(ONLY_A)),
  );
  const long = [7018, 3320, 5511, 6830];
  await bird.announce(BY_BIRD.map(({ prefix }) => ({ prefix, path: prefix === BOTH ? long : [] })));
  await untilOurs(lab, [`${BOTH} ${VIA_B}`, ...EVERYTHING.slice(1)]);
  await bird.announce(BY_BIRD);
  await untilOurs(lab, EVERYTHING);
  await foreignIsThere(t, lab);
}

async function losesUpstream(t: Test, lab: Lab, bird: Bird): Promise<void> {
  const monitor = await monitored(lab.edge, ['nexthop', 'route']);
  await bird.kill();
  await untilOurs(lab, BY_B);
  const first = (text: RegExp) => monitor.output.search(text);
  const moved = new RegExp(`^id \\d+ ${VIA_B}`, 'm');
  await until('its next hop to lead to b', SOON, async () => first(moved) >= 0);
  const led = first(moved);
  const routed = first(new RegExp(`^${BOTH} `, 'm'));
  t.ok(led >= 0 && (routed < 0 || led < routed), 'before any of its routes is another one');
  t.notMatch(monitor.output, new RegExp(`Deleted ${BOTH}`), 'at no time without a route');
  await monitor.stop();
  await lab.startBird();
  await untilOurs(lab, EVERYTHING);
  t.equal((await nextHops(lab)).length, 4, 'one object for each upstream');
}

async function carrierGoes(t: Test, lab: Lab): Promise<void> {
  await lab.a.cut();
  await untilOurs(lab, BY_B);
  await lab.a.restore();
  await untilOurs(lab, EVERYTHING);
  t.equal((await nextHops(lab)).length, 4);
  await foreignIsThere(t, lab);
}

async function interfaceDies(t: Test, lab: Lab): Promise<void> {
  await lab.edge.ip('link', 'set', 'dev', 'eth-a', 'down');
  await lab.edge.ip('link', 'set', 'dev', 'eth-a', 'up');
  // The kernel takes global IPv6 addresses with it.
  await lab.edge.ip('addr', 'replace', `${EDGE.a6}/64`, 'dev', 'eth-a', 'nodad');
  await untilOurs(lab, EVERYTHING);
  await foreignIsThere(t, lab);
}

async function restarts(t: Test, lab: Lab, first: Multihomed): Promise<void> {
  const monitor = await monitored(lab.edge, ['route', 'nexthop']);
  await first.program.kill();
  t.same(await ours(lab), [...EVERYTHING].sort(), 'they outlive it');
  const second = await Multihomed.start(lab.edge, lab.file, lab.content);
  t.teardown(() => t.passing() || t.comment(second.program.output));
  await until('all to be told', SOON, async () => {
    const { kernel } = JSON.parse(await second.run('show', '--json'));
    return kernel.settled && kernel.pending === 0;
  });
  t.same(await ours(lab), [...EVERYTHING].sort());
  await second.program.untilSaid(/the kernel still has 5 routes of a run before this one/);
  t.equal((await nextHops(lab)).length, 4, 'the objects are taken over');
  t.equal(await second.terminate(), 0);
  t.same(await ours(lab), [...EVERYTHING].sort(), 'on-exit: leave');
  t.notMatch(monitor.output, /^Deleted .*proto 180/m);
  await monitor.stop();

  const removing = contentOf(lab.topology.directory, { 'on-exit': 'remove' });
  const third = await Multihomed.start(lab.edge, lab.file, removing);
  await untilOurs(lab, EVERYTHING);
  t.equal(await third.terminate(), 0);
  t.same(await ours(lab), [], 'on-exit: remove');
  t.same(await nextHops(lab), []);
  await foreignIsThere(t, lab);
}

async function changesItsMind(t: Test, lab: Lab): Promise<void> {
  const { directory } = lab.topology;
  const first = await Multihomed.start(lab.edge, lab.file, lab.content);
  await untilOurs(lab, EVERYTHING);
  await first.program.kill();
  const second = await Multihomed.start(
    ...[lab.edge, lab.file, contentOf(directory, { install: 'default' })],
  );
  t.teardown(() => t.passing() || t.comment(second.program.output));
  await untilOurs(lab, []);
  await second.reload(lab.content);
  await untilOurs(lab, EVERYTHING);
  await second.reload(contentOf(directory, { table: 100 }));
  await untilOurs(lab, [`${TAKEN} ${VIA_A}`, ...EVERYTHING], '100');
  t.same(await ours(lab), [], 'what is in the other table is gone');
  await second.reload(contentOf(directory, { install: 'none' }));
  await untilOurs(lab, [], '100');
  t.same(await nextHops(lab), []);
  t.equal(await second.terminate(), 0);
  await foreignIsThere(t, lab);
}

async function powerless(t: Test, lab: Lab): Promise<void> {
  const without = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
  const content = contentOf(lab.topology.directory, { anchor: false });
  await writeFile(lab.file, JSON.stringify(content));
  const program = lab.edge.spawn('powerless', ...without, ...command(), 'run', '-c', lab.file);
  await until('an announcement', SOON, async () => program.output.includes('announced 203.0.113'));
  await until('what is not done to be told', SOON, async () =>
    program.output.includes(`next hop ${FAR.a} on eth-a: Operation not permitted`),
  );
  t.same(await ours(lab), []);
  await program.stop();
}

/** Those in the table, as `5.0.0.0/16 via 198.51.100.1 dev eth-a`, sorted. */
async function ours(lab: Lab, table = 'main'): Promise<readonly string[]> {
  const texts = await Promise.all(
    ['-4', '-6'].map((family) =>
      lab.edge
        .ip(family, '-j', 'route', 'show', 'table', table, 'proto', '180')
        .catch((error: Error) => (/FIB table does not exist/.test(error.message) ? '' : error)),
    ),
  );
  const routes: readonly { readonly dst: string; readonly nhid: number }[] = texts.flatMap(
    (text) => {
      if (text instanceof Error) throw text;
      return JSON.parse(text || '[]');
    },
  );
  const hops = new Map((await nextHops(lab)).map(({ id, ...hop }) => [id, hop]));
  return routes
    .map(({ dst, nhid }) => {
      const { gateway = '', dev = '' } = hops.get(nhid) ?? {};
      // Daemons send the link-local address beside the global one (RFC 2545 §3).
      const via = gateway.startsWith('fe80:') ? FAR[dev === 'eth-a' ? 'a6' : 'b6'] : gateway;
      return `${dst} via ${via} dev ${dev}`;
    })
    .sort();
}

interface ShownNextHop {
  readonly id: number;
  readonly gateway: string;
  readonly dev: string;
}

async function nextHops({ edge }: Lab): Promise<readonly ShownNextHop[]> {
  return JSON.parse((await edge.ip('-j', 'nexthop', 'show', 'proto', '180')) || '[]');
}

async function untilOurs(lab: Lab, expected: readonly string[], table = 'main'): Promise<void> {
  const wanted = [...expected].sort().join('\n');
  const shown = async () => (await ours(lab, table)).join('\n');
  const isThere = async () => (await shown()) === wanted;
  await until(`the kernel to have\n${wanted}\n`, SOON, isThere, shown);
}

async function foreignIsThere(t: Test, { edge }: Lab): Promise<void> {
  const text = await edge.ip('route', 'show', 'proto', 'static');
  for (const prefix of [TAKEN, FOREIGN]) {
    t.match(text, new RegExp(`^${prefix} via ${FAR.b} dev eth-b metric 20`, 'm'));
  }
}

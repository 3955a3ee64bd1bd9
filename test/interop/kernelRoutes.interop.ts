/** Our routes in a kernel: anchors and defaults that follow the upstreams, and nobody else's touched. */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { command, type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Link, type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { monitored } from '../support/routeMonitor.ts';
import { SOON } from './expected.ts';

const FAR = { a: '198.51.100.1', b: '198.51.100.5', b6: '2001:db8:b::1' };
const EDGE = { a: '198.51.100.2', b: '198.51.100.6', b6: '2001:db8:b::2' };
const HOP_A = `via ${FAR.a} dev eth-a`;
const HOP_B = `via ${FAR.b} dev eth-b`;
const ANCHORS = [
  'blackhole 203.0.113.0/24 metric 65535',
  'blackhole 2001:db8:113::/48 metric 65535',
];
const DEFAULT_6 = `default via ${FAR.b6} dev eth-b metric 20`;
/** Of somebody else. */
const FOREIGN = ['10.9.0.0/16', `default via ${FAR.b} dev eth-b proto static metric 100`];

interface Lab {
  readonly topology: Topology;
  readonly edge: Namespace;
  readonly a: Link;
  readonly content: FileContent;
  readonly file: string;
}

function contentOf(directory: string, kernel: object): FileContent {
  const common = { asn: 64497, accept: 'full', damping: 'none', 'connect-retry': '1s' };
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24', '2001:db8:113::/48'],
    kernel: { install: 'default', ...kernel },
    upstreams: {
      a: { ...common, asn: 64496, address: FAR.a, interface: 'eth-a' },
      b: { ...common, address: FAR.b },
      b6: { ...common, address: FAR.b6 },
    },
  };
}

async function start(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const [upA, upB] = [await topology.namespace('up-a'), await topology.namespace('up-b')];
  const a = await topology.link(
    { namespace: edge, interface: 'eth-a', addresses: [`${EDGE.a}/30`] },
    { namespace: upA, interface: 'to-edge', addresses: [`${FAR.a}/30`] },
  );
  await topology.link(
    { namespace: edge, interface: 'eth-b', addresses: [`${EDGE.b}/30`, `${EDGE.b6}/64`] },
    { namespace: upB, interface: 'to-edge', addresses: [`${FAR.b}/30`, `${FAR.b6}/64`] },
  );
  const neighbour = (address: string, family: 'ipv4' | 'ipv6') => ({
    ...{ address, asn: 64500, passive: true, families: [family] },
  });
  await Bird.start(upA, directory, {
    ...{ asn: 64496, routerId: '192.0.2.96', originates: [] },
    neighbours: [neighbour(EDGE.a, 'ipv4')],
  });
  await Bird.start(upB, directory, {
    ...{ asn: 64497, routerId: '192.0.2.97', originates: [] },
    neighbours: [neighbour(EDGE.b, 'ipv4'), neighbour(EDGE.b6, 'ipv6')],
  });
  await edge.ip('route', 'add', '10.9.0.0/16', 'via', FAR.a);
  await edge.ip('route', 'add', ...(FOREIGN[1] ?? '').split(' '));
  const content = contentOf(directory, {});
  return { topology, edge, a, content, file: join(directory, 'x.yaml') };
}

t.test('routes of ours, and of nobody else', { ...requireOrSkip('bird') }, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await start(topology);
  const first = await Multihomed.start(lab.edge, lab.file, lab.content);
  t.teardown(() => t.passing() || t.comment(first.program.output));
  await t.test('the anchor before the announcement, the default with the sessions', (t) =>
    comesUp(t, lab, first),
  );
  await t.test('a link dies and comes back', (t) => linkDies(t, lab));
  await t.test('what the kernel drops with an interface comes back', (t) => interfaceDies(t, lab));
  await t.test('kill -9 and a restart: no moment without a default, nothing twice', (t) =>
    restarts(t, lab, first),
  );
  await t.test('without CAP_NET_ADMIN: told, and announced all the same', (t) => powerless(t, lab));
});

async function comesUp(t: Test, lab: Lab, { program }: Multihomed): Promise<void> {
  await untilOurs(lab, [...ANCHORS, defaults(HOP_A, HOP_B), DEFAULT_6]);
  await until('an announcement', SOON, async () => program.output.includes('announced 203.0.113'));
  const lines = program.output.split('\n');
  const at = (text: RegExp) => lines.findIndex((line) => text.test(line));
  t.ok(at(/kernel has .*203\.0\.113\.0\/24 blackhole/) >= 0);
  t.ok(at(/kernel has .*203\.0\.113\.0\/24 blackhole/) < at(/announced 203\.0\.113/));
}

async function linkDies(t: Test, lab: Lab): Promise<void> {
  await lab.a.cut();
  await untilOurs(lab, [...ANCHORS, `default ${HOP_B} metric 20`, DEFAULT_6]);
  await lab.a.restore();
  await untilOurs(lab, [...ANCHORS, defaults(HOP_A, HOP_B), DEFAULT_6]);
  t.ok(await foreignIsThere(lab));
}

async function interfaceDies(t: Test, lab: Lab): Promise<void> {
  await lab.edge.ip('link', 'set', 'dev', 'eth-a', 'down');
  await lab.edge.ip('link', 'set', 'dev', 'eth-a', 'up');
  await untilOurs(lab, [...ANCHORS, defaults(HOP_A, HOP_B), DEFAULT_6]);
  // That one the kernel took, and it was not ours to put back.
  t.notMatch(await lab.edge.ip('route', 'show'), /10\.9\.0\.0/);
  await lab.edge.ip('route', 'add', '10.9.0.0/16', 'via', FAR.a);
}

async function restarts(t: Test, lab: Lab, first: Multihomed): Promise<void> {
  const monitor = await monitored(lab.edge, ['route']);
  await first.program.kill();
  t.strictSame((await ours(lab)).length, 4, 'they outlive it');
  const second = await Multihomed.start(lab.edge, lab.file, lab.content);
  await until('both sessions to be up again', SOON, async () => {
    return (await second.sessions()).every(({ state }) => state === 'Established');
  });
  await untilOurs(lab, [...ANCHORS, defaults(HOP_A, HOP_B), DEFAULT_6]);
  t.equal(await second.terminate(), 0);
  t.strictSame((await ours(lab)).length, 4, 'on-exit: leave');
  t.notMatch(monitor.output, /Deleted default.*proto 179/);
  t.notMatch(monitor.output, /Deleted blackhole/);
  await monitor.stop();

  const removing = contentOf(lab.topology.directory, { 'on-exit': 'remove' });
  const third = await Multihomed.start(lab.edge, lab.file, removing);
  await untilOurs(lab, [...ANCHORS, defaults(HOP_A, HOP_B), DEFAULT_6]);
  t.equal(await third.terminate(), 0);
  t.strictSame(await ours(lab), [], 'on-exit: remove');
  t.ok(await foreignIsThere(lab));
}

async function powerless(t: Test, lab: Lab): Promise<void> {
  const without = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
  const program = lab.edge.spawn('powerless', ...without, ...command(), 'run', '-c', lab.file);
  await until('an announcement', SOON, async () => program.output.includes('announced 203.0.113'));
  await program.untilSaid(/kernel does not have .*Operation not permitted; announcing goes on/);
  t.equal(program.output.match(/kernel does not have/g)?.length, 1, `once: ${program.output}`);
  t.strictSame(await ours(lab), []);
  await program.stop();
}

function defaults(...hops: readonly string[]): string {
  return `default ${hops.join(' ')} metric 20`;
}

/** Ours, as `ours` in `desired` writes them. */
async function ours({ edge }: Lab): Promise<readonly string[]> {
  const texts = await Promise.all(
    ['-4', '-6'].map((family) => edge.ip(family, '-j', 'route', 'show', 'proto', '179')),
  );
  const routes: readonly ShownRoute[] = texts.flatMap((text) => JSON.parse(text || '[]'));
  return routes.map(({ dst, type, metric, nexthops, ...only }) => {
    const hops = (nexthops ?? [only]).map(({ gateway, dev }) => `via ${gateway} dev ${dev}`).sort();
    return type === 'blackhole'
      ? `blackhole ${dst} metric ${metric}`
      : `${dst} ${hops.join(' ')} metric ${metric}`;
  });
}

interface ShownRoute {
  readonly dst: string;
  readonly type?: string;
  readonly metric: number;
  readonly gateway?: string;
  readonly dev?: string;
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev?: string }[];
}

async function untilOurs(lab: Lab, expected: readonly string[]): Promise<void> {
  const wanted = [...expected].sort().join('\n');
  const shown = async () => [...(await ours(lab))].sort().join('\n');
  await until(
    `the kernel to have\n${wanted}\n`,
    SOON,
    async () => (await shown()) === wanted,
    shown,
  );
}

async function foreignIsThere({ edge }: Lab): Promise<boolean> {
  const text = await edge.ip('route', 'show');
  return FOREIGN.every((route) => text.includes(route));
}

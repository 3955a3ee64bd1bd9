/**
 * The Internet in small: a client far away, two upstreams, and a server behind the edge. Everybody
 * routes by BGP, so that the client's packets go where the announcements lead, and the answers where
 * the edge's default does.
 *
 *            +-- switch -- a --+
 *   server --+  (edge)         +-- world   192.88.200.1, and what is probed
 *            +------------ b --+
 *
 * The upstreams and the world are BIRD. The way over a is the better one until somebody says otherwise:
 * in the world's own preference, by path length, or by the file.
 */

import { join } from 'node:path';
import { Bird } from './daemons/bird.ts';
import { type FileContent, Multihomed } from './daemons/multihomed.ts';
import type { Program } from './daemons/process.ts';
import type { Link, LinkEnd, Namespace, Topology } from './netns.ts';

export const WORLD = '192.88.200.1';
export const SERVER = '203.0.113.10';
export const PREFIX = '203.0.113.0/24';
/** Of what the world is probed by. */
export const PROBED = 8080;
export const HTTP = 80;
const WORLD_PREFIX = '192.88.200.0/24';

export interface TransitLabOptions {
  /** BFD packets so often on every session, in ms; undefined: no BFD. */
  readonly bfd?: number | undefined;
  /** Seconds, of every session. */
  readonly holdTime: number;
  /** Of both upstreams in the file. */
  readonly upstream?: Readonly<Record<string, unknown>>;
  /** Beside what the lab writes. */
  readonly file?: Readonly<Record<string, unknown>>;
}

export interface TransitLab {
  readonly edge: Namespace;
  readonly a: Namespace;
  readonly world: Namespace;
  readonly birdA: Bird;
  readonly birdWorld: Bird;
  /** The edge's own link towards a, and a's towards the edge, each to the switch: cut, that end sees it. */
  readonly near: Link;
  readonly far: Link;
  readonly multihomed: Multihomed;
  readonly file: FileContent;
}

export async function startTransitLab(
  topology: Topology,
  options: TransitLabOptions,
): Promise<TransitLab> {
  const roles = ['edge', 'switch', 'a', 'b', 'world', 'server'];
  const all = await Promise.all(roles.map((role) => topology.namespace(role)));
  const [edge, middle, a, b, world, server] = all;
  if (!edge || !middle || !a || !b || !world || !server) throw new Error('no namespace');
  const near = await topology.link(at(edge, 'eth-a', '198.51.100.2/30'), at(middle, 'to-edge'));
  const far = await topology.link(at(a, 'to-edge', '198.51.100.1/30'), at(middle, 'to-a'));
  await topology.link(at(edge, 'eth-b', '198.51.100.6/30'), at(b, 'to-edge', '198.51.100.5/30'));
  await topology.link(at(a, 'to-world', '10.1.0.1/30'), at(world, 'to-a', '10.1.0.2/30'));
  await topology.link(at(b, 'to-world', '10.2.0.1/30'), at(world, 'to-b', '10.2.0.2/30'));
  await topology.link(at(edge, 'eth-in', '203.0.113.1/24'), at(server, 'up', `${SERVER}/24`));
  await middle.ip('link', 'add', 'br0', 'type', 'bridge');
  for (const port of ['to-edge', 'to-a']) await middle.ip('link', 'set', port, 'master', 'br0');
  await middle.ip('link', 'set', 'br0', 'up');
  for (const one of all) await one.exec('sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0');
  for (const one of [edge, a, b]) await forward(one, true);
  await edge.exec('sysctl', '-qw', 'net.ipv4.conf.all.ignore_routes_with_linkdown=1');
  await server.ip('route', 'add', 'default', 'via', '203.0.113.1');
  await world.ip('addr', 'add', `${WORLD}/32`, 'dev', 'lo');
  const [birdA, , birdWorld] = await birds(topology, options, { a, b, world });
  await serve(server, HTTP);
  await serve(world, PROBED);
  const file = contentOf(topology, options);
  const multihomed = await Multihomed.start(edge, join(topology.directory, 'x.yaml'), file);
  return { edge, a, world, birdA, birdWorld, near, far, multihomed, file };
}

/** Whether it passes on what is not for itself: without, whoever sends through it sends into a hole. */
export async function forward(namespace: Namespace, forwards: boolean): Promise<void> {
  await namespace.exec('sysctl', '-qw', `net.ipv4.ip_forward=${forwards ? 1 : 0}`);
}

/** The interface that the world sends to the prefix through; undefined: it has no route there. */
export async function wayIn({ world }: Pick<TransitLab, 'world'>): Promise<string | undefined> {
  return /dev (\S+)/.exec(await world.ip('route', 'show', PREFIX))?.[1];
}

/** The interface that the edge sends to the world through. */
export async function wayOut({ edge }: Pick<TransitLab, 'edge'>): Promise<string | undefined> {
  const route = await edge.ip('route', 'get', WORLD, 'from', '203.0.113.1').catch(() => '');
  return /dev (\S+)/.exec(route)?.[1];
}

function at(namespace: Namespace, name: string, ...addresses: readonly string[]): LinkEnd {
  return { namespace, interface: name, addresses };
}

function birds(
  { directory }: Topology,
  { bfd, holdTime }: TransitLabOptions,
  { a, b, world }: Readonly<Record<'a' | 'b' | 'world', Namespace>>,
): Promise<[Bird, Bird, Bird]> {
  const to = (address: string, asn: number, ...lines: readonly string[]) => ({
    ...{ address, asn, passive: false, families: ['ipv4'] as const },
    lines: [`hold time ${holdTime};`, ...lines],
    ...(bfd === undefined ? {} : { bfd }),
  });
  const upstream = (namespace: Namespace, asn: number, link: string, edge: string, far: string) =>
    Bird.start(namespace, directory, {
      ...{ asn, routerId: `192.0.2.${asn - 64400}`, installs: true, originates: [link] },
      neighbours: [{ ...to(edge, 64500), passive: true }, to(far, 64999)],
    });
  return Promise.all([
    upstream(a, 64496, '198.51.100.0/30', '198.51.100.2', '10.1.0.2'),
    upstream(b, 64497, '198.51.100.4/30', '198.51.100.6', '10.2.0.2'),
    Bird.start(world, directory, {
      ...{ asn: 64999, routerId: '192.0.2.200', installs: true, originates: [WORLD_PREFIX] },
      neighbours: [to('10.1.0.1', 64496), to('10.2.0.1', 64497)],
    }),
  ]);
}

/** A web server whose answer is short. */
async function serve(namespace: Namespace, port: number): Promise<Program> {
  const source = `
    require('http').createServer((_, response) => response.end('ok'))
      .listen(${port}, () => console.log('listening'));`;
  const program = namespace.spawn(`web ${port}`, process.execPath, '-e', source);
  await program.ready(60_000, async () => program.output.includes('listening'));
  return program;
}

function contentOf({ directory }: Topology, options: TransitLabOptions): FileContent {
  const { bfd, holdTime, upstream, file } = options;
  const common = {
    ...{ accept: 'full', damping: 'none', 'connect-retry': '1s', 'hold-time': `${holdTime}s` },
    ...(bfd === undefined ? {} : { bfd: { interval: `${bfd}ms` } }),
    ...upstream,
  };
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    prefixes: [PREFIX],
    kernel: { install: 'default' },
    upstreams: {
      a: { asn: 64496, address: '198.51.100.1', prefer: 'primary', ...common },
      b: { asn: 64497, address: '198.51.100.5', prefer: 'backup', ...common },
    },
    ...file,
  };
}

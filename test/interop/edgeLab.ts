/**
 * The network of the kernel tests: what comes to the edge by one upstream is answered through the
 * other.
 *
 *   world --+-- up-a --+-- edge --- inside   203.0.113.10, and spoofed sources
 *           +-- up-b --+   64500
 *
 * The world reaches 203.0.113.0/24 through up-a alone, and the edge the world through up-b alone.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGenerate } from '../../src/cli/generate.ts';
import { until } from '../support/daemons/until.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import type { Namespace, Topology } from '../support/netns.ts';

export const WORLD = '192.88.200.1';
export const INSIDE = '203.0.113.10';
/** Of the edge itself, among its own prefixes. */
export const SERVICE = '203.0.113.1';
export const SPOOFED = '192.0.2.99';

export const TOWARDS_A = { edge: '198.51.100.2', address: '198.51.100.1' } as const;
export const TOWARDS_B = { edge: '198.51.100.6', address: '198.51.100.5' } as const;

/** Both upstreams' links are named: that is what the generated files are about. */
export const FILE = {
  asn: 64500,
  'router-id': '192.0.2.1',
  prefixes: ['203.0.113.0/24'],
  upstreams: {
    a: { asn: 64496, address: TOWARDS_A.address, interface: 'eth-a', damping: 'none' },
    b: { asn: 64497, address: TOWARDS_B.address, interface: 'eth-b', damping: 'none' },
  },
};

/** IPv6 on the link to up-b: neighbour discovery has to get through the filter as well. */
export const TOWARDS_B6 = { edge: '2001:db8:b::2', address: '2001:db8:b::1' } as const;

export interface EdgeLab {
  readonly edge: Namespace;
  readonly upstreamA: Namespace;
  readonly upstreamB: Namespace;
  readonly world: Namespace;
  readonly inside: Namespace;
}

export async function startEdgeLab(topology: Topology): Promise<EdgeLab> {
  const [edge, upstreamA, upstreamB, world, inside] = await Promise.all(
    ['edge', 'up-a', 'up-b', 'world', 'inside'].map((role) => topology.namespace(role)),
  );
  if (!edge || !upstreamA || !upstreamB || !world || !inside) throw new Error('no namespace');
  const link = (
    near: readonly [Namespace, string, string],
    far: readonly [Namespace, string, string],
  ) => topology.link(endOf(near), endOf(far));
  await link([edge, 'eth-a', `${TOWARDS_A.edge}/30`], [upstreamA, 'to-edge', '198.51.100.1/30']);
  await link([edge, 'eth-b', `${TOWARDS_B.edge}/30`], [upstreamB, 'to-edge', '198.51.100.5/30']);
  await link([upstreamA, 'to-world', '10.1.0.1/30'], [world, 'to-a', '10.1.0.2/30']);
  await link([upstreamB, 'to-world', '10.2.0.1/30'], [world, 'to-b', '10.2.0.2/30']);
  await link([edge, 'eth-in', '203.0.113.254/24'], [inside, 'to-edge', `${INSIDE}/24`]);
  await edge.ip('addr', 'add', `${TOWARDS_B6.edge}/64`, 'dev', 'eth-b', 'nodad');
  await upstreamB.ip('addr', 'add', `${TOWARDS_B6.address}/64`, 'dev', 'to-edge', 'nodad');
  await address(world, WORLD);
  await address(edge, SERVICE);
  await address(inside, SPOOFED);
  await world.ip('route', 'add', '203.0.113.0/24', 'via', '10.1.0.1');
  await upstreamA.ip('route', 'add', '203.0.113.0/24', 'via', TOWARDS_A.edge);
  await edge.ip('route', 'add', 'default', 'via', TOWARDS_B.address);
  await inside.ip('route', 'add', 'default', 'via', '203.0.113.254');
  for (const upstream of [upstreamA, upstreamB]) {
    await upstream.ip('route', 'add', `${WORLD}/32`, 'dev', 'to-world');
    await upstream.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  }
  for (const device of ['to-a', 'to-b']) {
    await world.exec('sysctl', '-qw', `net.ipv4.conf.${device}.rp_filter=0`);
  }
  return { edge, upstreamA, upstreamB, world, inside };
}

function endOf([namespace, name, own]: readonly [Namespace, string, string]) {
  return { namespace, interface: name, addresses: [own] };
}

async function address(namespace: Namespace, text: string): Promise<void> {
  await namespace.ip('addr', 'add', `${text}/32`, 'dev', 'lo');
}

/** What `generate TARGET` writes for `FILE`; the path of its one file. */
export async function generated(topology: Topology, target: string): Promise<string> {
  const config = join(topology.directory, 'generated.yaml');
  await writeFile(config, JSON.stringify(FILE));
  const terminal = new FakeTerminal();
  const output = join(topology.directory, target);
  const rest = {
    diff: undefined,
    strict: true,
    force: false,
    withSecrets: false,
    json: false,
    check: false,
  };
  const options = { name: 'generate', target, config, output, interfaces: new Map() } as const;
  await runGenerate({ ...options, ...rest }, terminal, '0.0.0');
  return terminal.out.replace(/: written\n$/, '');
}

/** In ms. */
const SOON = 60_000;

/** What is let through gets there; a machine that is busy may take its time over one packet. */
export async function untilPings(from: Namespace, source: string, to: string): Promise<void> {
  await until(`an answer of ${to} to ${source}`, SOON, () => pings(from, source, to));
}

/** One packet there and one back. */
export async function pings(from: Namespace, source: string, to: string): Promise<boolean> {
  const packet = ['-c', '1', '-W', '1', '-n', '-q', '-I', source, to];
  return from.exec('ping', ...packet).then(
    () => true,
    () => false,
  );
}

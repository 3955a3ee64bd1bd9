/**
 * The network of the interop tests, AS 64500 and its upstreams:
 *
 *                      +-- FRR 64496 ------+
 *                      +-- BIRD 64497 -----+-- collector 64510 (FRR)
 *   edge 64500 --------+
 *   (multihomed)       +-- OpenBGPD 64498
 *                      +-- GoBGP 64499
 *
 * Each line is a veth with IPv4 and IPv6. Over the edge's links there are two sessions each: one
 * on IPv4 that carries both families, one on IPv6 that carries IPv6.
 */

import { join } from 'node:path';
import { Bird } from '../support/daemons/bird.ts';
import type {
  BgpDaemon,
  DaemonOptions,
  GracefulRestart,
  NeighbourOptions,
} from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import type { Link, Namespace, Topology } from '../support/netns.ts';
import { Capture } from './capture.ts';

export const OWN_PREFIXES = ['203.0.113.0/24', '2001:db8:113::/48'] as const;

/** Who opens the TCP connection, as the edge sees it. */
export type Direction = 'outgoing' | 'incoming' | 'both';

const START = { frr: Frr.start, bird: Bird.start, openbgpd: OpenBgpd.start, gobgp: GoBgp.start };

export type UpstreamName = keyof typeof START;

/** What the edge's file says of an upstream's two sessions, and what must arrive because of it. */
export interface Attributes {
  readonly prepend?: number;
  readonly med?: number;
  readonly communities?: readonly string[];
}

/** Every attribute is there and is absent, in other mixtures for each daemon. */
export const ATTRIBUTES: Readonly<Record<UpstreamName, Attributes>> = {
  frr: { med: 50, communities: ['64496:100', '64496:200'] },
  bird: { prepend: 2 },
  openbgpd: { prepend: 1, med: 7, communities: ['64498:1', 'rt:64500:9', '64498:70000:2'] },
  gobgp: { med: 4_000_000_000, communities: ['ro:64500:1', '64499:1:1', '64499:2:4294967295'] },
};

export interface Upstream {
  readonly name: UpstreamName;
  readonly asn: number;
  readonly daemon: BgpDaemon;
  /** The edge's is the near end. */
  readonly link: Link;
  /** The addresses of the link, without their lengths. */
  readonly addresses: { readonly edge: Pair; readonly upstream: Pair };
  /** What this upstream announces. */
  readonly originates: readonly string[];
}

export interface Pair {
  readonly ipv4: string;
  readonly ipv6: string;
}

export interface Network {
  readonly edge: Namespace;
  /** The collector's. */
  readonly behind: Namespace;
  readonly upstreams: Readonly<Record<UpstreamName, Upstream>>;
  readonly collector: BgpDaemon;
}

export interface Lab extends Network {
  readonly multihomed: Multihomed;
  /** The edge's configuration, as a start for reloads. */
  readonly file: FileContent;
  readonly capture: Capture;
}

const NAMES = ['frr', 'bird', 'openbgpd', 'gobgp'] as const;
export const EDGE_AS = 64500;
const COLLECTOR_AS = 64510;

/** Everything up, the edge last. The topology is the caller's to remove, also when this throws. */
export async function startLab(topology: Topology, direction: Direction): Promise<Lab> {
  const network = await startNetwork(topology, direction);
  const { directory } = topology;
  const file = fileContent(directory, Object.values(network.upstreams), direction);
  const capture = await Capture.start(network.edge, join(directory, 'edge.pcap'));
  const path = join(directory, 'multihomed.yaml');
  const multihomed = await Multihomed.start(network.edge, path, file);
  return { ...network, multihomed, file, capture };
}

/** The links and the daemons at their far ends, without anything at the edge. */
export async function startNetwork(
  topology: Topology,
  direction: Direction,
  gracefulRestart?: GracefulRestart,
): Promise<Network> {
  const edge = await topology.namespace('edge');
  const behind = await topology.namespace('collector');
  const started = await Promise.all(
    NAMES.map((name, index) =>
      startUpstream(topology, edge, behind, name, index, direction, gracefulRestart),
    ),
  );
  const collector = await Frr.start(behind, topology.directory, {
    asn: COLLECTOR_AS,
    routerId: '192.0.2.110',
    originates: [],
    neighbours: started.flatMap(({ upstream: { asn }, toCollector }) =>
      toCollector ? neighbours(toCollector.upstream, asn, true, false) : [],
    ),
  });
  const upstreams = Object.fromEntries(started.map(({ upstream }) => [upstream.name, upstream]));
  return { edge, behind, upstreams: upstreams as Network['upstreams'], collector };
}

async function startUpstream(
  topology: Topology,
  edge: Namespace,
  behind: Namespace,
  name: UpstreamName,
  index: number,
  direction: Direction,
  gracefulRestart: GracefulRestart | undefined,
) {
  const namespace = await topology.namespace(name);
  const link = await edgeLink(topology, edge, namespace, index);
  const hasCollector = name === 'frr' || name === 'bird';
  const toCollector = hasCollector
    ? await collectorLink(topology, behind, namespace, index)
    : undefined;
  const addresses = { edge: pair(link.near.addresses), upstream: pair(link.far.addresses) };
  const options: DaemonOptions = {
    asn: 64496 + index,
    routerId: `192.0.2.${96 + index}`,
    originates: [`198.18.${index}.0/24`, `2001:db8:a00${index}::/48`],
    ...(gracefulRestart && { gracefulRestart }),
    neighbours: [
      ...neighbours(addresses.edge, EDGE_AS, direction === 'outgoing', true),
      ...(toCollector ? neighbours(toCollector.collector, COLLECTOR_AS, false, false) : []),
    ],
  };
  const daemon = await START[name](namespace, topology.directory, options);
  const { asn, originates } = options;
  const upstream: Upstream = { name, asn, daemon, link, addresses, originates };
  return { upstream, toCollector };
}

function edgeLink(topology: Topology, edge: Namespace, upstream: Namespace, index: number) {
  const addresses = (host: number) => [
    `198.51.100.${index * 4 + host}/30`,
    `2001:db8:ff:${index + 1}::${host}/64`,
  ];
  return topology.link(
    { namespace: edge, interface: `to-${upstream.role}`, addresses: addresses(2) },
    { namespace: upstream, interface: 'to-edge', addresses: addresses(1) },
  );
}

async function collectorLink(topology: Topology, behind: Namespace, up: Namespace, index: number) {
  const addresses = (host: number) => [
    `198.51.100.${128 + index * 4 + host}/30`,
    `2001:db8:fe:${index + 1}::${host}/64`,
  ];
  const link = await topology.link(
    { namespace: behind, interface: `to-${up.role}`, addresses: addresses(2) },
    { namespace: up, interface: 'to-collector', addresses: addresses(1) },
  );
  return { collector: pair(link.near.addresses), upstream: pair(link.far.addresses) };
}

function pair(addresses: readonly string[]): Pair {
  const [ipv4 = '', ipv6 = ''] = addresses.map((address) => address.split('/')[0]);
  return { ipv4, ipv6 };
}

/** The two sessions with a router; `both`: the one on IPv4 carries IPv6, too. */
function neighbours(
  address: Pair,
  asn: number,
  passive: boolean,
  both: boolean,
): readonly NeighbourOptions[] {
  return [
    { address: address.ipv4, asn, passive, families: both ? ['ipv4', 'ipv6'] : ['ipv4'] },
    { address: address.ipv6, asn, passive, families: ['ipv6'] },
  ];
}

export function fileContent(
  directory: string,
  upstreams: readonly Upstream[],
  direction: Direction,
): FileContent {
  const sessions = upstreams.flatMap(({ name, asn, addresses, link }, index) => {
    const common = {
      asn,
      passive: direction === 'incoming',
      'hold-time': '6s',
      'connect-retry': '2s',
      // One half says its interface, the other has it derived from the connected route.
      ...(index % 2 === 0 ? { interface: link.near.interface } : {}),
      ...ATTRIBUTES[name],
      // What comes back is to be seen at once; `damping.interop.ts` is about holds.
      damping: 'none',
    };
    const { edge, upstream } = addresses;
    const four = { families: ['ipv4', 'ipv6'], 'next-hop': { ipv6: edge.ipv6 } };
    return [
      [name, { ...common, address: upstream.ipv4, ...four }],
      [`${name}-v6`, { ...common, address: upstream.ipv6 }],
    ] as const;
  });
  return {
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    log: { level: 'debug', format: 'text' },
    prefixes: OWN_PREFIXES,
    upstreams: Object.fromEntries(sessions),
  };
}

/**
 * The network of the export tests, AS 64500 between its upstreams and those behind it:
 *
 *   FRR 64496 ----+               +---- FRR 64501       downstream, export: all
 *                 +--- edge 64500-+---- OpenBGPD 64502  downstream, IPv4 session: default, IPv6: own
 *   BIRD 64497 ---+       |       +---- BIRD 64500      internal, "router"
 *                         |
 *                      edge2 64500 ---- GoBGP 64498     internal, multihomed as well
 *
 * Sessions are on IPv4 and carry both families, but for OpenBGPD's second one.
 */

import { join } from 'node:path';
import { Bird } from '../support/daemons/bird.ts';
import type { CraftedRoute, NeighbourOptions } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import type { Link, Namespace, Topology } from '../support/netns.ts';
import { Capture } from './capture.ts';

export const EDGE_AS = 64500;
export const ASN = { frr: 64496, bird: 64497, gobgp: 64498, customer: 64501, collector: 64502 };
export const OWN_PREFIXES = ['203.0.113.0/24', '2001:db8:113::/48'] as const;
/** edge2's own. */
export const OWN_OF_EDGE2 = '203.0.112.0/24';

/** Who is at the other end of each of the edge's links, in the order of their subnets. */
const LINKS = ['frr', 'bird', 'customer', 'collector', 'router', 'edge2'] as const;
export type Role = (typeof LINKS)[number];

interface Pair {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** The edge's addresses towards each, and theirs. */
export function addressesOf(role: Role): { readonly edge: Pair; readonly far: Pair } {
  const index = LINKS.indexOf(role);
  const pair = (host: number) => ({
    ipv4: `198.51.100.${index * 4 + host}`,
    ipv6: `2001:db8:ff:${index + 1}::${host}`,
  });
  return { edge: pair(2), far: pair(1) };
}

/** edge2's link to GoBGP. */
const BEHIND = {
  edge2: { ipv4: '198.51.100.130', ipv6: '2001:db8:fe::2' },
  gobgp: { ipv4: '198.51.100.129', ipv6: '2001:db8:fe::1' },
} as const;

/** `PREFIX` with each number from 1 to `count` for `#`. */
function series(prefix: string, count: number): readonly CraftedRoute[] {
  return Array.from({ length: count }, (_, i) => ({ prefix: prefix.replace('#', String(i + 1)) }));
}

export const SHARED = {
  shorterAtFrr: ['20.9.1.0/24', '2a01:9:1::/48'],
  shorterAtBird: ['20.9.2.0/24', '2a01:9:2::/48'],
  equal: ['20.9.3.0/24', '2a01:9:3::/48'],
  // Not with the others: where more prefixes come after ::/0, tshark takes it for a path identifier.
  defaults: ['0.0.0.0/0', '::/0'],
} as const;

function shared(prefixes: readonly string[], path: readonly number[]): readonly CraftedRoute[] {
  return prefixes.map((prefix) => ({ prefix, path }));
}

/** AS numbers are from 64496 to 64511 and from 65536 to 65551: RFC 5398; 64501 is the customer. */
export const TABLES = {
  frr: [
    ...series('20.1.#.0/24', 12),
    ...series('2a01:1:#::/48', 8),
    ...shared(SHARED.shorterAtFrr, [64505]),
    ...shared(SHARED.shorterAtBird, [64505, 65536, 65537]),
    ...shared(SHARED.equal, [64505, 65540]),
    ...shared(SHARED.defaults, [64505, 65541]),
    { prefix: '20.1.100.0/24', med: 70, communities: ['64496:1', '64496:4294967295:1'] },
    { prefix: '20.1.101.0/24', communities: ['64496:2', 'no-export'] },
    { prefix: '20.1.102.0/24', communities: ['no-advertise'] },
    { prefix: '20.1.103.0/24', path: [ASN.customer, 64505] },
    { prefix: '2a01:1:100::/48', path: [65551], med: 0, communities: ['64496:1:2'] },
  ],
  bird: [
    ...series('20.2.#.0/24', 12),
    ...series('2a01:2:#::/48', 8),
    ...shared(SHARED.shorterAtFrr, [64506, 64507]),
    ...shared(SHARED.shorterAtBird, [65538]),
    ...shared(SHARED.equal, [64506, 64507]),
    ...shared(SHARED.defaults, [64506, 64508]),
    { prefix: '20.2.100.0/24', path: [65551, 4_199_999_999], med: 4_294_967_295 },
    { prefix: '2a01:2:101::/48', communities: ['no-export'] },
    { prefix: '2a01:2:103::/48', path: [64505, ASN.customer] },
  ],
  gobgp: [
    ...series('20.3.#.0/24', 4),
    ...series('2a01:3:#::/48', 3),
    { prefix: '20.3.100.0/24', path: [65550], med: 9, communities: ['64498:7'] },
  ],
} as const satisfies Record<string, readonly CraftedRoute[]>;

export interface ExportLab {
  readonly frr: Frr;
  readonly bird: Bird;
  readonly customer: Frr;
  readonly collector: OpenBgpd;
  readonly router: Bird;
  readonly multihomed: Multihomed;
  readonly edge2: Multihomed;
  /** The edge's are the near ends. */
  readonly links: Readonly<Record<Role, Link>>;
  readonly capture: Capture;
}

/** Everything up, the edge last. The topology is the caller's to remove, also when this throws. */
export async function startExportLab(topology: Topology): Promise<ExportLab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const [frr, bird, customer, collector, router, edge2] = await Promise.all(
    LINKS.map((role) => place(topology, edge, role)),
  );
  if (!frr || !bird || !customer || !collector || !router || !edge2) throw new Error('no place');
  const behind = await topology.namespace('gobgp');
  await topology.link(
    { namespace: edge2.namespace, interface: 'to-gobgp', addresses: lengths(BEHIND.edge2) },
    { namespace: behind, interface: 'to-edge2', addresses: lengths(BEHIND.gobgp) },
  );
  const daemons = {
    frr: await Frr.start(frr.namespace, directory, {
      ...{ asn: ASN.frr, routerId: '192.0.2.96', originates: [], crafted: TABLES.frr },
      neighbours: [towardsEdge('frr')],
    }),
    bird: await Bird.start(bird.namespace, directory, {
      ...{ asn: ASN.bird, routerId: '192.0.2.97', originates: [], crafted: TABLES.bird },
      neighbours: [towardsEdge('bird')],
    }),
    customer: await Frr.start(customer.namespace, directory, {
      ...{ asn: ASN.customer, routerId: '192.0.2.101', originates: ['20.5.1.0/24'] },
      neighbours: [towardsEdge('customer')],
    }),
    collector: await OpenBgpd.start(collector.namespace, directory, {
      ...{ asn: ASN.collector, routerId: '192.0.2.102', originates: [] },
      neighbours: [
        towardsEdge('collector'),
        { ...towardsEdge('collector'), address: addressesOf('collector').edge.ipv6, families: V6 },
      ],
    }),
    router: await Bird.start(router.namespace, directory, {
      ...{ asn: EDGE_AS, routerId: '192.0.2.3', originates: [], crafted: [] },
      neighbours: [towardsEdge('router')],
    }),
  };
  await GoBgp.start(behind, directory, {
    ...{ asn: ASN.gobgp, routerId: '192.0.2.98', originates: [], crafted: TABLES.gobgp },
    neighbours: [{ address: BEHIND.edge2.ipv4, asn: EDGE_AS, passive: true, families: BOTH }],
  });
  const start = (namespace: Namespace, name: string, content: FileContent) =>
    Multihomed.start(namespace, join(directory, `${name}.yaml`), content);
  const second = await start(edge2.namespace, 'edge2', fileOfEdge2(directory));
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const multihomed = await start(edge, 'edge', fileOfEdge(directory));
  const links = {
    ...{ frr: frr.link, bird: bird.link, customer: customer.link },
    ...{ collector: collector.link, router: router.link, edge2: edge2.link },
  };
  return { ...daemons, multihomed, edge2: second, links, capture };
}

const BOTH = ['ipv4', 'ipv6'] as const;
const V6 = ['ipv6'] as const;

async function place(topology: Topology, edge: Namespace, role: Role) {
  const namespace = await topology.namespace(role);
  const addresses = addressesOf(role);
  const link = await topology.link(
    { namespace: edge, interface: `to-${role}`, addresses: lengths(addresses.edge) },
    { namespace, interface: 'to-edge', addresses: lengths(addresses.far) },
  );
  return { namespace, link };
}

function lengths({ ipv4, ipv6 }: Pair): readonly string[] {
  return [`${ipv4}/30`, `${ipv6}/64`];
}

function towardsEdge(role: Role): NeighbourOptions {
  return { address: addressesOf(role).edge.ipv4, asn: EDGE_AS, passive: true, families: BOTH };
}

/** A session on IPv4 that carries both families. */
function session(far: Pair, near: Pair) {
  return { ...TIMES, address: far.ipv4, families: BOTH, 'next-hop': { ipv6: near.ipv6 } };
}

const TIMES = { 'hold-time': '6s', 'connect-retry': '2s' } as const;

function fileOfEdge(directory: string): FileContent {
  const to = (role: Role) => session(addressesOf(role).far, addressesOf(role).edge);
  const { far } = addressesOf('collector');
  return {
    ...common(directory, 'edge', '192.0.2.1'),
    prefixes: OWN_PREFIXES,
    upstreams: {
      // What comes back is to be seen at once; `damping.interop.ts` is about holds.
      frr: { asn: ASN.frr, ...to('frr'), damping: 'none' },
      bird: { asn: ASN.bird, ...to('bird'), damping: 'none' },
    },
    downstreams: {
      customer: { asn: ASN.customer, ...to('customer'), communities: ['64500:1'] },
      collector: { asn: ASN.collector, ...to('collector'), export: 'default', med: 5 },
      'collector-v6': { asn: ASN.collector, ...TIMES, address: far.ipv6, export: 'own' },
    },
    internal: { router: to('router'), edge2: to('edge2') },
  };
}

function fileOfEdge2(directory: string): FileContent {
  const { edge, far } = addressesOf('edge2');
  return {
    ...common(directory, 'edge2', '192.0.2.2'),
    prefixes: [OWN_OF_EDGE2],
    upstreams: { gobgp: { asn: ASN.gobgp, ...session(BEHIND.gobgp, BEHIND.edge2) } },
    internal: { edge: session(edge, far) },
  };
}

function common(directory: string, name: string, routerId: string) {
  return {
    asn: EDGE_AS,
    'router-id': routerId,
    control: { socket: join(directory, `${name}.sock`) },
    log: { level: 'debug', format: 'text' },
  };
}

/**
 * The network of the import tests: an edge that takes what two upstreams send, and each upstream
 * sends what an honest one does not.
 *
 *   edge 64500 --+-- BIRD 64497   as a route server would: every path whole, as it is written here
 *   (multihomed) +-- GoBGP 64499  for the AS_SETs, which BIRD cannot make
 */

import { join } from 'node:path';
import { Bird, type BirdRoute } from '../support/daemons/bird.ts';
import { GoBgp, type GoBgpRoute } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import type { Topology } from '../support/netns.ts';
import { Capture } from './capture.ts';

export const EDGE_AS = 64500;
export const BIRD_AS = 64497;
const GOBGP_AS = 64499;

/** The edge's address towards each, and theirs. */
export const BIRD = { edge: '198.51.100.6', address: '198.51.100.5' } as const;
export const GOBGP = { edge: '198.51.100.14', address: '198.51.100.13' } as const;

/** No bogons: with the default policy these are refused for what they are. */
export const OWN_PREFIXES = ['20.77.0.0/22', '2a01:77::/44'] as const;

/** Why a route is refused, the key of `import` that takes it instead, and such routes. */
export interface Refusal<Route> {
  readonly code: string;
  /** Undefined: nothing takes it. */
  readonly key: string | undefined;
  /** What the key is to say. */
  readonly value: unknown;
  readonly routes: readonly Route[];
}

const [HONEST, TOO_FAR] = [
  [BIRD_AS, 64505],
  [BIRD_AS, ...Array(64).fill(64505)],
];

function refusal<Route>(code: string, key: string | undefined, value: unknown, routes: Route[]) {
  return { code, key, value, routes } satisfies Refusal<Route>;
}

export const BIRD_REFUSALS: readonly Refusal<BirdRoute>[] = [
  refusal('bogon', 'bogons', 'accept', [
    { prefix: '10.1.0.0/16', path: HONEST },
    { prefix: '192.168.7.0/24', path: HONEST },
    { prefix: '198.51.100.0/24', path: HONEST },
    { prefix: '2001:db8:5::/48', path: HONEST },
    { prefix: 'fc00:1::/48', path: HONEST },
  ]),
  refusal('own-prefix', 'own-prefixes', 'accept', [
    { prefix: '20.77.0.0/22', path: HONEST },
    { prefix: '20.77.3.0/24', path: HONEST },
    { prefix: '2a01:77:8::/48', path: HONEST },
  ]),
  refusal('too-specific', 'max-length', { ipv4: 25, ipv6: 49 }, [
    { prefix: '20.2.200.0/25', path: HONEST },
    { prefix: '2a01:2:200::/49', path: HONEST },
  ]),
  refusal('private-as', 'private-as', 'accept', [
    { prefix: '20.2.201.0/24', path: [BIRD_AS, 64512] },
    { prefix: '2a01:2:201::/48', path: [BIRD_AS, 4_200_000_000, 64505] },
  ]),
  refusal('reserved-as', 'reserved-as', 'accept', [
    { prefix: '20.2.202.0/24', path: [BIRD_AS, 65535] },
    { prefix: '2a01:2:202::/48', path: [BIRD_AS, 4_294_967_295, 64505] },
  ]),
  refusal('first-as', 'first-as', 'accept', [
    { prefix: '20.2.203.0/24', path: [64505, BIRD_AS] },
    { prefix: '2a01:2:203::/48', path: [64505] },
  ]),
  refusal('as-path-too-long', 'long-paths', 'accept', [{ prefix: '20.2.204.0/24', path: TOO_FAR }]),
  refusal('own-as', 'allow-own-as', 1, [
    { prefix: '20.2.205.0/24', path: [BIRD_AS, EDGE_AS, 64505] },
    { prefix: '2a01:2:205::/48', path: [BIRD_AS, EDGE_AS] },
  ]),
  refusal('next-hop-ours', undefined, undefined, [
    { prefix: '20.2.206.0/24', path: HONEST, nextHop: GOBGP.edge },
    { prefix: '2a01:2:206::/48', path: HONEST, nextHop: '2001:db8:ff:2::2' },
  ]),
];

export const GOBGP_REFUSALS: readonly Refusal<GoBgpRoute>[] = [
  refusal('as-set', 'as-set', 'accept', [
    { prefix: '20.4.200.0/24', path: [64505, [64506, 64507]] },
    { prefix: '2a01:4:200::/48', path: [[64506, 65551]] },
  ]),
];

/** Nothing is wrong with these. The path of 64 hops is the longest one that is taken. */
export const BIRD_HONEST: readonly BirdRoute[] = [
  { prefix: '20.2.1.0/24', path: HONEST },
  { prefix: '20.2.2.0/23', path: [BIRD_AS] },
  { prefix: '20.2.4.0/24', path: TOO_FAR.slice(0, 64) },
  { prefix: '2a01:2:1::/48', path: HONEST },
  { prefix: '2a01:2:2::/47', path: [BIRD_AS] },
];
export const DEFAULTS: readonly BirdRoute[] = [
  { prefix: '0.0.0.0/0', path: [BIRD_AS] },
  { prefix: '::/0', path: [BIRD_AS] },
];
export const GOBGP_HONEST: readonly GoBgpRoute[] = [
  { prefix: '20.4.1.0/24' },
  { prefix: '2a01:4:1::/48', path: [65551] },
];

export const BIRD_TABLE = [
  ...BIRD_HONEST,
  ...DEFAULTS,
  ...BIRD_REFUSALS.flatMap(({ routes }) => routes),
];
export const GOBGP_TABLE = [...GOBGP_HONEST, ...GOBGP_REFUSALS.flatMap(({ routes }) => routes)];

export interface ImportLab {
  readonly bird: Bird;
  readonly gobgp: GoBgp;
  readonly multihomed: Multihomed;
  readonly capture: Capture;
  /** The edge's configuration with these keys for each upstream. */
  file(
    bird: Readonly<Record<string, unknown>>,
    gobgp?: Readonly<Record<string, unknown>>,
  ): FileContent;
}

/** Everything up, the edge last. The topology is the caller's to remove, also when this throws. */
export async function startImportLab(topology: Topology): Promise<ImportLab> {
  const { directory } = topology;
  const [edge, towardsBird, towardsGoBgp] = await Promise.all(
    ['edge', 'bird', 'gobgp'].map((role) => topology.namespace(role)),
  );
  if (!edge || !towardsBird || !towardsGoBgp) throw new Error('a namespace is missing');
  for (const [namespace, { edge: near, address: far }, index] of [
    [towardsBird, BIRD, 1],
    [towardsGoBgp, GOBGP, 2],
  ] as const) {
    await topology.link(
      {
        namespace: edge,
        interface: `to-${namespace.role}`,
        addresses: [`${near}/30`, `2001:db8:ff:${index}::2/64`],
      },
      { namespace, interface: 'to-edge', addresses: [`${far}/30`, `2001:db8:ff:${index}::1/64`] },
    );
  }
  const neighbour = { asn: EDGE_AS, passive: false, families: ['ipv4', 'ipv6'] as const };
  const bird = await Bird.start(towardsBird, directory, {
    ...{ asn: BIRD_AS, routerId: '192.0.2.97', originates: [], crafted: BIRD_TABLE },
    transparent: true,
    neighbours: [{ ...neighbour, address: BIRD.edge }],
  });
  const gobgp = await GoBgp.start(towardsGoBgp, directory, {
    ...{ asn: GOBGP_AS, routerId: '192.0.2.99', originates: [], crafted: GOBGP_TABLE },
    neighbours: [{ ...neighbour, address: GOBGP.edge }],
  });
  const file: ImportLab['file'] = (birdKeys, gobgpKeys = {}) =>
    fileContent(directory, birdKeys, gobgpKeys);
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const multihomed = await Multihomed.start(edge, join(directory, 'edge.yaml'), file({}));
  return { bird, gobgp, multihomed, capture, file };
}

function fileContent(
  directory: string,
  bird: Readonly<Record<string, unknown>>,
  gobgp: Readonly<Record<string, unknown>>,
): FileContent {
  const common = { 'connect-retry': '2s', 'hold-time': '6s', families: ['ipv4', 'ipv6'] };
  const upstream = (asn: number, address: string, index: number) => ({
    ...common,
    asn,
    address,
    'next-hop': { ipv6: `2001:db8:ff:${index}::2` },
  });
  return {
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    log: { level: 'debug', format: 'text' },
    prefixes: OWN_PREFIXES,
    upstreams: {
      bird: { ...upstream(BIRD_AS, BIRD.address, 1), ...bird },
      gobgp: {
        ...upstream(GOBGP_AS, GOBGP.address, 2),
        'local-address': GOBGP.edge,
        ...gobgp,
      },
    },
  };
}

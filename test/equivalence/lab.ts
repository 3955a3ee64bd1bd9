/**
 * The network of the equivalence tests: an edge, whose BGP daemon is what is compared, and three
 * upstreams that only write down what they are sent.
 *
 *   edge 64500 --+-- a 64496   IPv4 session with both families, every attribute
 *                +-- b 64497   IPv4 session, no attribute, the default route alone is taken
 *                +-- c 64498   IPv6 session, other import policy
 */

import type { FileContent } from '../support/daemons/multihomed.ts';
import type { Link, Namespace, Topology } from '../support/netns.ts';
import { updatesOf } from './feed.ts';
import { FEEDS, ofFamily } from './feeds.ts';
import { Recorder } from './record.ts';

export const EDGE_AS = 64500;
export const HOLD_TIME = 3;

export const UPSTREAMS = {
  a: { asn: 64496, edge: ['198.51.100.2/30', '2001:db8:ff:1::2/64'], address: '198.51.100.1' },
  b: { asn: 64497, edge: ['198.51.100.6/30', '2001:db8:ff:2::2/64'], address: '198.51.100.5' },
  c: { asn: 64498, edge: ['198.51.100.10/30', '2001:db8:ff:3::2/64'], address: '2001:db8:ff:3::1' },
} as const;

export type UpstreamName = keyof typeof UPSTREAMS;
export const NAMES: readonly UpstreamName[] = ['a', 'b', 'c'];

const FAR = {
  a: ['198.51.100.1/30', '2001:db8:ff:1::1/64'],
  b: ['198.51.100.5/30', '2001:db8:ff:2::1/64'],
  c: ['198.51.100.9/30', '2001:db8:ff:3::1/64'],
} as const;

export interface Lab {
  readonly edge: Namespace;
  readonly links: Readonly<Record<UpstreamName, Link>>;
  readonly recorders: Readonly<Record<UpstreamName, Recorder>>;
}

export async function startLab(topology: Topology): Promise<Lab> {
  const edge = await topology.namespace('edge');
  const started = await Promise.all(NAMES.map((name) => startUpstream(topology, edge, name)));
  const [a, b, c] = started;
  if (!a || !b || !c) throw new Error('an upstream is missing');
  return {
    edge,
    links: { a: a.link, b: b.link, c: c.link },
    recorders: { a: a.recorder, b: b.recorder, c: c.recorder },
  };
}

async function startUpstream(topology: Topology, edge: Namespace, name: UpstreamName) {
  const namespace = await topology.namespace(name);
  const { asn, edge: near, address } = UPSTREAMS[name];
  const link = await topology.link(
    { namespace: edge, interface: `to-${name}`, addresses: near },
    { namespace, interface: 'to-edge', addresses: FAR[name] },
  );
  const [ipv4 = '', ipv6 = ''] = FAR[name].map((text) => text.split('/')[0] ?? '');
  const recorder = await Recorder.start(namespace, {
    ...{ address, asn, holdTime: HOLD_TIME },
    identifier: `c00002${(asn - 64400).toString(16)}`,
    updates: {
      ipv4: updatesOf(ofFamily(FEEDS[name], 'ipv4'), { ipv4, ipv6 }),
      ipv6: updatesOf(ofFamily(FEEDS[name], 'ipv6'), { ipv4, ipv6 }),
    },
  });
  return { link, recorder };
}

/** The prefix that is withdrawn in the middle. */
export const WITHDRAWN = '20.78.0.0/24';

export function fileContent(directory: string, prefixes: readonly unknown[]): FileContent {
  // A prefix that flapped is held back where it may cost: no other daemon does that.
  const common = { damping: 'none', 'hold-time': `${HOLD_TIME}s`, 'connect-retry': '1s' };
  return {
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    control: { socket: `${directory}/control.sock` },
    prefixes,
    upstreams: {
      a: {
        ...common,
        asn: UPSTREAMS.a.asn,
        address: UPSTREAMS.a.address,
        interface: 'to-a',
        'local-address': '198.51.100.2',
        families: ['ipv4', 'ipv6'],
        'next-hop': { ipv6: '2001:db8:ff:1::2' },
        prepend: 2,
        med: 100,
        communities: [
          '64496:100',
          'graceful-shutdown',
          '64496:70000:2',
          'rt:64500:9',
          'ro:70000:5',
        ],
      },
      b: {
        ...common,
        asn: UPSTREAMS.b.asn,
        address: UPSTREAMS.b.address,
        'local-address': '198.51.100.6',
        accept: 'default',
      },
      c: {
        ...common,
        asn: UPSTREAMS.c.asn,
        address: UPSTREAMS.c.address,
        'local-address': '2001:db8:ff:3::2',
        med: 4_000_000_000,
        import: { bogons: 'accept', 'private-as': 'accept', 'max-length': { ipv6: 64 } },
      },
    },
  };
}

export const PREFIXES: readonly unknown[] = [
  '20.77.0.0/22',
  { prefix: WITHDRAWN, upstreams: ['a', 'b'] },
  { prefix: '20.79.0.0/24', upstreams: ['a'], communities: ['no-export', '64496:666'] },
  '2a01:77::/44',
  { prefix: '2a01:79::/48', communities: ['64500:1:1'] },
];

export const PREFIXES_LESS = PREFIXES.filter(
  (prefix) => typeof prefix === 'string' || JSON.stringify(prefix).includes(WITHDRAWN) === false,
);

/**
 * A lab's network as values: nodes, what runs at each, the links between them. It comes from a
 * containerlab file (`topologyFile.ts`); which BGP sessions it has follows from its links.
 */

import type { Family } from '../net/family.ts';

/** What may run at a node: the label `lab.daemon`. `none`: a host or a router without BGP. */
export const DAEMON_NAMES = [
  'multihomed',
  'frr',
  'bird',
  'openbgpd',
  'gobgp',
  'collector',
  'web',
  'none',
] as const;

export type DaemonName = (typeof DAEMON_NAMES)[number];

export interface Topology {
  readonly name: string;
  /** Absolute: the folder that the paths in it start from. */
  readonly directory: string;
  readonly nodes: readonly LabNode[];
  readonly links: readonly LabLink[];
}

export interface LabNode {
  readonly name: string;
  readonly daemon: DaemonName;
  /** Of those that speak BGP. */
  readonly asn: number | undefined;
  readonly routerId: string | undefined;
  /** What it originates. */
  readonly announces: readonly string[];
  /** FRR's `bgp dampening`: half-life in minutes, reuse, suppress, maximum in minutes. */
  readonly dampening: string | undefined;
  /** Longer IPv4 prefixes are refused from every neighbour. */
  readonly acceptUpTo: number | undefined;
  /** TCP MD5 on its sessions with nodes that run multihomed. */
  readonly password: string | undefined;
  /** RFC 5082 on its sessions with nodes that run multihomed. */
  readonly ttlSecurity: boolean;
  /** RFC 5880 on its sessions with nodes that run multihomed, 300 ms three times over. */
  readonly bfd: boolean;
  /** The file that multihomed runs on; absolute. */
  readonly config: string | undefined;
  /** For the programs at this node. */
  readonly environment: readonly (readonly [string, string])[];
  /** `ip address add` and `ip route add`, word by word, in their order. */
  readonly commands: readonly (readonly string[])[];
  readonly sysctls: readonly (readonly [string, string])[];
  /** With their lengths, by interface. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

export interface LabLink {
  readonly ends: readonly [LinkEnd, LinkEnd];
}

export interface LinkEnd {
  readonly node: string;
  readonly interface: string;
}

/** A session as one of its two nodes sees it. */
export interface Neighbour {
  readonly node: string;
  readonly asn: number;
  readonly family: Family;
  readonly address: string;
  /** Ours on the same link. */
  readonly localAddress: string;
  readonly interface: string;
  readonly password: string | undefined;
  readonly ttlSecurity: boolean;
  readonly bfd: boolean;
}

export function nodeOf(topology: Topology, name: string): LabNode | undefined {
  return topology.nodes.find((node) => node.name === name);
}

export function speaksBgp(node: LabNode): node is LabNode & { asn: number; routerId: string } {
  return node.asn !== undefined && node.routerId !== undefined;
}

/** One session for each family that both ends of a link have, in the order of the links. */
export function neighboursOf(topology: Topology, node: LabNode): readonly Neighbour[] {
  if (!speaksBgp(node)) return [];
  return topology.links.flatMap((link) => {
    const near = link.ends.find((end) => end.node === node.name);
    const far = link.ends.find((end) => end !== near);
    const other = near && far && nodeOf(topology, far.node);
    if (!near || !far || !other || !speaksBgp(other)) return [];
    const guard = [node, other].find(({ daemon }) => daemon !== 'multihomed');
    const guarded = [node, other].some(({ daemon }) => daemon === 'multihomed');
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const localAddress = addressOn(node, near.interface, family);
      const address = addressOn(other, far.interface, family);
      if (localAddress === undefined || address === undefined) return [];
      return [
        {
          ...{ node: other.name, asn: other.asn, family, address, localAddress },
          interface: near.interface,
          password: guarded ? guard?.password : undefined,
          ttlSecurity: guarded && guard?.ttlSecurity === true,
          bfd: guarded && guard?.bfd === true,
        },
      ];
    });
  });
}

/** The first of that family, without its length. */
function addressOn(node: LabNode, device: string, family: Family): string | undefined {
  const found = node.addresses
    .get(device)
    ?.find((text) => text.includes(':') === (family === 'ipv6'));
  return found?.split('/')[0];
}

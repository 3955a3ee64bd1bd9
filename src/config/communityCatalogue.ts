/**
 * What upstreams say that communities make them do to a customer's routes: a dated table with its
 * sources. Nothing is derived from a pattern ("ASN:666"): what stands for an action at one network
 * only informs at another. What could not be found in public is not in here.
 *
 * It is in this layer because the file is judged by it; `policy` compiles `prefer` with it.
 */

import type { Asn } from '../net/asn.ts';
import { type Communities, type Community, collectCommunities } from '../net/community.ts';

export interface CatalogueEntry {
  /** Whose codes these are. */
  readonly name: string;
  readonly asn: number;
  /** Sets a local preference under that of routes from peers: used when there is no other way. */
  readonly backup: StandardCode | undefined;
  /** Discards traffic to the prefix. */
  readonly blackhole: StandardCode | undefined;
  /** What its low half stands for, in routes that it sends: no order that it takes. */
  readonly informational: Readonly<Record<number, string>>;
  readonly source: string;
  /** When that was looked at. */
  readonly seen: string;
}

/** `asn:code` is the community. */
type StandardCode = number;

export const COMMUNITY_CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'NTT',
    asn: 2914,
    backup: 450, // local preference 96, peers 100
    blackhole: 666,
    informational: { 410: 'routes of NTT and its customers', 420: 'routes of peers' },
    source: 'gin.ntt.net/support/policy/routing.cfm; us.ntt.net/about/policy/routing.cfm',
    seen: '2026-11-25',
  },
  {
    name: 'Lumen (Level 3)',
    asn: 3356,
    backup: 70, // below peers
    blackhole: 9999,
    informational: { 123: 'customer routes', 666: 'routes of peers' },
    source: 'onestep.net/communities/as7911; onestep.net/communities/as3356; lg.ring.nlnog.net',
    seen: '2026-11-25',
  },
  {
    name: 'Zayo',
    asn: 6461,
    backup: 5060, // local preference 60: transit-backup
    blackhole: undefined,
    informational: {},
    source: 'onestep.net/communities/as6461',
    seen: '2026-11-25',
  },
  {
    name: 'Hurricane Electric',
    asn: 6939,
    backup: undefined,
    blackhole: 666, // once support has enabled it for the session
    informational: {},
    source: 'he.net/adm/blackhole.html',
    seen: '2026-11-25',
  },
  {
    name: 'Vultr',
    asn: 20473,
    backup: undefined,
    blackhole: 666,
    informational: {},
    source: 'docs.vultr.com; lg.ring.nlnog.net',
    seen: '2026-11-25',
  },
];

/** The AS and the address that every customer of Vultr has a session with. */
const VULTR = { asn: 64515, address: '169.254.169.254', codes: 20473 } as const;

/** Undefined: nothing is known of the network. */
export function catalogueEntry(neighbour: {
  readonly asn: Asn;
  readonly address: { readonly text: string };
}): CatalogueEntry | undefined {
  const vultr = neighbour.asn === VULTR.asn && neighbour.address.text === VULTR.address;
  const asn = vultr ? VULTR.codes : neighbour.asn;
  return COMMUNITY_CATALOGUE.find((entry) => entry.asn === asn);
}

export function codeOf({ asn }: CatalogueEntry, code: StandardCode): Communities {
  return collectCommunities([{ kind: 'standard', value: ((asn << 16) | code) >>> 0 }]);
}

/** What a community says when it comes from this network; undefined: it is none of those known. */
export function informs(entry: CatalogueEntry, community: Community): string | undefined {
  if (community.kind !== 'standard' || community.value >>> 16 !== entry.asn) return undefined;
  return entry.informational[community.value & 0xffff];
}

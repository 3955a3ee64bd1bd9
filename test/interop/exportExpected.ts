/**
 * What each neighbour of the edge is to have of it, reckoned from what the upstreams announce, and
 * what it has. The rules are written out anew here, for this network alone.
 */

import type { CraftedRoute, RibRoute } from '../support/daemons/daemon.ts';
import type { ShownPath } from '../support/daemons/multihomed.ts';
import {
  ASN,
  addressesOf,
  EDGE_AS,
  type ExportLab,
  OWN_OF_EDGE2,
  OWN_PREFIXES,
  type Role,
  TABLES,
} from './exportLab.ts';

/** The edge's best path to a prefix. */
export interface Learned
  extends Pick<RibRoute, 'prefix' | 'asPath' | 'origin' | 'med' | 'communities'> {
  readonly from: Source | 'edge2' | 'router';
}

type Source = keyof typeof TABLES;

/** A route in a neighbour's table that came from the edge, `from` its address. */
export type Held = Omit<RibRoute, 'best'>;

/** Whose tables are compared; OpenBGPD's has both of its sessions. */
export const RECEIVERS = ['frr', 'bird', 'customer', 'collector', 'router', 'edge2'] as const;
export type HeldBy = (typeof RECEIVERS)[number];

/**
 * The best paths while these sources are up: the shortest AS_PATH, then the lowest identifier, which
 * is the order of TABLES; no two of the sources have the same AS, so MED decides nothing.
 */
export function learnedFrom(...sources: readonly Source[]): readonly Learned[] {
  const best = new Map<string, Learned>();
  for (const source of sources) {
    for (const route of TABLES[source]) {
      const path = asLearned(source, route);
      const other = best.get(path.prefix);
      if (!other || path.asPath.length < other.asPath.length) best.set(path.prefix, path);
    }
  }
  const ofEdge2 = { prefix: OWN_OF_EDGE2, from: 'edge2', asPath: [], origin: 'IGP' } as const;
  return [...best.values(), { ...ofEdge2, med: undefined, communities: [] }];
}

function asLearned(source: Source, route: CraftedRoute): Learned {
  const { prefix, path = [], med, communities = [] } = route;
  return {
    prefix,
    from: source,
    asPath: [ASN[source], ...path],
    origin: source === 'gobgp' ? 'Incomplete' : 'IGP',
    // FRR sends one with every route of its own.
    med: source === 'frr' ? (med ?? 0) : med,
    communities: [...communities].sort(),
  };
}

const OWN = OWN_PREFIXES.map(
  (prefix) => ({ prefix, asPath: [], origin: 'IGP', med: undefined, communities: [] }) as const,
);

export function expectedAt(receiver: HeldBy, learned: readonly Learned[]): readonly Held[] {
  const held = (role: Role, routes: readonly Omit<Learned, 'from'>[], more: Partial<Held>) =>
    routes.map(({ prefix, asPath, origin, med, communities }): Held => {
      const { ipv4, ipv6 } = addressesOf(role).edge;
      const nextHop = prefix.includes(':') ? ipv6 : ipv4;
      const attributes = { asPath, origin, nextHop, med, localPref: undefined, communities };
      return { prefix, from: ipv4, ...attributes, ...more };
    });
  const toOthers = (role: Role, routes: readonly Omit<Learned, 'from'>[], more: Partial<Held>) =>
    held(role, routes, { med: undefined, ...more }).map((route) => ({
      ...route,
      asPath: [EDGE_AS, ...route.asPath],
    }));
  const outside = learned.filter(isForOthers);
  const inside = learned.filter(isForInternal);
  switch (receiver) {
    case 'frr':
    case 'bird':
      return toOthers(receiver, OWN, {}).sort(order);
    case 'customer': {
      const routes = outside.filter(({ asPath }) => !asPath.includes(ASN.customer));
      return toOthers(receiver, [...OWN, ...routes], {})
        .map((route) => ({ ...route, communities: [...route.communities, '64500:1'].sort() }))
        .sort(order);
    }
    case 'collector': {
      const defaults = outside.filter(({ prefix }) => prefix.endsWith('/0'));
      const ofIPv6 = OWN.filter(({ prefix }) => prefix.includes(':'));
      const { ipv6 } = addressesOf(receiver).edge;
      return [
        ...toOthers(receiver, [...OWN, ...defaults], { med: 5 }),
        // Of a route without a MED, OpenBGPD says 0.
        ...toOthers(receiver, ofIPv6, { from: ipv6, med: 0 }),
      ].sort(order);
    }
    case 'router':
    case 'edge2':
      return held(receiver, [...OWN, ...inside], { localPref: 100 }).sort(order);
  }
}

/** RFC 1997. */
function isForOthers({ communities }: Learned): boolean {
  return !communities.includes('no-export') && !communities.includes('no-advertise');
}

/** RFC 1997; RFC 4271 §9.2: what came from inside stays where it came to. */
function isForInternal({ from, communities }: Learned): boolean {
  const fromInside = from === 'gobgp' || from === 'edge2' || from === 'router';
  return !fromInside && !communities.includes('no-advertise');
}

/** What the neighbour has from the edge. */
export async function heldBy(lab: ExportLab, receiver: HeldBy): Promise<readonly Held[]> {
  if (receiver === 'edge2') return heldByEdge2(lab);
  const daemon = lab[receiver];
  const tables = [await daemon.routes('ipv4'), await daemon.routes('ipv6')];
  const edge: readonly string[] = Object.values(addressesOf(receiver).edge);
  return tables
    .flat()
    .filter(({ from }) => edge.includes(from))
    .map(({ best: _, ...route }) => ({
      ...route,
      // What others make of a route without one is their own affair.
      localPref: receiver === 'router' ? route.localPref : undefined,
    }))
    .sort(order);
}

async function heldByEdge2({ edge2 }: ExportLab): Promise<readonly Held[]> {
  const routes = await edge2.routes('--upstream', 'edge');
  return routes
    .flatMap(({ prefix, paths }) => paths.map((path) => heldPath(prefix, path)))
    .sort(order);
}

function heldPath(prefix: string, path: ShownPath): Held {
  return {
    prefix,
    from: addressesOf('edge2').edge.ipv4,
    asPath: path.asPath.map(Number),
    origin: path.origin === 'igp' ? 'IGP' : 'Incomplete',
    nextHop: path.nextHop,
    med: path.med ?? undefined,
    localPref: path.localPref,
    communities: [...path.communities].sort(),
  };
}

function order(a: Held, b: Held): number {
  const [x, y] = [`${a.prefix} ${a.from}`, `${b.prefix} ${b.from}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A route of ours in the kernel's table: a default through upstreams, or an anchor. */

import type { Family } from '../net/family.ts';

/**
 * Ours, and nobody else's: it is how routes of a run that crashed are recognised. Not among the
 * numbers that iproute2 has names for (/etc/iproute2/rt_protos).
 */
export const PROTOCOL = 179;

export interface NextHop {
  readonly via: string;
  /** The interface. */
  readonly dev: string;
}

export interface KernelRoute {
  readonly family: Family;
  /** A CIDR, or `default`. */
  readonly destination: string;
  readonly metric: number;
  /** More than one: shared by connection. Empty: a blackhole. */
  readonly nextHops: readonly NextHop[];
}

/** Of these there is one at a time. */
export function routeKey({ family, destination, metric }: KernelRoute): string {
  return `${family} ${destination} ${metric}`;
}

/** The same for routes that do the same. */
export function routeText({ nextHops, ...route }: KernelRoute): string {
  const hops = nextHops.map(({ via, dev }) => `via ${via} dev ${dev}`).sort();
  return `${route.destination} ${hops.join(' ') || 'blackhole'} metric ${route.metric}`;
}

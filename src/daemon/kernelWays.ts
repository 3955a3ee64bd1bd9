/** Which upstreams the kernel may send through, by what the daemon knows. */

import type { Facts } from '../announcer/facts.ts';
import type { NeighbourView } from '../announcer/wish.ts';
import type { Config } from '../config/config.ts';
import type { Ways } from '../kernel/desiredRoutes.ts';
import type { Family } from '../net/family.ts';

/**
 * `views`: of the last decision. `isAwaited`: whether routes of an upstream that has no session are kept
 * until it has restarted. It is to go on forwarding meanwhile (RFC 4724 §4.2); whether it does shows
 * when it is back, so that it comes behind all others, as one that is doubted does.
 */
export function kernelWays(
  { upstreams }: Config,
  facts: Facts,
  views: readonly NeighbourView[],
  isAwaited: (upstream: string, family: Family) => boolean,
): Ways {
  const interfaces = new Map<string, string>();
  const living = new Set<string>();
  const dead = new Set<string>();
  const awaited: string[] = [];
  for (const { name, address } of upstreams) {
    const link = facts.paths.get(name)?.interface;
    if (link !== undefined) interfaces.set(name, link);
    const session = facts.sessions.get(name);
    const isDead = link !== undefined && facts.links.get(link)?.state === 'down';
    if (isDead || facts.bfd.get(name)?.standing === 'lost') dead.add(name);
    else if (!session && isAwaited(name, address.family)) awaited.push(name);
    if (session?.families.includes(address.family)) living.add(name);
  }
  const doubted = views.flatMap(({ neighbour, doubt }) =>
    doubt !== undefined && doubt.action !== 'keep' ? [neighbour.name] : [],
  );
  return {
    ...{ living: new Set([...living, ...awaited]), dead, interfaces },
    doubted: new Set([...doubted, ...awaited]),
  };
}

/** Which upstreams the kernel may send through, by what the daemon knows. */

import type { Facts } from '../announcer/facts.ts';
import type { NeighbourView } from '../announcer/wish.ts';
import type { Config } from '../config/config.ts';
import type { Ways } from '../kernel/desiredRoutes.ts';

/** `views`: of the last decision. */
export function kernelWays(
  { upstreams }: Config,
  facts: Facts,
  views: readonly NeighbourView[],
): Ways {
  const interfaces = new Map<string, string>();
  const living = new Set<string>();
  const dead = new Set<string>();
  for (const { name, address } of upstreams) {
    const link = facts.paths.get(name)?.interface;
    if (link !== undefined) interfaces.set(name, link);
    if (facts.sessions.get(name)?.families.includes(address.family)) living.add(name);
    const isDead = link !== undefined && facts.links.get(link)?.state === 'down';
    if (isDead || facts.bfd.get(name)?.standing === 'lost') dead.add(name);
  }
  const doubted = views.filter(({ doubt }) => doubt !== undefined && doubt.action !== 'keep');
  return { living, dead, interfaces, doubted: new Set(doubted.map((view) => view.neighbour.name)) };
}

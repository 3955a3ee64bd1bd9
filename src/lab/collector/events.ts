/** What a collector writes down, and what follows from it. */

import type { Family } from '../../net/family.ts';

export type CollectorEvent = {
  /** Milliseconds since the epoch, with a fraction. */
  readonly at: number;
} & (
  | { readonly what: 'listening' }
  | { readonly what: 'up' | 'down'; readonly neighbour: string; readonly family: Family }
  | {
      readonly what: 'update';
      readonly neighbour: string;
      readonly announced: readonly CollectedRoute[];
      readonly withdrawn: readonly string[];
    }
);

export interface CollectedRoute {
  readonly prefix: string;
  /** Nearest first. */
  readonly asPath: readonly number[];
}

/** Whether the session with a node, over that family, is up after all of these. */
export function isUp(events: readonly CollectorEvent[], node: string, family: Family): boolean {
  const last = events.findLast(
    (event) =>
      (event.what === 'up' || event.what === 'down') &&
      event.neighbour === node &&
      event.family === family,
  );
  return last?.what === 'up';
}

/** How a neighbour's path to a prefix changed, in the order of time; undefined: there is none. */
export function pathChanges(
  events: readonly CollectorEvent[],
  neighbour: string,
  prefix: string,
): readonly { readonly at: number; readonly path: string | undefined }[] {
  const changes: { at: number; path: string | undefined }[] = [];
  const family: Family = prefix.includes(':') ? 'ipv6' : 'ipv4';
  for (const event of events) {
    if (event.what === 'listening' || event.neighbour !== neighbour) continue;
    if (event.what === 'down' && event.family === family) {
      changes.push({ at: event.at, path: undefined });
    }
    if (event.what !== 'update') continue;
    const route = event.announced.find((each) => each.prefix === prefix);
    if (route) changes.push({ at: event.at, path: route.asPath.join(' ') });
    else if (event.withdrawn.includes(prefix)) changes.push({ at: event.at, path: undefined });
  }
  return changes.filter(({ path }, i) => i === 0 || changes[i - 1]?.path !== path);
}

/** From the routes that are there to those that are wanted, as lines for `ip -batch`. Pure. */

import { type KernelRoute, PROTOCOL, routeKey, routeText } from './route.ts';

export interface RouteChange {
  readonly route: KernelRoute;
  readonly verb: 'add' | 'replace' | 'del';
}

/** What comes before what goes: no moment is to be without a default. */
export function routeChanges(
  present: readonly KernelRoute[],
  wanted: readonly KernelRoute[],
): readonly RouteChange[] {
  const there = new Map(present.map((route) => [routeKey(route), route]));
  const kept = new Set(wanted.map(routeKey));
  const changes = wanted.flatMap((route): readonly RouteChange[] => {
    const known = there.get(routeKey(route));
    if (!known) return [{ route, verb: 'add' }];
    return routeText(known) === routeText(route) ? [] : [{ route, verb: 'replace' }];
  });
  const gone = present.filter((route) => !kept.has(routeKey(route)));
  return [...changes, ...gone.map((route): RouteChange => ({ route, verb: 'del' }))];
}

/** `add` fails where somebody else's route is: nothing of others is ever replaced. */
export function batchLine({ route, verb }: RouteChange, table: string): string {
  const { family, destination, metric, nextHops } = route;
  const own = `table ${table} proto ${PROTOCOL} metric ${metric}`;
  const kind = nextHops.length === 0 ? 'blackhole ' : '';
  if (verb === 'del') return `route del ${kind}${flagged(family, destination)} ${own}`;
  return `route ${verb} ${kind}${flagged(family, destination)} ${own}${hopsText(route)}`;
}

function hopsText({ nextHops }: KernelRoute): string {
  const [first, ...more] = nextHops;
  if (!first) return '';
  if (more.length === 0) return ` via ${first.via} dev ${first.dev}`;
  return nextHops.map(({ via, dev }) => ` nexthop via ${via} dev ${dev} weight 1`).join('');
}

/** `default` alone would be the IPv4 one. */
function flagged(family: KernelRoute['family'], destination: string): string {
  if (destination !== 'default') return destination;
  return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
}

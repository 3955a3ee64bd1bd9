/** What must be in an upstream's table because of the edge's file, and what is there. */

import { isDeepStrictEqual } from 'node:util';
import type { BgpDaemon, RibRoute } from '../support/daemons/daemon.ts';
import { until } from '../support/daemons/until.ts';
import { ATTRIBUTES, EDGE_AS, OWN_PREFIXES, type Upstream } from './lab.ts';

/** Within it a session comes up and its routes arrive, however busy the machine is, in ms. */
export const SOON = 60_000;

/** OpenBGPD rests for 30 s after a session that ended in an error, when it is the one to connect. */
export const AFTER_A_REST = 120_000;

type Route = Omit<RibRoute, 'best' | 'localPref'>;

/** The IPv4 prefix over the IPv4 session, the IPv6 prefix over both. */
export function expectedRoutes(
  upstream: Upstream,
  prefixes: readonly string[] = OWN_PREFIXES,
  attributes = ATTRIBUTES[upstream.name],
): readonly Route[] {
  const { edge } = upstream.addresses;
  const { prepend = 0, med, communities = [] } = attributes;
  const route = (prefix: string, from: string): Route => ({
    prefix,
    from,
    asPath: Array(1 + prepend).fill(EDGE_AS),
    origin: 'IGP',
    nextHop: prefix.includes(':') ? edge.ipv6 : edge.ipv4,
    med,
    communities: [...communities].sort(),
  });
  return prefixes
    .flatMap((prefix) =>
      prefix.includes(':')
        ? [route(prefix, edge.ipv4), route(prefix, edge.ipv6)]
        : [route(prefix, edge.ipv4)],
    )
    .sort(order);
}

/** Everything that the upstream has from the edge, whatever it is. */
export async function learnedRoutes({ daemon, addresses }: Upstream): Promise<readonly Route[]> {
  const edge: readonly string[] = Object.values(addresses.edge);
  const tables = await Promise.all([daemon.routes('ipv4'), daemon.routes('ipv6')]);
  return tables
    .flat()
    .filter(({ from }) => edge.includes(from))
    .map(({ best: _, localPref: __, ...route }) => route)
    .sort(order);
}

/** Waits until the upstream has exactly these routes from the edge. */
export async function untilLearned(upstream: Upstream, routes: readonly Route[]): Promise<void> {
  await until(
    `${upstream.daemon.name} to have from the edge exactly ${JSON.stringify(routes)}`,
    SOON,
    async () => isDeepStrictEqual(await learnedRoutes(upstream), routes),
    () => learnedRoutes(upstream),
  );
}

/** Waits until both of the upstream's sessions with the edge are up. */
export async function untilEstablished(
  { daemon, addresses }: Upstream,
  limit = SOON,
): Promise<void> {
  for (const address of Object.values(addresses.edge)) {
    await until(`${daemon.name}'s session with ${address}`, limit, () =>
      daemon.established(address),
    );
  }
}

/**
 * Waits until the daemon has its say of a NOTIFICATION from this neighbour, which is not the moment
 * at which the routes go.
 */
export async function untilNotified(
  daemon: BgpDaemon,
  neighbour: string,
  what: RegExp,
): Promise<void> {
  await until(
    `${daemon.name} to tell of a NOTIFICATION, ${what}`,
    SOON,
    async () => what.test(await daemon.lastNotification(neighbour)),
    () => daemon.lastNotification(neighbour),
  );
}

/** Tells the upstream's sessions with the edge from later ones. */
export async function incarnations({ daemon, addresses }: Upstream): Promise<readonly string[]> {
  return Promise.all(Object.values(addresses.edge).map((edge) => daemon.incarnation(edge)));
}

function order(a: Route, b: Route): number {
  const [x, y] = [`${a.prefix} ${a.from}`, `${b.prefix} ${b.from}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

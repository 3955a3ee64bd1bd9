/** What the kernel's routes and addresses say of the way to a neighbour. */

import { runIp } from './ipCommand.ts';
import { interfacesFrom, type KernelInterface, routeFrom, routeLengthFrom } from './ipJson.ts';

export interface RouteLookup {
  /** Where packets to the address leave; undefined: there is no route, or `ip` could not say. */
  readonly interface: string | undefined;
  /** No gateway comes first: the address is on that link. */
  readonly connected: boolean;
  /** Of the route's prefix; undefined: not known. */
  readonly length: number | undefined;
}

/** `address` is an IPv4 or IPv6 address in any spelling, without a zone. Never rejects. */
export async function connectedInterface(address: string): Promise<RouteLookup> {
  // The one tells where packets go, of several next hops, too; the other by which route.
  const [answer, match] = await Promise.all([
    runIp('-j', 'route', 'get', address),
    runIp('-j', 'route', 'get', 'fibmatch', address),
  ]);
  const route = answer.ok ? routeFrom(answer.output) : undefined;
  // `local`: one of our own addresses. A multicast, broadcast or `unreachable` route leads nowhere.
  if (!route || !['unicast', 'local'].includes(route.type ?? 'unicast')) {
    return { interface: undefined, connected: false, length: undefined };
  }
  const length = match.ok ? routeLengthFrom(match.output) : undefined;
  return { interface: route.interface, connected: !route.viaGateway, length };
}

/** All interfaces, dead ones too, with their subnets; none when `ip` could not say. Never rejects. */
export async function interfaceSubnets(): Promise<readonly KernelInterface[]> {
  const answer = await runIp('-j', 'addr', 'show');
  return answer.ok ? interfacesFrom(answer.output) : [];
}

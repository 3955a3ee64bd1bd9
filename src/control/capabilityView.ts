/** What both OPENs of a session offered, and what came of it, for people and scripts. */

import type { Negotiated } from '../fsm/negotiated.ts';
import { FAMILIES } from '../net/family.ts';
import { type Role, roleOf } from '../net/role.ts';
import { type Capability, capabilitiesOf } from '../wire/capability.ts';
import { formatCapability } from '../wire/capabilityText.ts';

export interface CapabilitiesView {
  /** In words, in the order of the OPEN. */
  readonly offered: readonly string[];
  /** The neighbour's. */
  readonly received: readonly string[];
  /** What is used, in words: both offered it. */
  readonly used: readonly string[];
  /** RFC 9234: what each says that it is to the other. */
  readonly role: { readonly ours: Role | null; readonly theirs: Role | null };
  /** What the neighbour says of itself; null: nothing. */
  readonly hostName: string | null;
  readonly software: string | null;
}

export function capabilitiesView(
  offered: readonly Capability[],
  negotiated: Negotiated,
): CapabilitiesView {
  const received = negotiated.received.capabilities;
  const [name] = capabilitiesOf(received, 'fqdn');
  const [software] = capabilitiesOf(received, 'softwareVersion');
  return {
    offered: offered.map(formatCapability),
    received: received.map(formatCapability),
    used: used(negotiated),
    role: { ours: roleIn(offered), theirs: roleIn(received) },
    hostName: name ? [name.host, name.domain].filter((part) => part !== '').join('.') : null,
    software: software?.version ?? null,
  };
}

function used(negotiated: Negotiated): readonly string[] {
  const { families, fourOctetAs, routeRefresh, extendedMessages, extendedNextHop } = negotiated;
  const { enhancedRouteRefresh, gracefulRestart } = negotiated;
  const { receive, send } = negotiated.addPath;
  const said: readonly (readonly [boolean, string])[] = [
    ...families.map((family) => [true, `${family} unicast`] as const),
    [fourOctetAs, 'four-octet AS numbers'],
    [routeRefresh, 'route refresh'],
    [enhancedRouteRefresh, 'enhanced route refresh'],
    [gracefulRestart !== undefined, 'graceful restart'],
    [gracefulRestart?.longLived !== undefined, 'long-lived graceful restart'],
    [extendedMessages, 'extended messages'],
    [extendedNextHop, 'IPv6 next hops of IPv4 routes'],
    ...FAMILIES.map((family) => [receive[family], `several ${family} paths received`] as const),
    ...FAMILIES.map((family) => [send[family], `several ${family} paths sent`] as const),
  ];
  return said.flatMap(([is, text]) => (is ? [text] : []));
}

function roleIn(capabilities: readonly Capability[]): Role | null {
  const [said] = capabilitiesOf(capabilities, 'role');
  return (said && roleOf(said.role)) ?? null;
}

/** What both ends agreed on, which exists from OpenConfirm on. */

import type { Family } from '../net/family.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { RestartTerms } from './gracefulRestart.ts';

export type WithPaths = Readonly<Record<Family, boolean>>;

export interface Negotiated {
  readonly peerAs: number;
  /** Unsigned 32-bit number. */
  readonly peerIdentifier: number;
  /** Seconds; the smaller of the two offers; 0: neither hold nor keepalive timer runs. */
  readonly holdTime: number;
  /** Seconds; a third of the hold time. */
  readonly keepaliveTime: number;
  readonly families: readonly Family[];
  readonly fourOctetAs: boolean;
  readonly routeRefresh: boolean;
  /** We may send messages of up to 65535 octets, OPEN and KEEPALIVE aside (RFC 8654). */
  readonly extendedMessages: boolean;
  /** Which way the prefixes of a family have path identifiers (RFC 7911). */
  readonly addPath: { readonly receive: WithPaths; readonly send: WithPaths };
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** RFC 7313. */
  readonly enhancedRouteRefresh: boolean;
  /** Undefined: graceful restart was not negotiated. */
  readonly gracefulRestart: RestartTerms | undefined;
  /** The neighbour's OPEN, for display. */
  readonly received: OpenMessage;
}

/** What exists only while a session is Established, and how the RIB is told of it. */

import type { Negotiated } from '../fsm/negotiated.ts';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { parseAddress } from '../net/text.ts';
import { RibFullError } from '../rib/memory.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import type { Capability } from '../wire/capability.ts';
import type { CodecContext } from '../wire/context.ts';
import { nextHopFor } from './exportUpdates.ts';
import type { Leg } from './leg.ts';
import { outOfResources } from './receiver.ts';
import { fsmConfigOf, type SessionConfig } from './sessionConfig.ts';

export interface Established {
  readonly leg: Leg;
  readonly negotiated: Negotiated;
  /** What our OPEN said, which may say less the next time (RFC 4724's R). */
  readonly offered: readonly Capability[];
  /** Ours on the session. */
  readonly localAddress: IpAddress;
  /** How what the neighbour sends is read. */
  readonly context: CodecContext;
  /** How what it is sent is written: path identifiers may go one way only (RFC 7911). */
  readonly sending: CodecContext;
}

/** Undefined: the connection died since its last event, and that is still to be told. */
export function establishedOn(
  leg: Leg,
  negotiated: Negotiated,
  config: SessionConfig,
): Established | undefined {
  const localAddress = parseAddress(leg.connection?.localAddress ?? '');
  if (!localAddress) return undefined;
  const { fourOctetAs, extendedMessages, extendedNextHop, addPath } = negotiated;
  const internal = config.neighbour.kind === 'internal';
  const both = { fourOctetAs, extendedMessages, extendedNextHop, internal };
  const context = { ...both, addPath: addPath.receive };
  const sending = { ...both, addPath: addPath.send };
  const offered = fsmConfigOf(config).open.capabilities;
  return { leg, negotiated, offered, localAddress, context, sending };
}

/** Those that the session carries and that we have no next hop for: see `nextHopFor`. */
export function familiesWithoutNextHop(
  { negotiated: { families }, localAddress, sending }: Established,
  config: SessionConfig,
): readonly Family[] {
  const { neighbour } = config;
  // As it came from outside, to a router of our own.
  if (neighbour.kind === 'internal' && !neighbour.nextHopSelf) return [];
  return families.filter((family) => !nextHopFor(family, config, localAddress, sending));
}

/** Throws RemoteError (Cease/Out of Resources) when the RIB has no room for one more neighbour. */
export function enterRib(
  rib: Pick<RibIn, 'peerUp'>,
  peer: PeerIndex,
  { negotiated, localAddress, context }: Established,
  { neighbour: { address, addPath } }: SessionConfig,
): void {
  const { peerAs, peerIdentifier: bgpIdentifier } = negotiated;
  try {
    const maxPaths = addPath.paths;
    rib.peerUp(peer, { peerAs, bgpIdentifier, address, localAddress, context, maxPaths });
  } catch (error) {
    if (!(error instanceof RibFullError)) throw error;
    throw outOfResources(error.message);
  }
}

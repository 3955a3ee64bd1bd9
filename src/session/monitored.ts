/** A session that is up as monitoring stations are told of it (RFC 7854 §4.10). */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { Established } from './established.ts';
import type { SessionConfig } from './sessionConfig.ts';

export interface MonitoredSession {
  readonly name: string;
  readonly peer: PeerIndex;
  readonly address: IpAddress;
  readonly peerAs: number;
  /** Unsigned 32-bit. */
  readonly bgpIdentifier: number;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remotePort: number;
  /** Whole messages, as they were on the wire. */
  readonly openSent: Uint8Array;
  readonly openReceived: Uint8Array;
  readonly families: readonly Family[];
  /** UPDATEs since it is up (RFC 7606). */
  readonly treatedAsWithdraw: number;
  /** Since when, ms since the epoch. */
  readonly since: number;
}

export function monitoredSession(
  peer: PeerIndex,
  { neighbour }: SessionConfig,
  { leg, localAddress, negotiated }: Established,
  since: number,
  treatedAsWithdraw: number,
): MonitoredSession {
  const { openSent, openReceived, ports } = leg;
  const { peerAs, peerIdentifier: bgpIdentifier, families } = negotiated;
  const { name, address } = neighbour;
  return {
    ...{
      name,
      peer,
      address,
      peerAs,
      bgpIdentifier,
      localAddress,
      families,
      since,
      treatedAsWithdraw,
    },
    ...{ localPort: ports.local, remotePort: ports.remote, openSent, openReceived },
  };
}

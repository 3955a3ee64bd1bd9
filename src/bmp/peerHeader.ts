/**
 * The header of every message that concerns a neighbour (RFC 7854 §4.2).
 *
 *   +------------+-----------+------------------------+
 *   | Type (1)   | Flags (1) | Distinguisher (8)      |
 *   +------------+-----------+------------------------+
 *   | Address (16), an IPv4 one in the last four      |
 *   +-------------------------------------------------+
 *   | AS (4)     | BGP Identifier (4)                 |
 *   +------------+------------------------------------+
 *   | Timestamp: seconds (4), microseconds (4)        |
 *   +-------------------------------------------------+
 *
 * Type and Distinguisher are 0: neighbours are Global Instance Peers, as there are no VRFs here.
 */

import type { IpAddress } from '../net/address.ts';
import { octets32, putUint32 } from '../wire/octets.ts';
import { PEER_HEADER_LENGTH, PeerFlag } from './constants.ts';

/** A neighbour as stations know it. */
export interface BmpPeer {
  readonly address: IpAddress;
  readonly peerAs: number;
  /** Unsigned 32-bit. */
  readonly bgpIdentifier: number;
}

const FLAGS = 1;
const TIMESTAMP = PEER_HEADER_LENGTH - 8;

/** With flags that say no more than the family of its address, and at no known time. */
export function peerHeader({ address, peerAs, bgpIdentifier }: BmpPeer): Uint8Array {
  const header = new Uint8Array(PEER_HEADER_LENGTH);
  header[FLAGS] = address.family === 'ipv6' ? PeerFlag.ipv6 : 0;
  header.set(addressField(address), 10);
  header.set(octets32(peerAs), 26);
  header.set(octets32(bgpIdentifier), 30);
  return header;
}

/** The header with a time, in ms since the epoch. */
export function peerHeaderAt(peer: BmpPeer, at: number): Uint8Array {
  const header = peerHeader(peer);
  setTime(header, 0, at);
  return header;
}

/** Adds flags to the header at `offset`. */
export function addFlags(target: Uint8Array, offset: number, flags: number): void {
  target[offset + FLAGS] = (target[offset + FLAGS] ?? 0) | flags;
}

/** `at`: ms since the epoch; 0: it is not known (RFC 7854 §4.2). */
export function setTime(target: Uint8Array, offset: number, at: number): void {
  const seconds = Math.floor(at / 1000);
  putUint32(target, offset + TIMESTAMP, seconds);
  putUint32(target, offset + TIMESTAMP + 4, Math.floor((at - seconds * 1000) * 1000));
}

/** 16 octets, whatever the family. */
export function addressField({ octets }: IpAddress): Uint8Array {
  const field = new Uint8Array(16);
  field.set(octets, 16 - octets.length);
  return field;
}

/**
 * Messages and changes of state as MRT records of type BGP4MP_ET (RFC 6396 §3, §4.4, RFC 8050 §3),
 * whose header has microseconds behind it, which count as part of what follows:
 *
 *   +---------------+----------+-------------+------------+------------------+
 *   | timestamp (4) | type (2) | subtype (2) | length (4) | microseconds (4) |
 *   +---------------+----------+-------------+------------+------------------+
 *   | peer AS (4) | local AS (4) | interface index (2) | AFI (2) | peer | local |
 *   +-------------------------------------------------------------------------+
 *
 * Then comes the message, or the old state and the new one (2 each).
 */

import type { StateName } from '../fsm/state.ts';
import type { IpAddress } from '../net/address.ts';
import { AS_TRANS } from '../net/asn.ts';
import { Afi } from '../net/family.ts';
import { octets16, octets32 } from '../wire/octets.ts';

export interface MrtSession {
  readonly peerAs: number;
  readonly localAs: number;
  readonly peer: IpAddress;
  /** Undefined: not known. */
  readonly local: IpAddress | undefined;
}

export interface MrtMessage {
  /** Whole, with its header. */
  readonly octets: Uint8Array;
  /** By ourselves. */
  readonly sent: boolean;
  /** How its AS paths are written. */
  readonly fourOctetAs: boolean;
  /** Its prefixes have path identifiers. */
  readonly addPath: boolean;
}

const BGP4MP_ET = 17;
const STATE_CHANGE_AS4 = 5;

/** RFC 6396 §4.4.1. */
const STATE: Readonly<Record<StateName, number>> = {
  Idle: 1,
  Connect: 2,
  Active: 3,
  OpenSent: 4,
  OpenConfirm: 5,
  Established: 6,
};

/** `at`: milliseconds since the epoch. */
export function messageRecord(session: MrtSession, message: MrtMessage, at: number): Uint8Array {
  const as = asOctets(message.fourOctetAs);
  return record(at, subtypeOf(message), [...headOf(session, as), ...message.octets]);
}

/** `at`: milliseconds since the epoch. */
export function stateRecord(
  session: MrtSession,
  from: StateName,
  to: StateName,
  at: number,
): Uint8Array {
  const states = [...octets16(STATE[from]), ...octets16(STATE[to])];
  return record(at, STATE_CHANGE_AS4, [...headOf(session, octets32), ...states]);
}

/** RFC 6396 §4.4.2 to §4.4.6, RFC 8050 §3: AS4 and LOCAL and ADDPATH in any mixture. */
function subtypeOf({ sent, fourOctetAs, addPath }: MrtMessage): number {
  const plain = fourOctetAs ? 4 : 1;
  if (addPath) return (sent ? 10 : 8) + (fourOctetAs ? 1 : 0);
  if (!sent) return plain;
  return fourOctetAs ? 7 : 6;
}

/** Where a message's AS numbers have two octets, ours have, too: a larger one is AS_TRANS there. */
function asOctets(fourOctetAs: boolean): (asn: number) => readonly number[] {
  return fourOctetAs ? octets32 : (asn) => octets16(asn > 0xffff ? AS_TRANS : asn);
}

function headOf(
  { peerAs, localAs, peer, local }: MrtSession,
  as: (asn: number) => readonly number[],
): readonly number[] {
  const known = local?.family === peer.family ? local.octets : new Uint8Array(peer.octets.length);
  return [
    ...as(peerAs),
    ...as(localAs),
    ...octets16(NO_INTERFACE),
    ...octets16(Afi[peer.family]),
    ...peer.octets,
    ...known,
  ];
}

const NO_INTERFACE = 0;

function record(at: number, subtype: number, body: readonly number[]): Uint8Array {
  const microseconds = Math.floor((at % 1000) * 1000);
  return Uint8Array.from([
    ...octets32(Math.floor(at / 1000)),
    ...octets16(BGP4MP_ET),
    ...octets16(subtype),
    ...octets32(body.length + 4),
    ...octets32(microseconds),
    ...body,
  ]);
}

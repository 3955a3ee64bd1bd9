/**
 * What every BMP message begins with (RFC 7854 §4.1), and the two that concern no neighbour.
 *
 *   +-------------+------------+----------+
 *   | Version (1) | Length (4) | Type (1) |
 *   +-------------+------------+----------+
 *
 * Length counts the whole message. Initiation and Termination are a list of these:
 *
 *   +-----------------+------------+------------------------+
 *   | Information (2) | Length (2) | Value (variable)       |
 *   +-----------------+------------+------------------------+
 */

import { octets16, putUint32 } from '../wire/octets.ts';
import {
  BMP_VERSION,
  BmpType,
  COMMON_HEADER_LENGTH,
  InformationType,
  TerminationType,
} from './constants.ts';

/** Writes 6 octets at `offset`; `length` is the whole message in octets. */
export function writeCommonHeader(
  target: Uint8Array,
  offset: number,
  length: number,
  type: number,
): void {
  target[offset] = BMP_VERSION;
  putUint32(target, offset + 1, length);
  target[offset + 5] = type;
}

/** One message of these parts. */
export function bmpMessage(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, COMMON_HEADER_LENGTH);
  const message = new Uint8Array(length);
  writeCommonHeader(message, 0, length, type);
  let at = COMMON_HEADER_LENGTH;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  return message;
}

const encoder = new TextEncoder();

/** RFC 7854 §4.3: both are required, and mean what they mean in MIB-II (RFC 1213). */
export function encodeInitiation(about: {
  readonly sysDescr: string;
  readonly sysName: string;
}): Uint8Array {
  return bmpMessage(
    BmpType.initiation,
    tlv(InformationType.sysDescr, encoder.encode(about.sysDescr)),
    tlv(InformationType.sysName, encoder.encode(about.sysName)),
  );
}

/** RFC 7854 §4.5. `why` is for people; empty: it is left out. */
export function encodeTermination(reason: number, why = ''): Uint8Array {
  return bmpMessage(
    BmpType.termination,
    tlv(TerminationType.reason, Uint8Array.from(octets16(reason))),
    ...(why === '' ? [] : [tlv(TerminationType.string, encoder.encode(why))]),
  );
}

function tlv(type: number, value: Uint8Array): Uint8Array {
  const octets = value.subarray(0, 0xffff);
  return Uint8Array.from([...octets16(type), ...octets16(octets.length), ...octets]);
}

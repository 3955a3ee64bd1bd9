/**
 * Reads capabilities (RFC 5492) from an OPEN.
 *
 * When a known capability has a length it cannot have: RFC 5492 and the RFCs of the capabilities
 * are silent, so RFC 4271 §6.2 rules (a recognised but malformed optional parameter is an OPEN
 * error, subcode 0). To overlook it would leave the two sides with different ideas of how the
 * following messages are encoded. What only informs (the drafts' names and versions) and what its
 * RFC says to ignore stays a capability of kind `unknown`.
 */

import type { AfiSafi } from '../net/family.ts';
import type { Capability } from './capability.ts';
import { CapabilityCode, ErrorCode, OpenSubcode } from './constants.ts';
import { RemoteError } from './errors.ts';
import { decodeForeignText } from './foreignText.ts';
import { uint16, uint32 } from './octets.ts';

/** A run of whole capabilities at `start..end`; throws RemoteError 2/0 when one does not fit. */
export function decodeCapabilities(bytes: Uint8Array, start: number, end: number): Capability[] {
  const capabilities: Capability[] = [];
  let at = start;
  while (at < end) {
    if (end - at < 2) throw malformed('a capability has no length');
    const code = bytes[at]!;
    const next = at + 2 + bytes[at + 1]!;
    if (next > end) throw malformed(`capability ${code} is longer than the parameter it is in`);
    capabilities.push(decodeCapability(code, bytes, at + 2, next));
    at = next;
  }
  return capabilities;
}

/** `start..end` is the value alone, after code and length. */
function decodeCapability(code: number, bytes: Uint8Array, start: number, end: number): Capability {
  switch (code) {
    case CapabilityCode.multiprotocol: // RFC 4760 §8
      return { kind: 'multiprotocol', ...decodeMultiprotocol(bytes, start, end) };
    case CapabilityCode.routeRefresh: // RFC 2918 §2
      return empty(code, 'routeRefresh', start, end);
    case CapabilityCode.enhancedRouteRefresh: // RFC 7313 §3.1
      return empty(code, 'enhancedRouteRefresh', start, end);
    case CapabilityCode.extendedMessage: // RFC 8654 §3
      return empty(code, 'extendedMessage', start, end);
    case CapabilityCode.fourOctetAs: // RFC 6793 §3
      if (end - start !== 4) throw wrongLength(code, end - start);
      return { kind: 'fourOctetAs', asn: uint32(bytes, start) };
    case CapabilityCode.extendedNextHop:
      return { kind: 'extendedNextHop', entries: decodeExtendedNextHop(bytes, start, end) };
    case CapabilityCode.role: // RFC 9234 §4.1
      if (end - start !== 1) throw wrongLength(code, end - start);
      return { kind: 'role', role: bytes[start]! };
    case CapabilityCode.gracefulRestart:
      return decodeGracefulRestart(bytes, start, end);
    case CapabilityCode.longLivedGracefulRestart:
      return decodeLongLivedGracefulRestart(bytes, start, end);
    case CapabilityCode.addPath:
      return decodeAddPath(bytes, start, end) ?? unknown(code, bytes, start, end);
    case CapabilityCode.fqdn:
      return decodeFqdn(bytes, start, end) ?? unknown(code, bytes, start, end);
    case CapabilityCode.softwareVersion:
      return decodeSoftwareVersion(bytes, start, end) ?? unknown(code, bytes, start, end);
    default: // RFC 5492 §3: what is not recognised is ignored
      return unknown(code, bytes, start, end);
  }
}

function unknown(code: number, bytes: Uint8Array, start: number, end: number): Capability {
  return { kind: 'unknown', code, value: bytes.slice(start, end) };
}

type EmptyKind = 'routeRefresh' | 'enhancedRouteRefresh' | 'extendedMessage';

function empty(code: number, kind: EmptyKind, start: number, end: number): Capability {
  if (end !== start) throw wrongLength(code, end - start);
  return { kind };
}

/** AFI (2), reserved (1), SAFI (1). */
function decodeMultiprotocol(bytes: Uint8Array, start: number, end: number): AfiSafi {
  if (end - start !== 4) throw wrongLength(CapabilityCode.multiprotocol, end - start);
  return { afi: uint16(bytes, start), safi: bytes[start + 3]! };
}

/** RFC 8950 §4: AFI (2), SAFI (2), next hop's AFI (2) each. */
function decodeExtendedNextHop(bytes: Uint8Array, start: number, end: number) {
  return entries(CapabilityCode.extendedNextHop, 6, start, end, (at) => ({
    afi: uint16(bytes, at),
    safi: uint16(bytes, at + 2),
    nextHopAfi: uint16(bytes, at + 4),
  }));
}

/** RFC 4724 §3: flags (4 bits), restart time (12 bits); then AFI (2), SAFI (1), flags (1) each. */
function decodeGracefulRestart(bytes: Uint8Array, start: number, end: number): Capability {
  if (end - start < 2) throw wrongLength(CapabilityCode.gracefulRestart, end - start);
  const flags = bytes[start]!;
  return {
    kind: 'gracefulRestart',
    restarting: (flags & 0x80) !== 0,
    notification: (flags & 0x40) !== 0, // RFC 8538 §2
    restartTime: uint16(bytes, start) & 0x0fff,
    entries: entries(CapabilityCode.gracefulRestart, 4, start + 2, end, (at) => ({
      afi: uint16(bytes, at),
      safi: bytes[at + 2]!,
      forwarding: (bytes[at + 3]! & 0x80) !== 0,
    })),
  };
}

/** RFC 9494 §3.1: AFI (2), SAFI (1), flags (1), stale time (3) each. */
function decodeLongLivedGracefulRestart(bytes: Uint8Array, start: number, end: number): Capability {
  return {
    kind: 'longLivedGracefulRestart',
    entries: entries(CapabilityCode.longLivedGracefulRestart, 7, start, end, (at) => ({
      afi: uint16(bytes, at),
      safi: bytes[at + 2]!,
      forwarding: (bytes[at + 3]! & 0x80) !== 0,
      staleTime: (bytes[at + 4]! << 16) | uint16(bytes, at + 5),
    })),
  };
}

/** RFC 7911 §4: AFI (2), SAFI (1), send/receive (1) each; undefined: to be ignored. */
function decodeAddPath(bytes: Uint8Array, start: number, end: number): Capability | undefined {
  const families = entries(CapabilityCode.addPath, 4, start, end, (at) => ({
    afi: uint16(bytes, at),
    safi: bytes[at + 2]!,
    sendReceive: bytes[at + 3]!,
  }));
  // RFC 7911 §4: with any value but 1, 2 and 3 the capability is "treated as not understood".
  const understood = families.every(({ sendReceive }) => sendReceive >= 1 && sendReceive <= 3);
  return understood ? { kind: 'addPath', entries: families } : undefined;
}

/** Host name length (1), host name, domain name length (1), domain name. */
function decodeFqdn(bytes: Uint8Array, start: number, end: number): Capability | undefined {
  const hostEnd = lengthPrefixed(bytes, start, end);
  const domainEnd = hostEnd < 0 ? -1 : lengthPrefixed(bytes, hostEnd, end);
  if (domainEnd !== end) return undefined;
  return {
    kind: 'fqdn',
    host: decodeForeignText(bytes.subarray(start + 1, hostEnd)),
    domain: decodeForeignText(bytes.subarray(hostEnd + 1, domainEnd)),
  };
}

/** Length (1), version. */
function decodeSoftwareVersion(
  bytes: Uint8Array,
  start: number,
  end: number,
): Capability | undefined {
  if (lengthPrefixed(bytes, start, end) !== end) return undefined;
  return { kind: 'softwareVersion', version: decodeForeignText(bytes.subarray(start + 1, end)) };
}

/** Where the text ends whose length octet is at `at`; -1 when that is beyond `end`. */
function lengthPrefixed(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const textEnd = at + 1 + bytes[at]!;
  return textEnd > end ? -1 : textEnd;
}

function entries<T>(
  code: number,
  size: number,
  start: number,
  end: number,
  decode: (at: number) => T,
): T[] {
  if ((end - start) % size !== 0) throw wrongLength(code, end - start);
  const list: T[] = [];
  for (let at = start; at < end; at += size) list.push(decode(at));
  return list;
}

function wrongLength(code: number, length: number): RemoteError {
  return malformed(`capability ${code} cannot be ${length} octets long`);
}

/** RFC 4271 §6.2: recognised but malformed. */
function malformed(message: string): RemoteError {
  return new RemoteError(ErrorCode.openMessage, OpenSubcode.unspecific, new Uint8Array(0), message);
}

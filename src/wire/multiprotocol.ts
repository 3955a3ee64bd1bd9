/**
 * MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760) within an UPDATE whose attributes have been filed.
 * Whatever is incorrect about one of them resets the session, as the routes in it cannot be told.
 */

import { type Family, familyOf } from '../net/family.ts';
import { attributeRow, flagsConflict } from './attribute.ts';
import { AttributeCode } from './constants.ts';
import type { CodecContext } from './context.ts';
import { Fault } from './fault.ts';
import { checkNlri } from './nlri.ts';
import { uint16 } from './octets.ts';
import { type UpdateView, Verdict } from './update.ts';

/** Both, as far as they are there. */
export function locateMultiprotocol(
  bytes: Uint8Array,
  context: CodecContext,
  view: UpdateView,
): void {
  if (view.has(AttributeCode.mpReachNlri)) locateMpReach(bytes, context, view);
  if (view.has(AttributeCode.mpUnreachNlri)) locateMpUnreach(bytes, context, view);
}

export function isMultiprotocol(code: number): boolean {
  return code === AttributeCode.mpReachNlri || code === AttributeCode.mpUnreachNlri;
}

/**
 * RFC 4760 §3.
 *
 *   +---------+----------+-------------------+----------+--------------+------+
 *   | AFI (2) | SAFI (1) | Next Hop Len. (1) | Next Hop | Reserved (1) | NLRI |
 *   +---------+----------+-------------------+----------+--------------+------+
 */
function locateMpReach(bytes: Uint8Array, context: CodecContext, view: UpdateView): void {
  const code = AttributeCode.mpReachNlri;
  if (!checkMultiprotocol(bytes, code, 5, view)) return; // RFC 7606 §5.3
  const start = view.valueStart(code);
  const end = view.attributeEnd(code);
  const nextHopLength = bytes[start + 3]!;
  const nlriStart = start + 4 + nextHopLength + 1;
  view.mpReachStart = view.attributeStart(code);
  view.mpReachEnd = end;
  view.mpReachAfi = uint16(bytes, start);
  view.mpReachSafi = bytes[start + 2]!;
  const family = familyOf(view.mpReachAfi, view.mpReachSafi);
  // RFC 7606 §7.11: with a wrong next hop length the NLRI cannot be found reliably.
  if (nlriStart > end || (family && !isNextHopLength(family, nextHopLength, context))) {
    reset(Fault.mpNextHopLength, code, view);
    return;
  }
  view.mpReachNextHopStart = start + 4;
  view.mpReachNextHopLength = nextHopLength;
  view.mpReachNlriStart = nlriStart;
  view.mpReachNlriEnd = end;
  checkMpNlri(bytes, family, nlriStart, context, code, view);
}

/** IPv6: global, or global and link-local (RFC 2545 §3); for IPv4 where negotiated (RFC 8950 §3). */
function isNextHopLength(family: Family, length: number, context: CodecContext): boolean {
  if (family === 'ipv4' && length === 4) return true;
  const ipv6 = length === 16 || length === 32;
  return ipv6 && (family === 'ipv6' || context.extendedNextHop);
}

/** RFC 4760 §4: AFI (2), SAFI (1), withdrawn routes. */
function locateMpUnreach(bytes: Uint8Array, context: CodecContext, view: UpdateView): void {
  const code = AttributeCode.mpUnreachNlri;
  if (!checkMultiprotocol(bytes, code, 3, view)) return; // RFC 7606 §5.3
  const start = view.valueStart(code);
  view.mpUnreachStart = view.attributeStart(code);
  view.mpUnreachEnd = view.attributeEnd(code);
  view.mpUnreachAfi = uint16(bytes, start);
  view.mpUnreachSafi = bytes[start + 2]!;
  view.mpUnreachNlriStart = start + 3;
  view.mpUnreachNlriEnd = view.mpUnreachEnd;
  const family = familyOf(view.mpUnreachAfi, view.mpUnreachSafi);
  checkMpNlri(bytes, family, start + 3, context, code, view);
}

/** RFC 7606 §5.3: flags and the least length; false when the attribute is incorrect. */
function checkMultiprotocol(
  bytes: Uint8Array,
  code: number,
  least: number,
  view: UpdateView,
): boolean {
  const row = attributeRow(code);
  const flags = bytes[view.attributeStart(code)]!;
  if (row && flagsConflict(flags, row)) {
    reset(Fault.mpFlags, code, view);
    return false;
  }
  if (view.attributeEnd(code) - view.valueStart(code) < least) {
    reset(Fault.mpLength, code, view);
    return false;
  }
  return true;
}

function checkMpNlri(
  bytes: Uint8Array,
  family: Family | undefined,
  start: number,
  context: CodecContext,
  code: number,
  view: UpdateView,
): void {
  if (!family) return; // it is not known what its NLRI looks like
  const count = checkNlri(bytes, start, view.attributeEnd(code), family, context.addPath[family]);
  if (count < 0) reset(Fault.mpNlriSyntax, code, view);
}

function reset(fault: Fault, code: number, view: UpdateView): void {
  const start = view.attributeStart(code);
  view.report(Verdict.sessionReset, fault, code, start, view.attributeEnd(code));
}

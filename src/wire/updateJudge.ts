/**
 * Judges the attributes of a located UPDATE (RFC 4271 §6.3 as revised by RFC 7606): first what
 * depends on their octets and the context alone, then what they mean together with the routes.
 */

import { familyOf } from '../net/family.ts';
import { attributeRow, flagsConflict, lowestAttribute, onlyDiscards } from './attribute.ts';
import { AttributeCode } from './constants.ts';
import type { CodecContext } from './context.ts';
import { Fault } from './fault.ts';
import { type UpdateView, Verdict } from './update.ts';

const Code = AttributeCode;

/**
 * The values of the recognised attributes, except for the three that depend on the message. Those
 * that are discarded are no longer in `view` afterwards.
 */
export function judgeAttributes(bytes: Uint8Array, context: CodecContext, view: UpdateView): void {
  // In the order of their codes; a loop over all that might be there would take longer than judging.
  for (let left = view.recognised; left !== 0; left &= left - 1) {
    const attribute = lowestAttribute(left);
    const { code, judge } = attribute;
    if (!judge) continue;
    const start = view.attributeStart(code);
    const end = view.attributeEnd(code);
    if (flagsConflict(bytes[start]!, attribute)) {
      // RFC 7606 §3(c), and by §3(h) before anything milder that the attribute's own rules say.
      view.report(Verdict.treatAsWithdraw, Fault.flags, code, start, end);
      continue;
    }
    const fault = judge(bytes, view.valueStart(code), end, context);
    if (fault === Fault.none) continue;
    const verdict = onlyDiscards(fault) ? Verdict.attributeDiscard : attribute.malformed;
    view.report(verdict, fault, code, start, end);
    // RFC 6793 §6: of AS4_PATH, the confederation segments alone are left out; see `as4.ts`.
    if (fault === Fault.as4PathConfederation) continue;
    if (verdict === Verdict.attributeDiscard) view.discard(code);
  }
}

/** Mandatory attributes, next hops, and whether there is anything that could be withdrawn. */
export function judgeMessage(bytes: Uint8Array, view: UpdateView): void {
  const classic = view.nlriStart < view.nlriEnd;
  const multiprotocol = view.mpReachNlriStart < view.mpReachNlriEnd;
  if (classic || multiprotocol) {
    // RFC 7606 §3(d).
    if (!view.has(Code.origin)) reportMissing(Code.origin, view);
    if (!view.has(Code.asPath)) reportMissing(Code.asPath, view);
  }
  if (view.has(Code.nextHop)) judgeNextHop(bytes, classic, view);
  else if (classic) reportMissing(Code.nextHop, view);
  if (multiprotocol) judgeMpNextHop(bytes, view);
  // RFC 7606 §5.2: an attribute error, and no route announced that withdrawing could make up for.
  if (view.verdict === Verdict.treatAsWithdraw && !classic && !multiprotocol) view.escalate();
}

function reportMissing(code: number, view: UpdateView): void {
  const { attributesStart, attributesEnd } = view;
  view.report(Verdict.treatAsWithdraw, Fault.missing, code, attributesStart, attributesEnd);
}

function judgeNextHop(bytes: Uint8Array, classic: boolean, view: UpdateView): void {
  // RFC 4760 §3: beside MP_REACH_NLRI, with no NLRI of its own, it is ignored.
  if (!classic && view.has(Code.mpReachNlri)) return;
  const start = view.attributeStart(Code.nextHop);
  const end = view.attributeEnd(Code.nextHop);
  const fault = nextHopFault(bytes, view);
  if (fault !== Fault.none) {
    view.report(Verdict.treatAsWithdraw, fault, Code.nextHop, start, end);
    return;
  }
  view.nextHopStart = view.valueStart(Code.nextHop);
  view.nextHopLength = 4;
}

function nextHopFault(bytes: Uint8Array, view: UpdateView): Fault {
  const row = attributeRow(Code.nextHop);
  const start = view.valueStart(Code.nextHop);
  const flags = bytes[view.attributeStart(Code.nextHop)]!;
  if (row && flagsConflict(flags, row)) return Fault.flags; // RFC 7606 §3(c)
  if (view.attributeEnd(Code.nextHop) - start !== 4) return Fault.length; // RFC 7606 §7.3
  // RFC 4271 §6.3, RFC 7606 §3(e).
  return isIpv4Host(bytes, start) ? Fault.none : Fault.nextHop;
}

function judgeMpNextHop(bytes: Uint8Array, view: UpdateView): void {
  const start = view.mpReachNextHopStart;
  const length = view.mpReachNextHopLength;
  if (!familyOf(view.mpReachAfi, view.mpReachSafi)) return;
  if (length === 4 ? isIpv4Host(bytes, start) : isIpv6Host(bytes, start)) return;
  // RFC 2545 §3 wants a global address first; over a link without any, BIRD sends :: in its place.
  if (length === 32 && bytes[start] === 0 && isLinkLocal(bytes, start + 16)) return;
  const { mpReachStart, mpReachEnd } = view;
  view.report(Verdict.treatAsWithdraw, Fault.mpNextHop, Code.mpReachNlri, mpReachStart, mpReachEnd);
}

/**
 * RFC 4271 §6.3: "a valid IP host address". Not 0.0.0.0/8, multicast or beyond. Loopback is one,
 * inside of a host; whether to believe it is for policy to say.
 */
function isIpv4Host(bytes: Uint8Array, at: number): boolean {
  return bytes[at] !== 0 && bytes[at]! < 224;
}

/** Neither unspecified nor multicast. */
export function isIpv6Host(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0xff) return false;
  for (let i = at; i < at + 16; i++) {
    if (bytes[i] !== 0) return true;
  }
  return false;
}

/** fe80::/10. */
export function isLinkLocal(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && (bytes[at + 1]! & 0xc0) === 0x80;
}

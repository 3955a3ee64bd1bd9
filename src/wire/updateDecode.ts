/**
 * Finds the parts of an UPDATE and judges them (RFC 4271 §6.3 as revised by RFC 7606), in three
 * steps: `locateUpdate` reads lengths and headers, `judgeAttributes` the values, `judgeMessage`
 * what the parts mean together.
 *
 * The middle step depends on nothing but the octets of the attributes and the context, so whoever
 * has seen the same octets before may leave it out. NLRI is checked and not read: see `NlriCursor`.
 * Nothing is allocated and the work is linear in the length of the message.
 *
 * Where RFC 7606 leaves "session reset" or "AFI/SAFI disable" open, the session is reset.
 */

import { type Family, familyOf } from '../net/family.ts';
import { attributeBit } from './attribute.ts';
import { AttributeFlag, HEADER_LENGTH, MessageType } from './constants.ts';
import type { CodecContext } from './context.ts';
import { Fault } from './fault.ts';
import { badMessageLength, MIN_UPDATE_LENGTH } from './header.ts';
import { isMultiprotocol, locateMultiprotocol } from './multiprotocol.ts';
import { checkNlri } from './nlri.ts';
import { uint16 } from './octets.ts';
import { type UpdateView, Verdict } from './update.ts';
import { judgeAttributes, judgeMessage } from './updateJudge.ts';

/**
 * The message at `start..end`, header included, into `view`. Faults are in `view.verdict`; throws
 * RemoteError 1/2 only when the message is shorter than any UPDATE, which the framer never passes on.
 */
export function decodeUpdate(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
  view: UpdateView,
): void {
  locateUpdate(bytes, start, end, context, view);
  if (view.verdict === Verdict.sessionReset) return;
  judgeAttributes(bytes, context, view);
  judgeMessage(bytes, view);
}

/** Sections, attribute headers, MP_REACH_NLRI and MP_UNREACH_NLRI, the syntax of all NLRI. */
function locateUpdate(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
  view: UpdateView,
): void {
  if (end - start < MIN_UPDATE_LENGTH) throw badMessageLength(end - start, MessageType.update);
  view.begin(bytes);
  if (!locateSections(bytes, start, end, view)) {
    // RFC 7606 §3(b): unchanged from RFC 4271.
    view.report(Verdict.sessionReset, Fault.sectionsOverrun, 0, start, end);
    return;
  }
  fileAttributes(bytes, view);
  locateMultiprotocol(bytes, context, view);
  const addPath = context.addPath.ipv4;
  // RFC 7606 §3(i), §5.3: without every prefix, there is no telling what to withdraw.
  if (checkNlri(bytes, view.withdrawnStart, view.withdrawnEnd, 'ipv4', addPath) < 0) {
    view.report(Verdict.sessionReset, Fault.withdrawnSyntax, 0, start, end);
  }
  if (checkNlri(bytes, view.nlriStart, view.nlriEnd, 'ipv4', addPath) < 0) {
    view.report(Verdict.sessionReset, Fault.nlriSyntax, 0, start, end);
  }
  view.endOfRib = endOfRib(view, start, end);
}

/** False: the two length fields promise more than the message has. */
function locateSections(bytes: Uint8Array, start: number, end: number, view: UpdateView): boolean {
  const withdrawnStart = start + HEADER_LENGTH + 2;
  const withdrawnEnd = withdrawnStart + uint16(bytes, withdrawnStart - 2);
  const attributesStart = withdrawnEnd + 2;
  if (attributesStart > end) return false;
  const attributesEnd = attributesStart + uint16(bytes, withdrawnEnd);
  if (attributesEnd > end) return false;
  view.withdrawnStart = withdrawnStart;
  view.withdrawnEnd = withdrawnEnd;
  view.attributesStart = attributesStart;
  view.attributesEnd = attributesEnd;
  view.nlriStart = attributesEnd;
  view.nlriEnd = end;
  return true;
}

/**
 * Every attribute's place, by type code.
 *
 *   +-----------+---------------+-------------------------+-------------------+
 *   | Flags (1) | Type Code (1) | Length (1, extended: 2) | Value (Length)    |
 *   +-----------+---------------+-------------------------+-------------------+
 */
function fileAttributes(bytes: Uint8Array, view: UpdateView): void {
  const end = view.attributesEnd;
  let at = view.attributesStart;
  while (at < end) {
    const flags = bytes[at]!;
    const headerLength = flags & AttributeFlag.extendedLength ? 4 : 3;
    // The type code of a fragment may be missing too; 0 is no attribute's.
    const code = end - at > 1 ? bytes[at + 1]! : 0;
    if (end - at < headerLength) {
      reportCut(Fault.headerCut, code, at, view);
      return;
    }
    const valueStart = at + headerLength;
    const length = headerLength === 4 ? uint16(bytes, at + 2) : bytes[at + 2]!;
    const next = valueStart + length;
    if (next > end) {
      reportCut(Fault.overrun, code, at, view);
      return;
    }
    const bit = attributeBit(code);
    view.recognised |= bit;
    if (!view.file(code, at, valueStart, next)) reportDuplicate(code, at, next, view);
    // RFC 4271 §6.3, which RFC 7606 leaves as it is: an attribute that everybody has to know.
    else if (bit === 0 && (flags & AttributeFlag.optional) === 0) {
      view.report(Verdict.sessionReset, Fault.unrecognizedWellKnown, code, at, next);
    }
    at = next;
  }
}

/**
 * RFC 7606 §4: the attributes end in the middle of one. NLRI is found all the same, as long as it
 * is not inside of that one (§3(j)).
 */
function reportCut(fault: Fault, code: number, start: number, view: UpdateView): void {
  const verdict = isMultiprotocol(code) ? Verdict.sessionReset : Verdict.treatAsWithdraw;
  view.report(verdict, fault, code, start, view.attributesEnd);
}

/** RFC 7606 §3(g): the first one counts, except where it is not clear what is announced. */
function reportDuplicate(code: number, start: number, end: number, view: UpdateView): void {
  const verdict = isMultiprotocol(code) ? Verdict.sessionReset : Verdict.attributeDiscard;
  view.report(verdict, Fault.duplicate, code, start, end);
}

/** RFC 4724 §2: an empty UPDATE, or one with nothing but an MP_UNREACH_NLRI that withdraws nothing. */
function endOfRib(view: UpdateView, start: number, end: number): Family | undefined {
  if (end - start === MIN_UPDATE_LENGTH) return 'ipv4';
  const alone =
    view.withdrawnStart === view.withdrawnEnd &&
    view.nlriStart === view.nlriEnd &&
    view.mpUnreachStart === view.attributesStart &&
    view.mpUnreachEnd === view.attributesEnd;
  if (!alone || view.mpUnreachNlriStart !== view.mpUnreachNlriEnd) return undefined;
  return familyOf(view.mpUnreachAfi, view.mpUnreachSafi);
}

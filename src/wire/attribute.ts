/**
 * The path attributes that are recognised, a row each: what flags they must have, how their value
 * is judged, and what a malformed one does to its UPDATE (RFC 7606 §3 and §7, and the RFCs that
 * came with error handling of their own).
 *
 * Judges see the value only and answer with what is wrong with it. What depends on the rest of the
 * message is elsewhere: NEXT_HOP is judged in `updateJudge.ts`, MP_REACH_NLRI and MP_UNREACH_NLRI in
 * `multiprotocol.ts`.
 */

import { type AsWidth, judgeAsPath } from './asPath.ts';
import { AttributeCode, AttributeFlag, Origin, SegmentType } from './constants.ts';
import type { CodecContext } from './context.ts';
import { Fault } from './fault.ts';
import { uint16, uint32 } from './octets.ts';
import { Verdict } from './update.ts';

/** The value is at `start..end`. */
type Judge = (bytes: Uint8Array, start: number, end: number, context: CodecContext) => Fault;

interface AttributeRow {
  readonly code: number;
  /** What the Optional and Transitive bits must be. */
  readonly flags: number;
  readonly malformed: Verdict;
  readonly judge: Judge | undefined;
}

const WELL_KNOWN = AttributeFlag.transitive;
const OPTIONAL_TRANSITIVE = AttributeFlag.optional | AttributeFlag.transitive;
const OPTIONAL = AttributeFlag.optional;

const { attributeDiscard, treatAsWithdraw, sessionReset } = Verdict;
const Code = AttributeCode;

/** In the order of their codes. */
export const ATTRIBUTES: readonly AttributeRow[] = [
  row(Code.origin, WELL_KNOWN, treatAsWithdraw, judgeOrigin), // RFC 7606 §7.1
  row(Code.asPath, WELL_KNOWN, treatAsWithdraw, judgePath), // §7.2
  row(Code.nextHop, WELL_KNOWN, treatAsWithdraw, undefined), // §7.3
  row(Code.multiExitDisc, OPTIONAL, treatAsWithdraw, exactly(4)), // §7.4
  row(Code.localPref, WELL_KNOWN, treatAsWithdraw, internalOnly(exactly(4))), // §7.5
  row(Code.atomicAggregate, WELL_KNOWN, attributeDiscard, exactly(0)), // §7.6
  row(Code.aggregator, OPTIONAL_TRANSITIVE, attributeDiscard, judgeAggregator), // §7.7
  row(Code.communities, OPTIONAL_TRANSITIVE, treatAsWithdraw, multipleOf(4)), // §7.8
  row(Code.originatorId, OPTIONAL, treatAsWithdraw, internalOnly(exactly(4))), // §7.9
  row(Code.clusterList, OPTIONAL, treatAsWithdraw, internalOnly(multipleOf(4))), // §7.10
  row(Code.mpReachNlri, OPTIONAL, sessionReset, undefined), // §7.11
  row(Code.mpUnreachNlri, OPTIONAL, sessionReset, undefined), // §7.12
  row(Code.extendedCommunities, OPTIONAL_TRANSITIVE, treatAsWithdraw, multipleOf(8)), // §7.14
  row(Code.as4Path, OPTIONAL_TRANSITIVE, attributeDiscard, judgeAs4Path), // RFC 6793 §6
  row(Code.as4Aggregator, OPTIONAL_TRANSITIVE, attributeDiscard, judgeAs4Aggregator), // RFC 6793 §6
  row(Code.ipv6ExtendedCommunities, OPTIONAL_TRANSITIVE, treatAsWithdraw, multipleOf(20)), // §7.15
  row(Code.largeCommunities, OPTIONAL_TRANSITIVE, treatAsWithdraw, multipleOf(12)), // RFC 8092 §6
  row(Code.onlyToCustomer, OPTIONAL_TRANSITIVE, treatAsWithdraw, exactly(4)), // RFC 9234 §5
];

const BY_CODE: readonly (AttributeRow | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  ATTRIBUTES.find((attribute) => attribute.code === code),
);

/** By type code: the bit of the attribute's place in `ATTRIBUTES`; 0: not recognised. */
const BITS = Int32Array.from(BY_CODE, (attribute) =>
  attribute ? 1 << ATTRIBUTES.indexOf(attribute) : 0,
);

/** The bit that stands for the attribute in a set of them; 0: not recognised. */
export function attributeBit(code: number): number {
  return BITS[code]!;
}

/** The attribute of the lowest bit of such a set, which has one. */
export function lowestAttribute(bits: number): AttributeRow {
  return ATTRIBUTES[31 - Math.clz32(bits & -bits)]!;
}

/** Undefined: not recognised. */
export function attributeRow(code: number): AttributeRow | undefined {
  return BY_CODE[code];
}

function row(
  code: number,
  flags: number,
  malformed: Verdict,
  judge: Judge | undefined,
): AttributeRow {
  return { code, flags, malformed, judge };
}

/** RFC 7606 §3(c): the Partial bit is not among those that can be in conflict. */
export function flagsConflict(flags: number, attribute: AttributeRow): boolean {
  return ((flags ^ attribute.flags) & OPTIONAL_TRANSITIVE) !== 0;
}

/** What discards the attribute, however severe its other faults are. */
export function onlyDiscards(fault: Fault): boolean {
  return fault === Fault.fromExternal || fault === Fault.onFourOctetSession;
}

function exactly(length: number): Judge {
  return (_, start, end) => (end - start === length ? Fault.none : Fault.length);
}

/** RFC 7606 §4: no length of zero, unless the attribute is named there. */
function multipleOf(unit: number): Judge {
  return (_, start, end) => (end > start && (end - start) % unit === 0 ? Fault.none : Fault.length);
}

function internalOnly(judge: Judge): Judge {
  return (bytes, start, end, context) =>
    context.internal ? judge(bytes, start, end, context) : Fault.fromExternal;
}

function judgeOrigin(bytes: Uint8Array, start: number, end: number): Fault {
  if (end - start !== 1) return Fault.length;
  return bytes[start]! <= Origin.incomplete ? Fault.none : Fault.originValue;
}

function judgePath(bytes: Uint8Array, start: number, end: number, context: CodecContext): Fault {
  return judgeAsPath(bytes, start, end, asWidth(context), context.internal);
}

function judgeAggregator(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
): Fault {
  // RFC 6793 §4.2.3: an AS number and an IPv4 address.
  if (end - start !== asWidth(context) + 4) return Fault.length;
  const asn = context.fourOctetAs ? uint32(bytes, start) : uint16(bytes, start);
  return asn === 0 ? Fault.aggregatorAsZero : Fault.none; // RFC 7607 §2
}

function judgeAs4Path(bytes: Uint8Array, start: number, end: number, context: CodecContext): Fault {
  // RFC 6793 §4.1: such a neighbour must not send it, and it must be discarded.
  if (context.fourOctetAs) return Fault.onFourOctetSession;
  if (end - start < 6) return Fault.length; // RFC 6793 §6: one AS number at least
  const fault = judgeAsPath(bytes, start, end, 4, true);
  if (fault !== Fault.none) return fault;
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * 4) {
    if (bytes[at]! >= SegmentType.confedSequence) return Fault.as4PathConfederation;
  }
  return Fault.none;
}

function judgeAs4Aggregator(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
): Fault {
  if (context.fourOctetAs) return Fault.onFourOctetSession; // RFC 6793 §4.1
  if (end - start !== 8) return Fault.length;
  return uint32(bytes, start) === 0 ? Fault.aggregatorAsZero : Fault.none; // RFC 7607 §2
}

export function asWidth(context: CodecContext): AsWidth {
  return context.fourOctetAs ? 4 : 2;
}

/**
 * AS_PATH and AS4_PATH (RFC 4271 §4.3, RFC 5065 §3, RFC 6793 §3): a sequence of segments.
 *
 *   +-----------+------------+------------------------------+
 *   | Type (1)  | Count (1)  | Count AS numbers (2 or 4)    |
 *   +-----------+------------+------------------------------+
 *
 * `width` is the size of an AS number in octets: 4 in AS4_PATH and on sessions that negotiated it,
 * else 2. All functions but `judgeAsPath` expect a path that it found in order.
 */

import { AS_TRANS } from '../net/asn.ts';
import { SegmentType } from './constants.ts';
import { Fault } from './fault.ts';
import { putUint16, putUint32, uint16, uint32 } from './octets.ts';

export type AsWidth = 2 | 4;

/** The Count field has one octet. */
const MAX_SEGMENT = 255;

/**
 * The first thing wrong with the path, RFC 7606 §7.2. `confederation` allows the segments of
 * RFC 5065, of which nothing more is asked than their form.
 */
export function judgeAsPath(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: AsWidth,
  confederation: boolean,
): Fault {
  let at = start;
  while (at < end) {
    if (end - at < 2) return Fault.pathSegmentCut; // §7.2 "underrun"
    const type = bytes[at]!;
    const next = at + 2 + bytes[at + 1]! * width;
    if (type < SegmentType.asSet || type > SegmentType.confedSet) return Fault.pathSegmentType;
    if (next === at + 2) return Fault.pathSegmentEmpty;
    if (next > end) return Fault.pathSegmentOverrun;
    // RFC 5065 §5: not from a neighbour outside of the confederation.
    if (isConfederation(type) && !confederation) return Fault.pathConfederation;
    // RFC 7607 §2.
    if (hasAs(bytes, at + 2, next, width, 0)) return Fault.pathAsZero;
    at = next;
  }
  return Fault.none;
}

export function isConfederation(type: number): boolean {
  return type === SegmentType.confedSequence || type === SegmentType.confedSet;
}

function hasAs(bytes: Uint8Array, start: number, end: number, width: AsWidth, asn: number) {
  for (let at = start; at < end; at += width) {
    if (readAs(bytes, at, width) === asn) return true;
  }
  return false;
}

export function readAs(bytes: Uint8Array, at: number, width: AsWidth): number {
  return width === 4 ? uint32(bytes, at) : uint16(bytes, at);
}

/** Where the segment at `at` ends. */
export function segmentEnd(bytes: Uint8Array, at: number, width: AsWidth): number {
  return at + 2 + bytes[at + 1]! * width;
}

/** RFC 4271 §9.1.2.2(a): an AS_SET counts as 1; RFC 5065 §5.3: confederation segments as nothing. */
export function pathLength(bytes: Uint8Array, start: number, end: number, width: AsWidth): number {
  let length = 0;
  for (let at = start; at < end; at = segmentEnd(bytes, at, width)) {
    const type = bytes[at]!;
    if (type === SegmentType.asSequence) length += bytes[at + 1]!;
    else if (type === SegmentType.asSet) length += 1;
  }
  return length;
}

/**
 * The neighbouring AS: the leftmost of the path, confederation segments aside. 0, which no path in
 * order contains: the path is empty, or begins with a set.
 */
export function firstAs(bytes: Uint8Array, start: number, end: number, width: AsWidth): number {
  for (let at = start; at < end; at = segmentEnd(bytes, at, width)) {
    if (isConfederation(bytes[at]!)) continue;
    return bytes[at] === SegmentType.asSequence ? readAs(bytes, at + 2, width) : 0;
  }
  return 0;
}

/** RFC 6811 §2: the rightmost AS of the path; 0 when it is empty or does not end in a sequence. */
export function originAs(bytes: Uint8Array, start: number, end: number, width: AsWidth): number {
  let origin = 0;
  for (let at = start; at < end; at = segmentEnd(bytes, at, width)) {
    const last = segmentEnd(bytes, at, width) - width;
    origin = bytes[at] === SegmentType.asSequence ? readAs(bytes, last, width) : 0;
  }
  return origin;
}

/** Whether `asn` is anywhere in the path: RFC 4271 §9.1.2, loop detection. */
export function pathContains(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: AsWidth,
  asn: number,
): boolean {
  for (let at = start; at < end; at = segmentEnd(bytes, at, width)) {
    if (hasAs(bytes, at + 2, segmentEnd(bytes, at, width), width, asn)) return true;
  }
  return false;
}

/** Octets of one AS_SEQUENCE as `encodeAsPath` writes it. */
export function asPathOctets(count: number, width: AsWidth): number {
  return Math.ceil(count / MAX_SEGMENT) * 2 + count * width;
}

/**
 * Writes `asns`, nearest first, as AS_SEQUENCE; what does not fit two octets becomes AS_TRANS
 * (RFC 6793 §4.2.2). Returns the offset after it. More than 255 need several segments, and the
 * short one comes first, as if each AS in turn had prepended itself (RFC 4271 §5.1.2(b)).
 */
export function encodeAsPath(
  target: Uint8Array,
  offset: number,
  asns: readonly number[],
  width: AsWidth,
): number {
  let at = offset;
  let from = 0;
  while (from < asns.length) {
    const count = (asns.length - from) % MAX_SEGMENT || MAX_SEGMENT;
    target[at++] = SegmentType.asSequence;
    target[at++] = count;
    for (const asn of asns.slice(from, from + count)) at = writeAs(target, at, asn, width);
    from += count;
  }
  return at;
}

export function writeAs(target: Uint8Array, at: number, asn: number, width: AsWidth): number {
  if (width === 4) return putUint32(target, at, asn);
  return putUint16(target, at, asn > 0xffff ? AS_TRANS : asn);
}

/** RFC 6793 §4.2.2: a two-octet session needs AS4_PATH when AS_PATH cannot say it all. */
export function needsAs4Path(asns: readonly number[]): boolean {
  return asns.some((asn) => asn > 0xffff);
}

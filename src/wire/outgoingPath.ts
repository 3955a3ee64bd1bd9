/**
 * AS_PATH and AS4_PATH as they go out: a stored path, always with four-octet AS numbers here, with
 * our own AS in front of it and in the width that the receiver reads.
 */

import { type AsWidth, isConfederation, readAs, segmentEnd, writeAs } from './asPath.ts';
import { SegmentType } from './constants.ts';

/** The Count field has one octet. */
const MAX_SEGMENT = 255;

/** What comes before a path: `asn`, `count` times. Count 0: nothing, as to a neighbour in our AS. */
export interface Prepend {
  readonly asn: number;
  readonly count: number;
}

/**
 * Writes the path at `start..end` with our AS before it (RFC 4271 §5.1.2); returns the offset after
 * it. What does not fit two octets becomes AS_TRANS. Segments of a confederation that is not the
 * receiver's are left out (RFC 5065 §5.3), from AS4_PATH too (RFC 6793 §6).
 */
export function putPath(
  target: Uint8Array,
  offset: number,
  path: Uint8Array,
  start: number,
  end: number,
  { asn, count }: Prepend,
  width: AsWidth,
): number {
  let from = skipConfederation(path, start, end);
  let at = offset;
  if (count > 0) {
    const lead = from < end && path[from] === SegmentType.asSequence ? path[from + 1]! : 0;
    // §5.1.2: an AS that would overflow the first segment begins a new one.
    const joining = Math.min(count, MAX_SEGMENT - lead);
    if (joining < count) at = putRepeated(target, at, asn, count - joining, 0, width);
    at = putRepeated(target, at, asn, joining, lead, width);
    if (lead > 0) {
      at = putNumbers(target, at, path, from, width);
      from = skipConfederation(path, segmentEnd(path, from, 4), end);
    }
  }
  while (from < end) {
    target[at++] = path[from]!;
    target[at++] = path[from + 1]!;
    at = putNumbers(target, at, path, from, width);
    from = skipConfederation(path, segmentEnd(path, from, 4), end);
  }
  return at;
}

/** RFC 6793 §4.2.2: whether two-octet numbers cannot say this path. */
export function exceedsTwoOctets(
  path: Uint8Array,
  start: number,
  end: number,
  { asn, count }: Prepend,
): boolean {
  if (count > 0 && asn > 0xffff) return true;
  let at = skipConfederation(path, start, end);
  while (at < end) {
    const next = segmentEnd(path, at, 4);
    for (let number = at + 2; number < next; number += 4) {
      if (readAs(path, number, 4) > 0xffff) return true;
    }
    at = skipConfederation(path, next, end);
  }
  return false;
}

function skipConfederation(path: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isConfederation(path[at]!)) at = segmentEnd(path, at, 4);
  return at;
}

/** An AS_SEQUENCE with `asn` `count` times and room for `more` numbers that follow. */
function putRepeated(
  target: Uint8Array,
  offset: number,
  asn: number,
  count: number,
  more: number,
  width: AsWidth,
): number {
  let at = offset;
  target[at++] = SegmentType.asSequence;
  target[at++] = count + more;
  for (let i = 0; i < count; i++) at = writeAs(target, at, asn, width);
  return at;
}

/** The numbers of the segment at `segment`, without its header. */
function putNumbers(
  target: Uint8Array,
  offset: number,
  path: Uint8Array,
  segment: number,
  width: AsWidth,
): number {
  let at = offset;
  const end = segmentEnd(path, segment, 4);
  for (let from = segment + 2; from < end; from += 4) {
    at = writeAs(target, at, readAs(path, from, 4), width);
  }
  return at;
}

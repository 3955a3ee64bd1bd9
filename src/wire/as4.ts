/**
 * What a neighbour with two-octet AS numbers meant (RFC 6793 §4.2.3): AS_PATH, whose large numbers
 * are AS_TRANS, put together with the AS4_PATH that came through it untouched.
 *
 *   AS_PATH    64496  23456  23456  64511        the whole way, nearest first
 *   AS4_PATH                 65536  64511        the part before the first two-octet speaker
 *   result     64496  23456  65536  64511
 */

import { AS_TRANS } from '../net/asn.ts';
import { isConfederation, pathLength, readAs, segmentEnd } from './asPath.ts';
import { AttributeCode, SegmentType } from './constants.ts';
import type { CodecContext } from './context.ts';
import { putUint32, uint16 } from './octets.ts';
import type { UpdateView } from './update.ts';

/** Where attributes are: an UPDATE's, or a stored set's. */
export type LocatedAttributes = Pick<UpdateView, 'has' | 'valueStart' | 'attributeEnd'>;

/**
 * The path of an UPDATE that is to be used, always with four-octet AS numbers; undefined without
 * AS_PATH. Valid as long as `bytes` is.
 */
export function effectiveAsPath(
  bytes: Uint8Array,
  view: LocatedAttributes,
  context: Pick<CodecContext, 'fourOctetAs'>,
): Uint8Array | undefined {
  if (!view.has(AttributeCode.asPath)) return undefined;
  const start = view.valueStart(AttributeCode.asPath);
  const end = view.attributeEnd(AttributeCode.asPath);
  if (context.fourOctetAs) return bytes.subarray(start, end);
  if (!view.has(AttributeCode.as4Path) || !heedsAs4(bytes, view)) {
    return widenAsPath(bytes, start, end);
  }
  const as4Start = view.valueStart(AttributeCode.as4Path);
  const as4End = view.attributeEnd(AttributeCode.as4Path);
  return mergeAs4Path(bytes, start, end, as4Start, as4End);
}

/**
 * The code of the attribute that says who aggregated, AGGREGATOR or AS4_AGGREGATOR, or undefined
 * when the UPDATE does not say.
 */
export function effectiveAggregator(
  bytes: Uint8Array,
  view: LocatedAttributes,
  context: Pick<CodecContext, 'fourOctetAs'>,
): number | undefined {
  if (!view.has(AttributeCode.aggregator)) return undefined;
  const fromAs4 =
    !context.fourOctetAs && view.has(AttributeCode.as4Aggregator) && heedsAs4(bytes, view);
  return fromAs4 ? AttributeCode.as4Aggregator : AttributeCode.aggregator;
}

/**
 * False: a two-octet speaker has aggregated since, so that both AS4_PATH and AS4_AGGREGATOR are
 * about routes that this one replaced.
 */
function heedsAs4(bytes: Uint8Array, view: LocatedAttributes): boolean {
  if (!view.has(AttributeCode.aggregator) || !view.has(AttributeCode.as4Aggregator)) return true;
  return uint16(bytes, view.valueStart(AttributeCode.aggregator)) === AS_TRANS;
}

/** A two-octet path with four octets for each AS number. */
function widenAsPath(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const path = new PathWriter((end - start) * 2);
  for (let at = start; at < end; at = segmentEnd(bytes, at, 2)) {
    path.copy(bytes, at, bytes[at + 1]!, 2);
  }
  return path.octets();
}

/**
 * As much of AS_PATH's front as AS4_PATH is shorter by, then AS4_PATH; AS_PATH alone when it is
 * the shorter one. Both are judged; the result has four-octet AS numbers.
 */
function mergeAs4Path(
  bytes: Uint8Array,
  start: number,
  end: number,
  as4Start: number,
  as4End: number,
): Uint8Array {
  const surplus = pathLength(bytes, start, end, 2) - pathLength(bytes, as4Start, as4End, 4);
  if (surplus < 0) return widenAsPath(bytes, start, end);
  const path = new PathWriter((end - start) * 2 + as4End - as4Start);
  takeFront(path, bytes, start, end, surplus);
  for (let at = as4Start; at < as4End; at = segmentEnd(bytes, at, 4)) {
    // RFC 6793 §6: confederation segments have no place in AS4_PATH and are left out.
    if (!isConfederation(bytes[at]!)) path.copy(bytes, at, bytes[at + 1]!, 4);
  }
  return path.octets();
}

/**
 * Segments worth `length`, the last one cut if need be. Confederation segments are worth nothing
 * and go along while they lead the path or follow a segment that was taken whole.
 */
function takeFront(
  path: PathWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
  length: number,
): void {
  let left = length;
  for (let at = start; at < end; at = segmentEnd(bytes, at, 2)) {
    const count = bytes[at + 1]!;
    if (isConfederation(bytes[at]!)) {
      path.copy(bytes, at, count, 2);
      continue;
    }
    if (left === 0) return;
    const worth = bytes[at] === SegmentType.asSet ? 1 : count;
    path.copy(bytes, at, worth <= left ? count : left, 2);
    if (worth > left) return;
    left -= worth;
  }
}

class PathWriter {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(capacity: number) {
    this.#octets = new Uint8Array(capacity);
  }

  /** The first `count` AS numbers of the segment at `at`. */
  copy(bytes: Uint8Array, at: number, count: number, width: 2 | 4): void {
    this.#octets[this.#at++] = bytes[at]!;
    this.#octets[this.#at++] = count;
    for (let i = 0; i < count; i++) {
      this.#at = putUint32(this.#octets, this.#at, readAs(bytes, at + 2 + i * width, width));
    }
  }

  octets(): Uint8Array {
    return this.#octets.subarray(0, this.#at);
  }
}

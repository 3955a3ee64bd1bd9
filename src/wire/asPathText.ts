/** AS paths for people and for JSON. */

import { type AsWidth, readAs, segmentEnd } from './asPath.ts';
import { SegmentType } from './constants.ts';

/** The AS numbers of sequences stand for themselves; nearest first. */
export type AsPathElement =
  | number
  | { readonly set: readonly number[] }
  | { readonly confedSequence: readonly number[] }
  | { readonly confedSet: readonly number[] };

/** The path at `start..end`, which `judgeAsPath` found in order. */
export function readAsPath(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: AsWidth,
): AsPathElement[] {
  const path: AsPathElement[] = [];
  for (let at = start; at < end; at = segmentEnd(bytes, at, width)) {
    const asns: number[] = [];
    for (let n = at + 2; n < segmentEnd(bytes, at, width); n += width) {
      asns.push(readAs(bytes, n, width));
    }
    switch (bytes[at]) {
      case SegmentType.asSet:
        path.push({ set: asns });
        break;
      case SegmentType.confedSequence:
        path.push({ confedSequence: asns });
        break;
      case SegmentType.confedSet:
        path.push({ confedSet: asns });
        break;
      default:
        path.push(...asns);
    }
  }
  return path;
}

/** `64500 64496 {64497 64498} (65001 65002) [65003]`: sets in braces, confederations in the others. */
export function formatAsPath(path: readonly AsPathElement[]): string {
  return path.map(formatElement).join(' ');
}

function formatElement(element: AsPathElement): string {
  if (typeof element === 'number') return String(element);
  if ('set' in element) return `{${element.set.join(' ')}}`;
  if ('confedSequence' in element) return `(${element.confedSequence.join(' ')})`;
  return `[${element.confedSet.join(' ')}]`;
}

/** Pieces of the block memory, as `blockMemory.ts`, `freePieces.ts` and `sizeClass.ts` have them. */

import {
  at,
  memoryState,
  pieceStarts,
  pieceUnits,
  pieces,
  piecesFilled,
  wordCount,
} from './memory';
import {
  CLASSES,
  classWithin,
  empty,
  FILLED_OCTETS,
  fill,
  filledFrom,
  sizeClassOf,
  unitsOf,
} from './sizeClass';

/**
 * Free pieces are joined when they are this part of all, and the memory is so large, in words, and has
 * grown by a twentieth since that was done last: more often than `blockMemory.ts` does it, as it costs less here.
 */
const FREE_SHARE: u32 = 32;
const JOIN_FROM: u32 = 1 << 16;
const JOIN_GROWTH: f64 = 1.05;

/** A piece for `count` words; 0: only TypeScript can make room, and nothing has changed. */
export function allocate(count: u32): u32 {
  const sizeClass = sizeClassOf((count + 1) >> 1);
  const size = unitsOf(sizeClass) << 1;
  let piece = take(sizeClass);
  if (piece == 0) {
    const top = load<u32>(memoryState);
    if (top + size > wordCount) return 0;
    const wasteful = load<u32>(pieceUnits) * 2 * FREE_SHARE >= top;
    if (wasteful && top >= load<u32>(memoryState, 8)) {
      join(top);
      piece = take(sizeClass);
    }
  }
  if (piece == 0) {
    const top = load<u32>(memoryState);
    piece = top;
    store<u32>(memoryState, top + size);
    if (top + size > load<u32>(memoryState, 4)) store<u32>(memoryState, top + size, 4);
  }
  store<u32>(memoryState, load<u32>(memoryState, 12) + size, 12);
  return piece;
}

export function release(piece: u32, sizeClass: u32): void {
  const units = unitsOf(sizeClass);
  put(piece, units);
  store<u32>(memoryState, load<u32>(memoryState, 12) - (units << 1), 12);
}

function put(piece: u32, units: u32): void {
  const sizeClass = classWithin(units);
  const first = pieces + (sizeClass << 2);
  store<u32>(at(piece), load<u32>(first));
  store<u32>(at(piece), units, 4);
  store<u32>(first, piece);
  fill(piecesFilled, sizeClass);
  const starts = startsWord(piece);
  store<u32>(starts, load<u32>(starts) | (1 << ((piece >> 1) & 31)));
  store<u32>(pieceUnits, load<u32>(pieceUnits) + units);
}

/** Of the class, or split off the smallest that is larger; 0: there is none. */
function take(sizeClass: u32): u32 {
  let found = sizeClass;
  if (load<u32>(pieces + (found << 2)) == 0) {
    found = filledFrom(piecesFilled, sizeClass);
    if (found == 0) return 0;
  }
  const first = pieces + (found << 2);
  const piece = load<u32>(first);
  const next = load<u32>(at(piece));
  store<u32>(first, next);
  if (next == 0) empty(piecesFilled, found);
  const size = load<u32>(at(piece), 4);
  const units = unitsOf(sizeClass);
  const starts = startsWord(piece);
  store<u32>(starts, load<u32>(starts) & ~(1 << ((piece >> 1) & 31)));
  store<u32>(pieceUnits, load<u32>(pieceUnits) - size);
  if (size > units) put(piece + (units << 1), size - units);
  return piece;
}

/** The word with the bit that says whether a free piece begins here. */
function startsWord(piece: u32): u32 {
  return pieceStarts + ((piece >> 6) << 2);
}

/** Makes pieces that lie side by side one, and lowers the top to where the last one begins if it ends there. */
function join(top: u32): void {
  memory.fill(pieces, 0, CLASSES << 2);
  memory.fill(piecesFilled, 0, FILLED_OCTETS);
  store<u32>(pieceUnits, 0);
  let start: u32 = 0;
  let end: u32 = 0;
  for (let index: u32 = 0; index <= top >> 6; index++) {
    const word = pieceStarts + (index << 2);
    let bits = load<u32>(word);
    while (bits != 0) {
      const piece = ((index << 5) + ctz<u32>(bits)) << 1;
      if (piece != end) {
        if (end > start) put(start, (end - start) >> 1);
        start = piece;
      }
      // All that `put` writes lies before this piece.
      end = piece + (load<u32>(at(piece), 4) << 1);
      store<u32>(word, load<u32>(word) & ~(bits & -bits));
      bits &= bits - 1;
    }
  }
  const joined = end == top && end > start ? start : top;
  if (joined == top && end > start) put(start, (end - start) >> 1);
  store<u32>(memoryState, joined);
  store<u32>(memoryState, max<u32>(JOIN_FROM, <u32>(<f64>joined * JOIN_GROWTH)), 8);
}

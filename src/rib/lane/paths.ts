/**
 * A path of the neighbour put in where nothing about it is hard: see `setPath` in `routeTable.ts`, whose
 * easy cases these are. Nobody is told of changes here, so that there is none in a queue.
 */

import { addColumn, meritAt, slotOf, stateAt } from './blocks';
import { alone, counts, live, rank } from './memory';
import { column } from './peer';
import { addReference, dropReference, INTRICATE, merit, references } from './sets';
import { link } from './stores';

const BEST_MASK: u32 = 0xff;
const BARE: u32 = 1 << 8;
const REASON_MASK: u32 = 31;
/** A path without its generation. */
const ROUTE_MASK: u32 = ~(3 << 6);
const ATTRIBUTES_SHIFT: u32 = 8;
const MERIT_MASK: u32 = 0x1_ffff;

export function isEligible(path: u32): bool {
  return path != 0 && (path & REASON_MASK) == 0;
}

/** Makes `path` the neighbour's at the found row. False: it is not easy, and no path has changed. */
export function setPath(path: u32, family: u32): bool {
  let slot = slotOf(column);
  if (slot < 0) {
    if (!addColumn(link, column)) return false;
    slot = slotOf(column);
  }
  const state = stateAt();
  const word = meritAt();
  const place = word + 4 + (slot << 2);
  const old = load<u32>(place);
  if (old == path) return true;
  if (old != 0 && ((old ^ path) & ROUTE_MASK) == 0) {
    store<u32>(place, path);
    return true;
  }
  const before = old >> ATTRIBUTES_SHIFT;
  const after = path >> ATTRIBUTES_SHIFT;
  if (before != after && before != 0 && references(before) == 1) return false;
  if ((load<u32>(state) & BARE) != 0) return false;
  const next = bestAfter(state, word, old, path);
  if (next == HARD) return false;
  store<u32>(place, path);
  const is: i32 = isEligible(path) ? 1 : 0;
  const was: i32 = isEligible(old) ? 1 : 0;
  if (old == 0) count(column, family, RECEIVED, 1);
  count(column, family, ACCEPTED, is - was);
  if (next != SAME) setBest(state, word, next, path, family);
  if (before != after) {
    if (before != 0) dropReference(before);
    addReference(after);
  }
  return true;
}

/** What `bestAfter` says beside a column + 1. */
const HARD: u32 = 0x100;
const SAME: u32 = 0x101;

/** Whose path is the best of the row when the neighbour's is no longer `old` but `path`. */
function bestAfter(state: u32, word: u32, old: u32, path: u32): u32 {
  const best = load<u32>(state) & BEST_MASK;
  const is = isEligible(path);
  if (!is && !isEligible(old)) return SAME;
  if (best == 0) return is ? column + 1 : SAME;
  if (best == column + 1) {
    if (!is) return HARD;
    const own = merit(path);
    const before = merit(old);
    return own != INTRICATE && before != INTRICATE && own < before ? best : HARD;
  }
  if (load<u8>(live + best - 1) == 0) return HARD;
  const isAlone = load<u8>(alone + column) != 0;
  if (isEligible(old) && !isAlone) return HARD;
  if (!is) return SAME;
  const theirs = load<u32>(word) & MERIT_MASK;
  const own = merit(path);
  if (own == INTRICATE || theirs == INTRICATE) return HARD;
  if (own != theirs) return own < theirs ? column + 1 : SAME;
  if (!isAlone || load<u8>(alone + best - 1) == 0) return HARD;
  return rankOf(column) < rankOf(best - 1) ? column + 1 : SAME;
}

function setBest(state: u32, word: u32, next: u32, path: u32, family: u32): void {
  const best = load<u32>(state) & BEST_MASK;
  if (best != next) {
    if (best != 0) count(best - 1, family, BEST, -1);
    count(next - 1, family, BEST, 1);
  }
  store<u32>(state, (load<u32>(state) & ~BEST_MASK) | next);
  store<u32>(word, (load<u32>(word) & ~MERIT_MASK) | merit(path));
}

function rankOf(whose: u32): i32 {
  return load<i32>(rank + (whose << 2));
}

const RECEIVED: u32 = 0;
const ACCEPTED: u32 = 1;
const BEST: u32 = 2;

function count(whose: u32, family: u32, what: u32, change: i32): void {
  const place = counts + ((((whose << 1) + family) << 2) << 2) + (what << 2);
  store<i32>(place, load<i32>(place) + change);
}

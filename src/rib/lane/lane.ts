/**
 * The fast lane of the RIB: UPDATEs that announce what is easy to take in. A set of attributes is known
 * by its octets, or is a new one that has nothing unusual about it; whatever is not easy is left to
 * TypeScript, a prefix (`settle`, `judge`) or an UPDATE at a time.
 *
 *   take ─► group ─► sets.find ───────────► prefixes ─► stores.place ─► paths.setPath
 *                        │                      ▲            │                │
 *                  reading ─► sets.add ─────────┤            │                │
 *                        │                      │            │                │
 *     TypeScript:     judges, interns ──────────┘         settles          settles
 */

import { firstBits, NARROW_LENGTH } from './bits';
import { fenceOf, forget, HARD, IPV4, IPV6, look, rowOf } from './group';
import {
  attributeClass,
  ipv4Generation,
  ipv6Generation,
  meet,
  takesIpv4,
  takesIpv6,
  takesSet,
} from './peer';
import { isEligible, setPath } from './paths';
import * as reading from './reading';
import { add, facts, find, neighbourAs } from './sets';
import { placeIpv4, placeIpv6 } from './stores';

export { bind } from './memory';

/** Puts the prefix in with this path, whatever it takes. */
declare function settle(
  family: u32,
  word0: u32,
  word1: u32,
  word2: u32,
  word3: u32,
  length: u32,
  path: u32,
): void;

/** The reason that the prefix is refused for, 0: none. */
declare function judge(
  family: u32,
  word0: u32,
  word1: u32,
  word2: u32,
  word3: u32,
  length: u32,
  path: u32,
): u32;

/** A prefix that is none of the group's. */
const UNKNOWN: u32 = 0x8000_0000;

let windowEnd: u32 = 0;
let count: u32 = 0;
/** Of the UPDATE at hand. */
let set: u32 = 0;

/** The attribute set whose prefixes were put in last, perhaps none yet if that was broken off. */
export function lastSet(): u32 {
  return set;
}

/** UPDATEs that the last `take` took in. */
export function taken(): u32 {
  return count;
}

/** Octets up to here have come from the neighbour that was written down. */
export function arrive(end: u32): void {
  windowEnd = end;
  forget();
  meet();
}

/** Takes in UPDATEs from here on, and returns where it stopped. */
export function take(start: u32): u32 {
  count = 0;
  meet();
  let from = start;
  for (let update = look(from, windowEnd); update != 0; update = look(from, windowEnd)) {
    const family = load<u32>(update, 20);
    if (family == HARD) return from;
    set = setOf(load<u32>(update, 16), load<u32>(update, 8), load<u32>(update, 12));
    if (set == 0) return from;
    const generation = family == IPV4 ? ipv4Generation : ipv6Generation;
    const path = (set << 8) | generation;
    announceGroup(
      family,
      load<u32>(update, 24),
      load<u32>(update, 28),
      path,
      load<u32>(update, 32),
    );
    count++;
    from = load<u32>(update, 4);
  }
  return from;
}

/** The id of the set, accepted whatever its prefixes; 0: TypeScript has to look at it. */
function setOf(hash: u32, start: u32, end: u32): u32 {
  const id = find(hash, start, end, attributeClass);
  if (id != 0) return takesSet(facts(id), neighbourAs(id)) ? id : 0;
  if (!reading.readSet(start, end)) return 0;
  return takesSet(reading.facts, reading.neighbourAs) ? add(hash, start, end) : 0;
}

/** The prefixes at `start..end`, well formed, have this path but for what their own reasons may be. */
export function announce(family: u32, start: u32, end: u32, path: u32): void {
  announceGroup(family, start, end, path, UNKNOWN);
}

/** `first`: which of the group's prefixes the first one is. */
function announceGroup(family: u32, start: u32, end: u32, path: u32, first: u32): void {
  if (family == IPV4) announceIpv4(start, end, path, first);
  else announceIpv6(start, end, path, first);
}

function announceIpv4(start: u32, end: u32, path: u32, first: u32): void {
  const refused = !isEligible(path);
  let prefix = first;
  for (let from = start; from < end; prefix++) {
    const length: u32 = load<u8>(from);
    const word0 = firstBits(bswap<u32>(load<u32>(from, 1)), length);
    from += 1 + ((length + 7) >> 3);
    let own = path;
    if (!refused && !takesIpv4(word0, length)) own |= judge(IPV4, word0, 0, 0, 0, length, path);
    const isSet = placeIpv4(word0, length, rowOf(prefix)) && setPath(own, IPV4);
    if (!isSet) settle(IPV4, word0, 0, 0, 0, length, own);
  }
}

function announceIpv6(start: u32, end: u32, path: u32, first: u32): void {
  const refused = !isEligible(path);
  let prefix = first;
  for (let from = start; from < end; prefix++) {
    const length: u32 = load<u8>(from);
    const word0 = firstBits(bswap<u32>(load<u32>(from, 1)), length);
    const word1 = firstBits(bswap<u32>(load<u32>(from, 5)), <i32>length - 32);
    const word2 = firstBits(bswap<u32>(load<u32>(from, 9)), <i32>length - 64);
    const word3 = firstBits(bswap<u32>(load<u32>(from, 13)), <i32>length - 96);
    from += 1 + ((length + 7) >> 3);
    let own = path;
    if (!refused && !takesIpv6(word0, length)) {
      own |= judge(IPV6, word0, word1, word2, word3, length, path);
    }
    const isPlaced =
      length <= NARROW_LENGTH && placeIpv6(word0, word1, length, fenceOf(prefix), rowOf(prefix));
    const isSet = isPlaced && setPath(own, IPV6);
    if (!isSet) settle(IPV6, word0, word1, word2, word3, length, own);
  }
}

/**
 * UPDATEs looked at together before any of them is taken in, so that their waiting for memory is
 * shared: see `lookahead.ts`, and there for the sizes.
 *
 *   updates   start, end, attributes' start and end, hash, family, routes' start and end,
 *             which of the prefixes is its first                                            [update]
 *   prefixes  block, IPv6: which one of the store that is, row, address (2), length        [prefix]
 *
 * The attributes are as `contents.ts` makes them: where they are if that is so, or put together in
 * the scratch memory. What has anything unusual about it is `HARD`, and TypeScript looks at it.
 */

import { firstBits, NARROW_LENGTH } from './bits';
import { copyLoosely } from './copy';
import { at, group, scratch } from './memory';
import { attributeClass, families, longestMessage } from './peer';
import { entryAt, hashOf, idIn, slotAt } from './sets';
import { meritAt } from './blocks';
import { blockOfIpv4, blockOfIpv6, fence, hasFences, rowInIpv4, rowInIpv6 } from './stores';

export const IPV4: u32 = 0;
export const IPV6: u32 = 1;
export const HARD: u32 = 2;

const UPDATES: u32 = 64;
const PREFIXES: u32 = 256;
const UPDATE_OCTETS: u32 = 36;
const FIRST_PREFIX: u32 = UPDATES * UPDATE_OCTETS;
const PREFIX_OCTETS: u32 = 24;
/** The last UPDATE of a group may have more than are looked at. */
const LOOKED_AT: u32 = 2 * PREFIXES;
/** The fence or the row of a prefix that was not looked at: beyond all. */
const UNKNOWN: u32 = -1;

const HEADER: u32 = 19;
const LEAST: u32 = 23;
const UPDATE: u32 = 2;
const ALL_ONES: u64 = 0xffff_ffff_ffff_ffff;

const EXTENDED: u32 = 0x10;
/** Optional and Transitive. */
const KIND: u32 = 0xc0;
const OPTIONAL: u32 = 0x80;
const NEXT_HOP: u32 = 3;
const MP_REACH: u32 = 14;
const MP_UNREACH: u32 = 15;

let count: u32 = 0;
let prefixes: u32 = 0;
let next: u32 = 0;
let scratchAt: u32 = 0;
/** What was read, kept so that no compiler finds the reads useless. */
let read: u32 = 0;

/** Octets come that are none of those that were looked at. */
export function forget(): void {
  count = next = 0;
}

/** Where it is said of the UPDATE at `from` what it is; 0: there is none. `end`: of all that came. */
export function look(from: u32, end: u32): u32 {
  while (next < count && load<u32>(updateAt(next)) < from) next++;
  if (next == count) collect(from, end);
  if (next == count || load<u32>(updateAt(next)) != from) return 0;
  return updateAt(next);
}

function updateAt(index: u32): u32 {
  return group + index * UPDATE_OCTETS;
}

function collect(start: u32, end: u32): void {
  count = next = prefixes = 0;
  scratchAt = scratch;
  let from = start;
  while (count < UPDATES && prefixes < PREFIXES && from + LEAST <= end) {
    const length = uint16(from + 16);
    const after = from + length;
    const marked = load<u64>(from) == ALL_ONES && load<u64>(from, 8) == ALL_ONES;
    if (!marked || <u32>load<u8>(from, 18) != UPDATE || after > end) break;
    if (length < LEAST || length > longestMessage) break;
    file(from, after);
    from = after;
  }
  fetch();
}

function file(from: u32, after: u32): void {
  const update = updateAt(count++);
  store<u32>(update, from);
  store<u32>(update, after, 4);
  store<u32>(update, HARD, 20);
  store<u32>(update, prefixes, 32);
  const attributes = from + LEAST;
  if (uint16(from + HEADER) != 0) return;
  const end = attributes + uint16(from + 21);
  if (end > after || end == attributes) return;
  const family =
    end < after ? classic(update, attributes, end) : multiprotocol(update, attributes, end);
  if (end < after) {
    store<u32>(update, end, 24);
    store<u32>(update, after, 28);
  }
  if (family == HARD || ((families >> family) & 1) == 0) return;
  if (!list(family, load<u32>(update, 24), load<u32>(update, 28))) return;
  const hash = hashOf(load<u32>(update, 8), load<u32>(update, 12), attributeClass);
  store<u32>(update, hash, 16);
  store<u32>(update, family, 20);
}

/** Routes in the NLRI field: the attributes are the set, if neither is of those with routes. */
function classic(update: u32, start: u32, end: u32): u32 {
  let from = start;
  while (from + 3 <= end) {
    const code: u32 = load<u8>(from, 1);
    if (code == MP_REACH || code == MP_UNREACH) return HARD;
    from = valueAt(from) + lengthAt(from);
  }
  if (from != end) return HARD;
  store<u32>(update, start, 8);
  store<u32>(update, end, 12);
  return IPV4;
}

/** Routes in MP_REACH_NLRI: the set is put together without them. */
function multiprotocol(update: u32, start: u32, end: u32): u32 {
  let reached = false;
  let to = scratchAt;
  let from = start;
  while (from + 3 <= end) {
    const code: u32 = load<u8>(from, 1);
    const value = valueAt(from);
    const after = value + lengthAt(from);
    // RFC 4760 §3: NEXT_HOP is ignored here; whether it is well formed is judged all the same.
    if (after > end || code == MP_UNREACH || code == NEXT_HOP) return HARD;
    if (code == MP_REACH) {
      if (reached || (load<u8>(from) & KIND) != OPTIONAL || !locate(update, value, after))
        return HARD;
      reached = true;
      const kept = 4 + <u32>load<u8>(value, 3);
      store<u8>(to, OPTIONAL);
      store<u8>(to, MP_REACH, 1);
      store<u8>(to, kept, 2);
      copyLoosely(to + 3, value, kept);
      to += 3 + kept;
    } else {
      copyLoosely(to, from, after - from);
      to += after - from;
    }
    from = after;
  }
  if (from != end || !reached) return HARD;
  store<u32>(update, scratchAt, 8);
  store<u32>(update, to, 12);
  // Words are read from it; what comes before the attributes in a message is longer than that.
  scratchAt = to + 8;
  return IPV6;
}

/** IPv6 unicast with a next hop of one or two addresses, and routes (RFC 4760 §3, RFC 2545 §3). */
function locate(update: u32, value: u32, end: u32): bool {
  if (end - value < 5 || uint16(value) != 2 || load<u8>(value, 2) != 1) return false;
  const nextHop: u32 = load<u8>(value, 3);
  const routes = value + 4 + nextHop + 1;
  if ((nextHop != 16 && nextHop != 32) || routes >= end) return false;
  store<u32>(update, routes, 24);
  store<u32>(update, end, 28);
  return true;
}

/** The blocks of the prefixes; false: they are not well formed. */
function list(family: u32, start: u32, end: u32): bool {
  const longest: u32 = family == IPV4 ? 32 : 128;
  for (let from = start; from < end; ) {
    const length: u32 = load<u8>(from);
    const after = from + 1 + ((length + 7) >> 3);
    if (length > longest || after > end) return false;
    if (prefixes < LOOKED_AT) note(prefixAt(prefixes++), family, from + 1, length);
    from = after;
  }
  return true;
}

/** Where a prefix will be looked for. */
function note(place: u32, family: u32, octets: u32, length: u32): void {
  const word0 = firstBits(bswap<u32>(load<u32>(octets)), length);
  const word1 = firstBits(bswap<u32>(load<u32>(octets, 4)), <i32>length - 32);
  let block: u32 = 0;
  if (family == IPV4) block = blockOfIpv4(word0);
  else if (length <= NARROW_LENGTH && hasFences())
    block = blockOfIpv6(((<u64>word0) << 32) | word1);
  store<u32>(place, block);
  store<u32>(place, family == IPV4 ? UNKNOWN : fence, 4);
  store<u32>(place, UNKNOWN, 8);
  store<u32>(place, word0, 12);
  store<u32>(place, word1, 16);
  store<u32>(place, length, 20);
}

function prefixAt(index: u32): u32 {
  return group + FIRST_PREFIX + index * PREFIX_OCTETS;
}

/** The fence that was found for the prefix of this number. */
export function fenceOf(prefix: u32): u32 {
  return prefix < prefixes ? load<u32>(prefixAt(prefix), 4) : UNKNOWN;
}

/** The row. */
export function rowOf(prefix: u32): u32 {
  return prefix < prefixes ? load<u32>(prefixAt(prefix), 8) : UNKNOWN;
}

/** Short loops of their own: a processor waits for as many reads as it can foresee. */
function fetch(): void {
  let seen: u32 = 0;
  for (let i: u32 = 0; i < count; i++) seen ^= load<u32>(slotAt(load<u32>(updateAt(i), 16)));
  for (let i: u32 = 0; i < prefixes; i++) {
    const block = at(load<u32>(prefixAt(i)));
    seen ^= load<u32>(block) ^ load<u32>(block, 64) ^ load<u32>(block, 128);
  }
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryAt(idIn(load<u32>(slotAt(load<u32>(updateAt(i), 16)))));
    seen ^= load<u32>(entry) ^ load<u32>(entry, 64);
  }
  for (let i: u32 = 0; i < prefixes; i++) seen ^= seek(prefixAt(i));
  read ^= seen;
}

/** Finds the row of a prefix, and reads something of its paths. */
function seek(place: u32): u32 {
  const block = load<u32>(place);
  if (block == 0) return 0;
  const isIpv4 = load<u32>(place, 4) == UNKNOWN;
  const row = isIpv4
    ? rowInIpv4(block, load<u32>(place, 12), load<u32>(place, 20))
    : rowInIpv6(block, load<u32>(place, 12), load<u32>(place, 16), load<u32>(place, 20));
  store<u32>(place, row, 8);
  return load<u32>(meritAt());
}

function valueAt(header: u32): u32 {
  return header + ((load<u8>(header) & EXTENDED) != 0 ? 4 : 3);
}

function lengthAt(header: u32): u32 {
  return (load<u8>(header) & EXTENDED) != 0 ? uint16(header + 2) : load<u8>(header, 2);
}

function uint16(place: u32): u32 {
  return bswap<u16>(load<u16>(place));
}

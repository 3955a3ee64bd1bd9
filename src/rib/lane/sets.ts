/** Attribute sets, found and put in: see `attributeTable.ts` and `attributeArena.ts`. */

import { allocate } from './entries';
import { factorA, factorB, sets, slotCounts, slotRoom, slots, slotsUsed } from './memory';
import { column } from './peer';
import * as reading from './reading';

const SUB_TABLE_MASK: u32 = 63;
const SUB_TABLE_BITS: u32 = 6;
const TAG_MASK: u32 = 0xff00_0000;
const ID_MASK: u32 = 0xff_ffff;
const CLASS_MASK: u32 = 0xf000_0000;
export const HEADER_OCTETS: u32 = 24;

const DEFAULT_LOCAL_PREF: u32 = 100;
const LLGR_STALE: u32 = 1 << 5;
/** LLGR-stale, reflected: see `decision.ts`. */
const NOT_PLAIN: u32 = (1 << 8) | (1 << 15) | (1 << 16);
/** The merit of a path that only TypeScript can compare; all others are less. */
export const INTRICATE: u32 = 0x1_0000;

export function entryAt(id: u32): u32 {
  return sets + (id << 5);
}

export function references(id: u32): u32 {
  return load<u32>(entryAt(id), 4);
}

export function addReference(id: u32): void {
  store<u32>(entryAt(id), load<u32>(entryAt(id), 4) + 1, 4);
}

export function dropReference(id: u32): void {
  store<u32>(entryAt(id), load<u32>(entryAt(id), 4) - 1, 4);
}

export function neighbourAs(id: u32): u32 {
  return load<u32>(entryAt(id), 16);
}

export function facts(id: u32): u32 {
  return load<u32>(entryAt(id), 20);
}

/** See `decision.ts`. */
export function merit(path: u32): u32 {
  const entry = entryAt(path >> 8);
  const plain =
    load<u32>(entry, 8) == DEFAULT_LOCAL_PREF &&
    (load<u32>(entry, 20) & NOT_PLAIN) == 0 &&
    (path & LLGR_STALE) == 0;
  return plain ? load<u32>(entry, 12) & 0xffff : INTRICATE;
}

export function hashOf(start: u32, end: u32, attributeClass: u32): u32 {
  let hash = attributeClass ^ (end - start);
  let from = start;
  for (; from + 4 <= end; from += 4) hash = mix(hash, load<u32>(from));
  if (from < end) hash = mix(hash, tail(from, end));
  hash = (hash ^ (hash >> 16)) * factorB;
  return hash ^ (hash >> 15);
}

/** The slot where a search begins: its address. */
export function slotAt(hash: u32): u32 {
  const sub = hash & SUB_TABLE_MASK;
  return slots + ((sub * slotRoom) << 2) + (((hash >> SUB_TABLE_BITS) & lastOf(sub)) << 2);
}

/** The id of the set; 0: it is not known. */
export function find(hash: u32, start: u32, end: u32, attributeClass: u32): u32 {
  const sub = hash & SUB_TABLE_MASK;
  const table = slots + ((sub * slotRoom) << 2);
  const mask = lastOf(sub);
  let place = (hash >> SUB_TABLE_BITS) & mask;
  let slot = load<u32>(table + (place << 2));
  while (slot != 0) {
    if (((slot ^ hash) & TAG_MASK) == 0) {
      const id = slot & ID_MASK;
      if (equals(id, hash, start, end, attributeClass)) return id;
    }
    place = (place + 1) & mask;
    slot = load<u32>(table + (place << 2));
  }
  return 0;
}

/** The set that was just read, under a hash that has none; 0: TypeScript has to add it. */
export function add(hash: u32, start: u32, end: u32): u32 {
  const sub = hash & SUB_TABLE_MASK;
  const count = lastOf(sub) + 1;
  const used = load<u32>(slotsUsed + (sub << 2)) + 1;
  if (used * 5 > count * 3 && count < slotRoom) grow(sub, count);
  const length = end - start;
  const id = allocate(length, column);
  if (id == 0) return 0;
  const entry = entryAt(id);
  store<u32>(entry, hash);
  store<u32>(entry, 0, 4);
  store<u32>(entry, reading.preference, 8);
  store<u32>(entry, (length << 16) | reading.pathKey, 12);
  store<u32>(entry, reading.neighbourAs, 16);
  store<u32>(entry, reading.facts, 20);
  let word = entry + HEADER_OCTETS;
  let from = start;
  for (; from + 4 <= end; from += 4, word += 4) store<u32>(word, load<u32>(from));
  if (from < end) store<u32>(word, tail(from, end));
  store<u32>(slotsUsed + (sub << 2), used);
  store<u32>(freeSlot(hash), (hash & TAG_MASK) | id);
  return id;
}

/**
 * Twice as many slots, in the same place: one slot after another is taken out and put where it belongs now.
 * It begins behind an empty one, so that all that a slot is put behind has been put there before. The new
 * ones are empty, as no table ever becomes smaller.
 */
function grow(sub: u32, count: u32): void {
  store<u32>(slotCounts + (sub << 2), count << 1);
  const table = slots + ((sub * slotRoom) << 2);
  let gap: u32 = 0;
  while (load<u32>(table + (gap << 2)) != 0) gap++;
  for (let step: u32 = 1; step < count; step++) {
    const place = table + (((gap + step) & (count - 1)) << 2);
    const slot = load<u32>(place);
    if (slot == 0) continue;
    store<u32>(place, 0);
    store<u32>(freeSlot(load<u32>(entryAt(idIn(slot)))), slot);
  }
}

/** The address of the first empty slot for the hash. */
function freeSlot(hash: u32): u32 {
  const sub = hash & SUB_TABLE_MASK;
  const table = slots + ((sub * slotRoom) << 2);
  const mask = lastOf(sub);
  let place = (hash >> SUB_TABLE_BITS) & mask;
  while (load<u32>(table + (place << 2)) != 0) place = (place + 1) & mask;
  return table + (place << 2);
}

export function idIn(slot: u32): u32 {
  return slot & ID_MASK;
}

function lastOf(sub: u32): u32 {
  return load<u32>(slotCounts + (sub << 2)) - 1;
}

function equals(id: u32, hash: u32, start: u32, end: u32, attributeClass: u32): bool {
  const entry = entryAt(id);
  if (load<u32>(entry) != hash) return false;
  if (load<u32>(entry, 12) >> 16 != end - start) return false;
  if ((load<u32>(entry, 20) & CLASS_MASK) != attributeClass) return false;
  let word = entry + HEADER_OCTETS;
  let from = start;
  for (; from + 4 <= end; from += 4, word += 4) {
    if (load<u32>(word) != load<u32>(from)) return false;
  }
  return from == end || load<u32>(word) == tail(from, end);
}

function mix(hash: u32, word: u32): u32 {
  let mixed = word * factorA;
  mixed = (mixed ^ (mixed >> 15)) * factorB;
  return rotl<u32>(hash ^ mixed, 13) * 5 + 0x2c1b_3c6d;
}

/** The last one to three octets as the word that they are the beginning of. */
function tail(start: u32, end: u32): u32 {
  let word: u32 = 0;
  for (let from = start; from < end; from++) {
    word |= (<u32>load<u8>(from)) << ((from - start) << 3);
  }
  return word;
}

/**
 * Interned attribute sets: equal octets of equal class have one entry in the arena, found by a hash
 * of its octets. What the octets mean is read when an entry is made; equal octets mean the same.
 *
 *   sub-table 0..63    slots, a power of two of them:   tag (8) | id (24)      0: empty
 *                      and room for as many as there can be
 *
 *   hash   tag (8) | ..place in the sub-table.. | sub-table (6)
 *
 * Linear probing up to a load of 0.6; deletion shifts back, so that no grave ever slows a search.
 * Each sub-table grows alone: rehashing all of them at once would be a pause of many milliseconds.
 */

import { AttributeArena, HEADER_WORDS, UNIT_WORDS } from './attributeArena.ts';
import type { AttributeScan } from './attributeScan.ts';
import { AttributeClass, CLASS_MASK } from './facts.ts';
import { APART, type Room } from './memory.ts';

export const SUB_TABLES = 64;
const SUB_TABLE_BITS = 6;
const FIRST_SLOTS = 64;
const CACHE_LINE_WORDS = 16;
const ID_MASK = 0xff_ffff;
const TAG_MASK = ~ID_MASK;
const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

export class AttributeTable {
  readonly arena: AttributeArena;
  readonly #scan: AttributeScan;
  /** All sub-tables, one behind the other, with the room that each has. */
  readonly slots: Int32Array;
  readonly slotRoom: number;
  /** [sub-table] its slots. */
  readonly slotCounts: Int32Array;
  /** [sub-table] those that are not empty. */
  readonly slotsUsed: Int32Array;
  readonly #slots: Int32Array[] = [];
  /** Secret odd factors: a neighbour must not be able to choose sets that all collide. */
  readonly factorA: number;
  readonly factorB: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  /** The array before: a neighbour's sets of IPv4 and of IPv6 come from two arrays, by turns. */
  #otherBytes = this.#bytes;
  #otherView = this.#view;

  /** `seed` is 32 random bits. */
  constructor(words: number, scan: AttributeScan, seed: number, room: Room = APART) {
    this.arena = new AttributeArena(words, room);
    this.slotRoom = slotRoomOf(words);
    this.slots = room.words(SUB_TABLES * this.slotRoom);
    this.slotCounts = room.words(SUB_TABLES);
    this.slotsUsed = room.words(SUB_TABLES);
    this.#scan = scan;
    this.factorA = Math.imul(seed, 0x9e3779b1) | 1;
    this.factorB = Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b) | 1;
    for (let i = 0; i < SUB_TABLES; i++) this.#slots.push(this.#slotsOf(i, FIRST_SLOTS));
  }

  /**
   * The id of the set of octets `start..end`, at most 65531 of them. A new set has no references
   * yet: `retain` it, or `discard` it. `pathId` counts only where the class says so.
   * Throws RibFullError.
   */
  intern(
    bytes: Uint8Array,
    start: number,
    end: number,
    attributeClass: number,
    pathId: number,
  ): number {
    if (bytes !== this.#bytes) this.#turnTo(bytes);
    const hash = this.#hash(start, end, attributeClass, pathId);
    const id = this.#find(hash, start, end, attributeClass, pathId);
    return id !== 0 ? id : this.#add(hash, start, end, attributeClass, pathId);
  }

  /** The same without a path identifier, `hash` being what `hashOf` said before, or wrong. */
  internHashed(
    hash: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    attributeClass: number,
  ): number {
    if (bytes !== this.#bytes) this.#turnTo(bytes);
    const id = this.#find(hash, start, end, attributeClass, 0);
    return id !== 0 ? id : this.intern(bytes, start, end, attributeClass, 0);
  }

  /** What sets without a path identifier are found by. */
  hashOf(bytes: Uint8Array, start: number, end: number, attributeClass: number): number {
    if (bytes !== this.#bytes) this.#turnTo(bytes);
    return this.#hash(start, end, attributeClass, 0);
  }

  /** Reads the slots of sets with these hashes into the caches, and returns something of them. */
  fetchSlots(hashes: Int32Array, count: number): number {
    let read = 0;
    for (let i = 0; i < count; i++) read ^= this.#slotAt(hashes[i]!);
    return read;
  }

  /** The same for the sets that those slots name. */
  fetchSets(hashes: Int32Array, count: number): number {
    const { words } = this.arena;
    let read = 0;
    for (let i = 0; i < count; i++) {
      const at = (this.#slotAt(hashes[i]!) & ID_MASK) * UNIT_WORDS;
      read ^= words[at]! ^ words[at + CACHE_LINE_WORDS]!;
    }
    return read;
  }

  /** `count` more paths have this set. */
  retain(id: number, count: number): void {
    this.arena.words[id * UNIT_WORDS + 1]! += count;
  }

  /** One path fewer has this set; without any it is gone. */
  release(id: number): void {
    const at = id * UNIT_WORDS + 1;
    if (--this.arena.words[at]! === 0) this.#remove(id);
  }

  /** Forgets the set if no path has it. */
  discard(id: number): void {
    if (this.arena.references(id) === 0) this.#remove(id);
  }

  checkInvariants(): void {
    this.arena.checkInvariants();
    let entries = 0;
    for (let sub = 0; sub < SUB_TABLES; sub++) {
      const slots = this.#slotsIn(sub);
      const ids = slots.filter((slot) => slot !== 0).map((slot) => slot & ID_MASK);
      if (ids.length !== this.slotsUsed[sub])
        throw new Error(`sub-table ${sub} miscounts its slots`);
      for (const id of ids) this.#checkReachable(sub, id);
      entries += ids.length;
    }
    if (entries !== this.arena.entries)
      throw new Error('an entry of the arena is not in the table');
  }

  #checkReachable(sub: number, id: number): void {
    const hash = this.arena.hash(id);
    const slots = this.#slotsIn(sub);
    if ((hash & (SUB_TABLES - 1)) !== sub) throw new Error(`set ${id} is in the wrong sub-table`);
    if (this.arena.references(id) <= 0) throw new Error(`set ${id} has no references`);
    const mask = slots.length - 1;
    let at = (hash >>> SUB_TABLE_BITS) & mask;
    while (slots[at] !== ((hash & TAG_MASK) | id)) {
      if (slots[at] === 0) throw new Error(`set ${id} cannot be found by its hash`);
      at = (at + 1) & mask;
    }
  }

  #hash(start: number, end: number, attributeClass: number, pathId: number): number {
    const view = this.#view;
    const factorA = this.factorA;
    const factorB = this.factorB;
    let hash = attributeClass ^ (end - start);
    if ((attributeClass & AttributeClass.pathId) !== 0) hash = mix(hash, pathId, factorA, factorB);
    let at = start;
    for (; at + 4 <= end; at += 4) {
      hash = mix(hash, view.getInt32(at, LITTLE_ENDIAN), factorA, factorB);
    }
    if (at < end) hash = mix(hash, tail(view, at, end), factorA, factorB);
    hash = Math.imul(hash ^ (hash >>> 16), factorB);
    return hash ^ (hash >>> 15);
  }

  #equals(
    id: number,
    hash: number,
    start: number,
    end: number,
    attributeClass: number,
    pathId: number,
  ): boolean {
    const words = this.arena.words;
    let word = id * UNIT_WORDS;
    const withPathId = (attributeClass & AttributeClass.pathId) !== 0;
    if (words[word] !== hash) return false;
    if (words[word + 3]! >>> 16 !== end - start + (withPathId ? 4 : 0)) return false;
    if ((words[word + 5]! & CLASS_MASK) !== attributeClass) return false;
    word += HEADER_WORDS;
    if (withPathId && words[word++] !== (pathId | 0)) return false;
    const view = this.#view;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      if (words[word++] !== view.getInt32(at, LITTLE_ENDIAN)) return false;
    }
    return at === end || words[word] === tail(view, at, end);
  }

  #add(hash: number, start: number, end: number, attributeClass: number, pathId: number): number {
    const withPathId = (attributeClass & AttributeClass.pathId) !== 0;
    const length = end - start + (withPathId ? 4 : 0);
    const scan = this.#scan;
    scan.scan(this.#bytes, start, end, attributeClass);
    const id = this.arena.allocate(length);
    const words = this.arena.words;
    let word = id * UNIT_WORDS;
    words[word] = hash;
    words[word + 1] = 0;
    words[word + 2] = scan.preference;
    words[word + 3] = (length << 16) | scan.pathKey;
    words[word + 4] = scan.neighbourAs;
    words[word + 5] = scan.facts;
    word += HEADER_WORDS;
    if (withPathId) words[word++] = pathId;
    const view = this.#view;
    let at = start;
    for (; at + 4 <= end; at += 4) words[word++] = view.getInt32(at, LITTLE_ENDIAN);
    if (at < end) words[word] = tail(view, at, end);
    this.#insertSlot(hash, id);
    return id;
  }

  #turnTo(bytes: Uint8Array): void {
    const known = bytes === this.#otherBytes ? this.#otherView : undefined;
    this.#otherBytes = this.#bytes;
    this.#otherView = this.#view;
    this.#bytes = bytes;
    this.#view = known ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The slot where a search for this hash begins. */
  #slotAt(hash: number): number {
    const slots = this.#slotsIn(hash & (SUB_TABLES - 1));
    return slots[(hash >>> SUB_TABLE_BITS) & (slots.length - 1)]!;
  }

  /** 0: there is none. */
  #find(hash: number, start: number, end: number, attributeClass: number, pathId: number): number {
    const slots = this.#slotsIn(hash & (SUB_TABLES - 1));
    const mask = slots.length - 1;
    let at = (hash >>> SUB_TABLE_BITS) & mask;
    for (let slot = slots[at]!; slot !== 0; slot = slots[at]!) {
      if (((slot ^ hash) & TAG_MASK) === 0) {
        const id = slot & ID_MASK;
        if (this.#equals(id, hash, start, end, attributeClass, pathId)) return id;
      }
      at = (at + 1) & mask;
    }
    return 0;
  }

  #insertSlot(hash: number, id: number): void {
    const sub = hash & (SUB_TABLES - 1);
    const used = ++this.slotsUsed[sub]!;
    let slots = this.#slotsIn(sub);
    if (used * 5 > slots.length * 3 && slots.length < this.slotRoom) slots = this.#grow(sub);
    place(slots, hash, id);
  }

  #grow(sub: number): Int32Array {
    const old = this.#slotsIn(sub).slice();
    const slots = this.#slotsOf(sub, old.length * 2);
    slots.fill(0);
    for (const slot of old) {
      if (slot !== 0) place(slots, this.arena.hash(slot & ID_MASK), slot & ID_MASK);
    }
    this.#slots[sub] = slots;
    return slots;
  }

  /** The lane may have made it grow. */
  #slotsIn(sub: number): Int32Array {
    const slots = this.#slots[sub]!;
    const count = this.slotCounts[sub]!;
    if (slots.length === count) return slots;
    this.#slots[sub] = this.#slotsOf(sub, count);
    return this.#slots[sub]!;
  }

  #slotsOf(sub: number, count: number): Int32Array {
    const start = sub * this.slotRoom;
    this.slotCounts[sub] = count;
    return this.slots.subarray(start, start + count);
  }

  #remove(id: number): void {
    const hash = this.arena.hash(id);
    const sub = hash & (SUB_TABLES - 1);
    const slots = this.#slotsIn(sub);
    const mask = slots.length - 1;
    const slot = (hash & TAG_MASK) | id;
    let hole = (hash >>> SUB_TABLE_BITS) & mask;
    while (slots[hole] !== slot) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = (this.arena.hash(slots[at]! & ID_MASK) >>> SUB_TABLE_BITS) & mask;
      // It may move back unless its home lies behind the hole.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at]!;
      hole = at;
    }
    slots[hole] = 0;
    this.slotsUsed[sub]!--;
    this.arena.free(id);
  }
}

/**
 * For an arena of so many words: of the sets that it has room for, each sub-table has a 64th, and is given
 * room for four times as many, so that chance never fills one.
 */
export function slotRoomOf(words: number): number {
  const sets = Math.max(FIRST_SLOTS, words / UNIT_WORDS / SUB_TABLES);
  return 2 ** (Math.ceil(Math.log2(sets)) + 2);
}

function place(slots: Int32Array, hash: number, id: number): void {
  const mask = slots.length - 1;
  let at = (hash >>> SUB_TABLE_BITS) & mask;
  while (slots[at] !== 0) at = (at + 1) & mask;
  slots[at] = (hash & TAG_MASK) | id;
}

/** Each word is scrambled with a secret before it meets the state, so that no two can be made to cancel. */
function mix(hash: number, word: number, factorA: number, factorB: number): number {
  let mixed = Math.imul(word, factorA);
  mixed = Math.imul(mixed ^ (mixed >>> 15), factorB);
  const next = hash ^ mixed;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0x2c1b3c6d) | 0;
}

/** The last one to three octets as the word that they are the beginning of. */
function tail(view: DataView, start: number, end: number): number {
  let word = 0;
  for (let at = start; at < end; at++) {
    const place = (at - start) * 8;
    word |= view.getUint8(at) << (LITTLE_ENDIAN ? place : 24 - place);
  }
  return word;
}

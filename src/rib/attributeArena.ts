/**
 * Where attribute sets live: one flat memory of 32-octet units. A set's id is the number of its
 * first unit, 1..2^24-1, so that it fits into a path's word beside eight bits of marks; 2^24 units
 * of 32 octets are the 512 MiB that all attribute sets together may take.
 *
 *   word  +0  hash (32)
 *         +1  references (32): paths that have this set
 *         +2  degree of preference (32, unsigned): more is better
 *         +3  octets of content (16) | AS path length (14) | ORIGIN (2): the low half, less is better
 *         +4  neighbour AS (32)
 *         +5  facts (32), with the class: see `facts.ts`
 *         +6  content: [path identifier (4)] attributes, in host order of octets as they came
 *
 *   state   top: the first unit that was never given out
 *           entries in use
 *           units in use
 *           units freed since free entries were joined
 *   payers  [id]      who put it in first, and pays for it until it is gone, whoever else has it
 *   paid    [payer]   units
 *
 * Entries in use and free ones (`freeEntries.ts`) lie side by side from unit 1 to the top, and can be
 * walked over. Unit 0 is never used: id 0 means no set.
 */

import { AttributeClass } from './facts.ts';
import { FreeEntries, UNIT_WORDS } from './freeEntries.ts';
import { APART, RibFullError, type Room } from './memory.ts';
import { sizeClassOf, unitsOf } from './sizeClass.ts';

export { UNIT_WORDS };
export const HEADER_WORDS = 6;
/** Of what is put in on nobody's account. */
export const NOBODY = 255;
/** The part of the arena that one payer may fill; a full table takes a twentieth. */
const SHARE = 4;
const MAX_UNITS = 1 << 24;
/** Free entries are joined again only when this part of the arena has been freed since. */
const JOIN_SHARE = 64;
/**
 * Units below the top from which on free entries are joined before it is raised: about what four full
 * tables take, since a walk over a million entries takes 20 ms.
 */
const JOIN_FROM = 1 << 21;
/** They are joined then where this part is free, and half as much was freed since the last time. */
const FREE_SHARE = 2;

/** Where in `state` each of its words is. */
const [TOP, ENTRIES, IN_USE, FREED] = [0, 1, 2, 3];
const STATE_WORDS = 4;

export class AttributeArena {
  readonly words: Int32Array;
  /** The same memory as octets. */
  readonly octets: Uint8Array;
  readonly freeEntries: FreeEntries;
  readonly units: number;
  readonly state: Int32Array;
  readonly payers: Uint8Array;
  readonly paid: Int32Array;
  /** On whose account entries are put in: a column (`columns.ts`), or `NOBODY`. */
  payer = NOBODY;

  constructor(words: number, room: Room = APART) {
    this.words = room.words(Math.min(words, MAX_UNITS * UNIT_WORDS));
    const { buffer, byteOffset, byteLength } = this.words;
    this.octets = new Uint8Array(buffer, byteOffset, byteLength);
    this.freeEntries = new FreeEntries(this.words, room);
    this.units = Math.floor(this.words.length / UNIT_WORDS);
    this.state = room.words(STATE_WORDS);
    this.state[TOP] = 1;
    this.payers = room.octets(this.units);
    this.paid = room.words(NOBODY + 1);
  }

  get entries(): number {
    return this.state[ENTRIES]!;
  }

  /** Octets that entries take, rounded up to their size classes. */
  get octetsInUse(): number {
    return this.state[IN_USE]! * UNIT_WORDS * 4;
  }

  /** Octets up to the last entry: what the arena costs the process. */
  get octetsTouched(): number {
    return this.state[TOP]! * UNIT_WORDS * 4;
  }

  /**
   * An entry for `length` octets of content; header and content are the caller's to write, before
   * anything else is asked of the arena. Throws RibFullError, also when the payer has had its share.
   */
  allocate(length: number): number {
    const sizeClass = sizeClassOf(unitsFor(length));
    const units = unitsOf(sizeClass);
    const { payer } = this;
    if (payer !== NOBODY && this.paid[payer]! + units > this.units / SHARE) {
      throw new RibFullError('more path attributes than one neighbour may fill memory with');
    }
    let id = this.freeEntries.take(sizeClass);
    if (id === 0 && this.#isWasteful && this.#join()) id = this.freeEntries.take(sizeClass);
    if (id === 0) id = this.#raiseTop(units);
    if (id === 0 && this.#join()) id = this.freeEntries.take(sizeClass) || this.#raiseTop(units);
    if (id === 0) throw new RibFullError('no room for more path attributes');
    this.state[ENTRIES]!++;
    this.state[IN_USE]! += units;
    this.payers[id] = payer;
    this.paid[payer]! += units;
    return id;
  }

  free(id: number): void {
    const units = this.#unitsAt(id);
    this.state[ENTRIES]!--;
    this.state[IN_USE]! -= units;
    this.state[FREED]! += units;
    const payer = this.payers[id]!;
    // An account that was opened anew owes nothing for what the one before it left behind.
    this.paid[payer] = Math.max(0, this.paid[payer]! - units);
    if (this.entries > 0) {
      this.freeEntries.put(id, units);
      return;
    }
    // Empty: all of it is one again.
    this.state[FREED] = 0;
    this.freeEntries.clear();
    this.state[TOP] = 1;
    this.paid.fill(0);
  }

  /** A new payer by this number. */
  openAccount(payer: number): void {
    this.paid[payer] = 0;
  }

  /** Octets that are in on its account. */
  octetsPaidBy(payer: number): number {
    return this.paid[payer]! * UNIT_WORDS * 4;
  }

  hash(id: number): number {
    return this.words[id * UNIT_WORDS]!;
  }

  references(id: number): number {
    return this.words[id * UNIT_WORDS + 1]!;
  }

  /** Octets of content, the path identifier included. */
  length(id: number): number {
    return this.words[id * UNIT_WORDS + 3]! >>> 16;
  }

  /** The AS that the path begins with, unsigned; 0 when it is empty or begins with a set. */
  neighbourAs(id: number): number {
    return this.words[id * UNIT_WORDS + 4]! >>> 0;
  }

  facts(id: number): number {
    return this.words[id * UNIT_WORDS + 5]!;
  }

  /** Unsigned; only for a set whose class has path identifiers. */
  pathId(id: number): number {
    return this.words[id * UNIT_WORDS + HEADER_WORDS]! >>> 0;
  }

  /** Where the attributes begin in `octets`. */
  attributesStart(id: number): number {
    const withPathId = (this.facts(id) & AttributeClass.pathId) !== 0;
    return (id * UNIT_WORDS + HEADER_WORDS + (withPathId ? 1 : 0)) * 4;
  }

  attributesEnd(id: number): number {
    return (id * UNIT_WORDS + HEADER_WORDS) * 4 + this.length(id);
  }

  /** Every entry walked over, the free ones held against their lists; throws where one is wrong. */
  checkInvariants(): void {
    const free = this.freeEntries.listed();
    let used = 0;
    let unitsInUse = 0;
    let id = 1;
    for (; id < this.state[TOP]!; id += this.#unitsAt(id)) {
      if (this.freeEntries.has(id)) {
        if (!free.delete(id)) throw new Error(`free entry ${id} is in no list`);
      } else {
        used++;
        unitsInUse += this.#unitsAt(id);
      }
    }
    if (id !== this.state[TOP]!) throw new Error('the last entry does not end at the top');
    if (free.size > 0) throw new Error('a list has what is no free entry');
    if (used !== this.entries || unitsInUse !== this.state[IN_USE]!) {
      const counted = `${this.entries} of ${this.state[IN_USE]!}`;
      throw new Error(`${used} entries of ${unitsInUse} units, counted as ${counted}`);
    }
  }

  #unitsAt(id: number): number {
    if (this.freeEntries.has(id)) return this.freeEntries.units(id);
    return unitsOf(sizeClassOf(unitsFor(this.length(id))));
  }

  /**
   * Small pieces of what was freed lie unused: else neighbours that each fill their share with sets
   * of another size, and are thrown out, would have all of the memory touched in the end.
   */
  get #isWasteful(): boolean {
    const top = this.state[TOP]!;
    if (top < JOIN_FROM || (top - this.state[IN_USE]!) * FREE_SHARE < top) return false;
    return this.state[FREED]! * FREE_SHARE * 2 >= top;
  }

  /** An entry above all others; 0: there is no room for it. */
  #raiseTop(units: number): number {
    const id = this.state[TOP]!;
    if (id + units > this.units) return 0;
    this.state[TOP] = id + units;
    return id;
  }

  /**
   * Makes free entries that lie side by side one, and lowers the top to the end of the last entry in
   * use: a large piece can be split at once, but only this makes large pieces of small ones. It walks
   * over all entries, so it is done when nothing else helps or much is gained, and not again for next
   * to nothing.
   */
  #join(): boolean {
    if (this.state[FREED]! * JOIN_SHARE < this.units) return false;
    this.state[FREED] = 0;
    this.freeEntries.clear();
    let start = 0;
    for (let id = 1; id < this.state[TOP]!; ) {
      const units = this.#unitsAt(id);
      if (this.freeEntries.has(id)) {
        if (start === 0) start = id;
      } else if (start !== 0) {
        this.freeEntries.put(start, id - start);
        start = 0;
      }
      id += units;
    }
    if (start !== 0) this.state[TOP] = start;
    return true;
  }
}

function unitsFor(length: number): number {
  return (HEADER_WORDS * 4 + length + UNIT_WORDS * 4 - 1) >>> 5;
}

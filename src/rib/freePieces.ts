/**
 * The free pieces of the block memory, in lists by size class through the pieces themselves:
 *
 *   word  +0  the next free piece of the class, 0: it is the last
 *         +1  units: as many as the class has, or more, but fewer than the next class has
 *
 *   starts   one bit a unit of the memory, 1: a free piece begins there
 *
 * A table that grows leaves small pieces behind which nothing is small enough for any more: a third
 * of the memory in the end. `join` makes large ones of those that lie side by side.
 */

import type { Room } from './memory.ts';
import { classWithin, SIZE_CLASSES, unitsOf } from './sizeClass.ts';

export const UNIT_WORDS = 2;

export class FreePieces {
  readonly #words: Int32Array;
  /** [size class] its first piece; 0: there is none. */
  readonly first: Int32Array;
  /** One bit a size class, 1: it has pieces. */
  readonly filled: Int32Array;
  readonly starts: Int32Array;
  /** One word: units in all lists. */
  readonly units: Int32Array;

  constructor(words: Int32Array, room: Room) {
    this.#words = words;
    this.first = room.words(SIZE_CLASSES);
    this.filled = room.words((SIZE_CLASSES + 31) >>> 5);
    this.starts = room.words((words.length >>> 6) + 1);
    this.units = room.words(1);
  }

  /** Words in free pieces. */
  get size(): number {
    return this.units[0]! * UNIT_WORDS;
  }

  put(at: number, units: number): void {
    const words = this.#words;
    const sizeClass = classWithin(units);
    words[at] = this.first[sizeClass]!;
    words[at + 1] = units;
    this.first[sizeClass] = at;
    this.filled[sizeClass >>> 5]! |= 1 << (sizeClass & 31);
    this.starts[at >>> 6]! |= 1 << (at >>> 1);
    this.units[0]! += units;
  }

  /** A piece of the class, or else split off the smallest that is larger; 0: there is none. */
  take(sizeClass: number): number {
    const found = this.first[sizeClass] === 0 ? this.#larger(sizeClass) : sizeClass;
    if (found < 0) return 0;
    const words = this.#words;
    const at = this.first[found]!;
    const next = words[at]!;
    this.first[found] = next;
    if (next === 0) this.filled[found >>> 5]! &= ~(1 << (found & 31));
    const size = words[at + 1]!;
    const units = unitsOf(sizeClass);
    this.starts[at >>> 6]! &= ~(1 << (at >>> 1));
    this.units[0]! -= size;
    if (size > units) this.put(at + units * UNIT_WORDS, size - units);
    return at;
  }

  /** Makes pieces that lie side by side one. Returns where the last one begins if it ends at `top`. */
  join(top: number): number {
    const words = this.#words;
    const starts = this.starts;
    this.first.fill(0);
    this.filled.fill(0);
    this.units[0] = 0;
    let start = 0;
    let end = 0;
    for (let index = 0; index <= top >>> 6; index++) {
      for (let bits = starts[index]!; bits !== 0; bits &= bits - 1) {
        const at = placeOf(index, bits);
        if (at !== end) {
          if (end > start) this.put(start, (end - start) / UNIT_WORDS);
          start = at;
        }
        // All that `put` writes lies before this piece.
        end = at + words[at + 1]! * UNIT_WORDS;
        starts[index]! &= ~(bits & -bits);
      }
    }
    if (end === top && end > start) return start;
    if (end > start) this.put(start, (end - start) / UNIT_WORDS);
    return top;
  }

  /** Returns the words of all; throws where a list is wrong. For tests. */
  checkInvariants(top: number): number {
    const listed = this.#listed();
    let size = 0;
    let end = 0;
    for (let index = 0; index < this.starts.length; index++) {
      for (let bits = this.starts[index]!; bits !== 0; bits &= bits - 1) {
        const at = placeOf(index, bits);
        if (!listed.delete(at)) throw new Error(`free piece ${at} is in no list`);
        if (at < end) throw new Error(`free piece ${at} begins within another`);
        end = at + this.#words[at + 1]! * UNIT_WORDS;
        size += end - at;
      }
    }
    if (listed.size > 0) throw new Error('a list has what is no free piece');
    if (end > top) throw new Error('a free piece lies beyond the top');
    if (size !== this.size) throw new Error(`${size} words are free, counted as ${this.size}`);
    return size;
  }

  #listed(): Set<number> {
    const pieces = new Set<number>();
    for (const [sizeClass, first] of this.first.entries()) {
      const filled = (this.filled[sizeClass >>> 5]! >>> (sizeClass & 31)) & 1;
      if (filled !== (first === 0 ? 0 : 1)) {
        throw new Error(`size class ${sizeClass} has free pieces, or has none`);
      }
      for (let at = first; at !== 0; at = this.#words[at]!) pieces.add(at);
    }
    return pieces;
  }

  /** The least class with pieces that is no less than this one, or -1. */
  #larger(sizeClass: number): number {
    let word = sizeClass >>> 5;
    let bits = this.filled[word]! & (-1 << (sizeClass & 31));
    while (bits === 0) {
      if (++word === this.filled.length) return -1;
      bits = this.filled[word]!;
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }
}

/** Where the piece of the lowest of these bits begins. */
function placeOf(index: number, bits: number): number {
  return (index * 32 + 31 - Math.clz32(bits & -bits)) * UNIT_WORDS;
}

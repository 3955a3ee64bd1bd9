/**
 * The free entries of the attribute arena, by size class, each class a list through its entries:
 *
 *   word  +0  the id of the next free entry of the class, 0: it is the last
 *         +1  -1, where an entry in use has references
 *         +2  units: as many as the class has, or more, but fewer than the next class has
 */

import type { Room } from './memory.ts';
import { classWithin, SIZE_CLASSES, unitsOf } from './sizeClass.ts';

export const UNIT_WORDS = 8;
const FREE = -1;

export class FreeEntries {
  readonly #words: Int32Array;
  /** [size class] its first entry; 0: there is none. */
  readonly first: Int32Array;
  /** One bit a size class, 1: it has entries. */
  readonly filled: Int32Array;

  constructor(words: Int32Array, room: Room) {
    this.#words = words;
    this.first = room.words(SIZE_CLASSES);
    this.filled = room.words((SIZE_CLASSES + 31) >>> 5);
  }

  has(id: number): boolean {
    return this.#words[id * UNIT_WORDS + 1] === FREE;
  }

  units(id: number): number {
    return this.#words[id * UNIT_WORDS + 2]!;
  }

  put(id: number, units: number): void {
    const words = this.#words;
    const sizeClass = classWithin(units);
    const at = id * UNIT_WORDS;
    words[at] = this.first[sizeClass]!;
    words[at + 1] = FREE;
    words[at + 2] = units;
    this.first[sizeClass] = id;
    this.filled[sizeClass >>> 5]! |= 1 << (sizeClass & 31);
  }

  /** An entry of the class, or else split off the smallest that is larger; 0: there is none. */
  take(sizeClass: number): number {
    const found = this.first[sizeClass] === 0 ? this.#larger(sizeClass) : sizeClass;
    if (found < 0) return 0;
    const id = this.first[found]!;
    const next = this.#words[id * UNIT_WORDS]!;
    this.first[found] = next;
    if (next === 0) this.filled[found >>> 5]! &= ~(1 << (found & 31));
    const units = unitsOf(sizeClass);
    const surplus = this.units(id) - units;
    if (surplus > 0) this.put(id + units, surplus);
    return id;
  }

  clear(): void {
    this.first.fill(0);
    this.filled.fill(0);
  }

  /** The ids of all, from the lists; throws where these are wrong. For tests. */
  listed(): Set<number> {
    const ids = new Set<number>();
    for (let sizeClass = 0; sizeClass < SIZE_CLASSES; sizeClass++) {
      const filled = (this.filled[sizeClass >>> 5]! >>> (sizeClass & 31)) & 1;
      if (filled !== (this.first[sizeClass] === 0 ? 0 : 1)) {
        throw new Error(`size class ${sizeClass} has free entries, or has none`);
      }
      for (let id = this.first[sizeClass]!; id !== 0; id = this.#words[id * UNIT_WORDS]!) {
        if (!this.has(id) || classWithin(this.units(id)) !== sizeClass || ids.has(id)) {
          throw new Error(`entry ${id} is in the wrong list`);
        }
        ids.add(id);
      }
    }
    return ids;
  }

  /** The least class with entries that is no less than this one, or -1. */
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

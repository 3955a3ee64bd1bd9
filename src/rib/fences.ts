/**
 * The directory of an IPv6 store: its blocks in order, each with a fence, an address that is not
 * above any row of the block and above every row of the block before.
 *
 *   pointers to the blocks, `capacity` words
 *   first words of the fences, as many
 *   second words of the fences, ..
 */

import { type BlockMemory, classOfWords, wordsOf } from './blockMemory.ts';

const FIRST_CAPACITY = 64;
/** Where in `state` each of its words is. */
const [SIZE, AT, CAPACITY, STATE_WORDS] = [0, 1, 2, 3] as const;

export class Fences {
  /** Blocks in the directory; where it begins; its capacity. */
  readonly state: Int32Array;
  readonly #memory: BlockMemory;
  /** Words of an address: 2 or 4. */
  readonly #width: 2 | 4;

  constructor(memory: BlockMemory, width: 2 | 4) {
    this.#memory = memory;
    this.#width = width;
    this.state = memory.room.words(STATE_WORDS);
    this.state[AT] = memory.allocate((width + 1) * FIRST_CAPACITY);
    this.state[CAPACITY] = FIRST_CAPACITY;
  }

  get size(): number {
    return this.state[SIZE]!;
  }

  get #at(): number {
    return this.state[AT]!;
  }

  get #capacity(): number {
    return this.state[CAPACITY]!;
  }

  /** The word that points to block `index`; the next block's is the next. */
  link(index: number): number {
    return this.#at + index;
  }

  /** Word `i` of the fence of block `index`; 0 beyond the width. */
  word(index: number, i: number): number {
    return i < this.#width ? this.#memory.words[this.#fence(index) + i * this.#capacity]! : 0;
  }

  /** The last block whose fence is not above the address, or -1. */
  find(word0: number, word1: number, word2: number, word3: number): number {
    const { words } = this.#memory;
    const fences = this.#fence(0);
    const capacity = this.#capacity;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = fences + middle;
      const order = compareWords(words, at, capacity, this.#width, word0, word1, word2, word3);
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * The blocks that many addresses of two words belong to, into `blocks`; the directory must have
   * one. Each search goes as far as every other and has no branch on what it reads, so that they
   * run into each other.
   */
  findAll(words0: Int32Array, words1: Int32Array, blocks: Int32Array, count: number): void {
    const { words } = this.#memory;
    const fences = this.#fence(0);
    const capacity = this.#capacity;
    for (let i = 0; i < count; i++) {
      const word0 = words0[i]! >>> 0;
      const word1 = words1[i]! >>> 0;
      let at = fences;
      for (let left = this.size; left > 1; ) {
        const half = left >>> 1;
        const high = word0 - (words[at + half]! >>> 0);
        const low = word1 - (words[at + half + capacity]! >>> 0);
        // What is rounded in a double is too large to change the sign.
        at += half * (Math.max(0, Math.min(1, high * 2 ** 32 + low + 1)) | 0);
        left -= half;
      }
      blocks[i] = words[at - capacity]!;
    }
  }

  /** Room for one more block, so that `add` cannot fail. Moves the links. Throws RibFullError. */
  makeRoom(): void {
    if (this.size < this.#capacity) return;
    const { words } = this.#memory;
    const [before, capacity] = [this.#at, this.#capacity];
    const fresh = this.#memory.allocate((this.#width + 1) * capacity * 2);
    for (let array = 0; array <= this.#width; array++) {
      const at = before + array * capacity;
      words.copyWithin(fresh + array * capacity * 2, at, at + this.size);
    }
    this.#memory.release(before, classOfWords((this.#width + 1) * capacity));
    this.state[AT] = fresh;
    this.state[CAPACITY] = capacity * 2;
  }

  /** A place for a block before block `index`, with this fence; the link is the caller's to set. */
  add(index: number, word0: number, word1: number, word2: number, word3: number): void {
    const { words } = this.#memory;
    for (let array = 0; array <= this.#width; array++) {
      const at = this.#at + array * this.#capacity;
      words.copyWithin(at + index + 1, at + index, at + this.size);
    }
    this.state[SIZE]!++;
    this.#set(index, word0, word1, word2, word3);
  }

  remove(index: number): void {
    const { words } = this.#memory;
    for (let array = 0; array <= this.#width; array++) {
      const at = this.#at + array * this.#capacity;
      words.copyWithin(at + index, at + index + 1, at + this.size);
    }
    this.state[SIZE]!--;
  }

  /** The first block's fence comes down to an address below it. */
  lower(word0: number, word1: number, word2: number, word3: number): void {
    if (this.find(word0, word1, word2, word3) < 0) this.#set(0, word0, word1, word2, word3);
  }

  /** Returns the words that the directory takes; throws where fences are out of order. */
  checkInvariants(): number {
    if (this.size > this.#capacity) throw new Error('the directory is too small for its fences');
    for (let i = 0; i < this.size; i++) {
      const found = this.find(this.word(i, 0), this.word(i, 1), this.word(i, 2), this.word(i, 3));
      if (found !== i) throw new Error('fences are out of order');
    }
    return wordsOf(classOfWords((this.#width + 1) * this.#capacity));
  }

  /** Where the first word of a block's fence is; its others are a capacity apart. */
  #fence(index: number): number {
    return this.#at + this.#capacity + index;
  }

  #set(index: number, word0: number, word1: number, word2: number, word3: number): void {
    const { words } = this.#memory;
    const at = this.#fence(index);
    words[at] = word0;
    words[at + this.#capacity] = word1;
    if (this.#width === 2) return;
    words[at + 2 * this.#capacity] = word2;
    words[at + 3 * this.#capacity] = word3;
  }
}

/** Less than 0: the address whose words are `step` apart from `at` on is below the one given. */
export function compareWords(
  words: Int32Array,
  at: number,
  step: number,
  width: 2 | 4,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): number {
  let word = words[at]!;
  if (word !== word0) return word >>> 0 < word0 >>> 0 ? -1 : 1;
  word = words[at + step]!;
  if (word !== word1) return word >>> 0 < word1 >>> 0 ? -1 : 1;
  if (width === 2) return 0;
  word = words[at + 2 * step]!;
  if (word !== word2) return word >>> 0 < word2 >>> 0 ? -1 : 1;
  word = words[at + 3 * step]!;
  if (word !== word3) return word >>> 0 < word3 >>> 0 ? -1 : 1;
  return 0;
}

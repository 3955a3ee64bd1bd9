/**
 * IPv6 prefixes in the order of (address, length): blocks of about 32 rows behind fences. Two of
 * these stores make the family: one for prefixes up to /64, whose addresses are two words, and one
 * for longer ones, whose addresses are four; few tables have any.
 *
 *   fences ─► block ─► rows: state, two or four words of address
 *
 * A prefix belongs to the last block whose fence is not above its address, or to the first block,
 * whose fence comes down to it. So all lengths of one address are in one block, which is cut between two
 * addresses only: one with nothing but lengths of one address, at most 65, grows beyond what is full.
 */

import { type Blocks, KEY_SHIFT } from './blocks.ts';
import { compareWords, Fences } from './fences.ts';
import { type Position, startPosition } from './position.ts';

/** A block with so many rows is full. */
const FULL_ROWS = 32;
/** All lengths of one address, and the first row of another. */
const MOST_ROWS = 66;
/** Where in a block there are lines that nearly every search reads. */
const FETCH_WORDS = [16, 48] as const;

export class Ipv6Store {
  readonly family = 'ipv6';
  readonly blocks: Blocks;
  /** Words of an address: 2 or 4. */
  readonly width: 2 | 4;
  /** One word: prefixes in the store. */
  readonly counted: Int32Array;
  readonly fences: Fences;
  /** Which of them `blocks` is at. */
  #index = 0;
  /** The address that is looked for. */
  #word0 = 0;
  #word1 = 0;
  #word2 = 0;
  #word3 = 0;

  constructor(blocks: Blocks, width: 2 | 4) {
    this.blocks = blocks;
    this.width = width;
    this.fences = new Fences(blocks.memory, width);
    this.counted = blocks.memory.room.words(1);
  }

  /** Prefixes in the store. */
  get count(): number {
    return this.counted[0]!;
  }

  /**
   * Whether the prefix is there; `blocks` is left where it is, or would be. `guess`: the row where
   * that may be; a wrong one costs a search.
   */
  find(
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
    guess = 0,
  ): boolean {
    this.#word0 = word0;
    this.#word1 = word1;
    this.#word2 = word2;
    this.#word3 = word3;
    this.#enter(Math.max(0, this.fences.find(word0, word1, word2, word3)));
    return this.#findRow(length, guess);
  }

  /**
   * Finds the blocks that addresses of two words belong to, reads of them what a search reads first
   * into the caches, and returns something of it. `places`: the block of each, 0: none.
   */
  fetchBlocks(words0: Int32Array, words1: Int32Array, places: Int32Array, count: number): number {
    const { words } = this.blocks;
    const fences = this.fences;
    if (fences.size === 0) places.fill(0, 0, count);
    else fences.findAll(words0, words1, places, count);
    let read = 0;
    for (let i = 0; i < count; i++) {
      const block = places[i]!;
      read ^= words[block]!;
      for (const offset of FETCH_WORDS) read ^= words[block + offset]!;
    }
    return read;
  }

  /** Where in those blocks the prefixes are, or would be: `rows`; `places` are then their values. */
  seekRows(
    words0: Int32Array,
    words1: Int32Array,
    lengths: Int32Array,
    places: Int32Array,
    rows: Int32Array,
    count: number,
  ): void {
    const { blocks } = this;
    for (let i = 0; i < count; i++) {
      const block = places[i]!;
      if (block === 0) continue;
      const row = rowsBelow(
        blocks.words,
        blocks.states(block),
        blocks.rows(block),
        words0[i]! >>> 0,
        words1[i]! >>> 0,
        lengths[i]!,
      );
      rows[i] = row;
      places[i] = blocks.values(block) + row * (blocks.columns(block) + 1);
    }
  }

  /** Puts the prefix in where `find` has just not found it. */
  insert(length: number): void {
    const { blocks } = this;
    if (blocks.block === 0) {
      this.#insertFirst();
    } else if (blocks.rows(blocks.block) >= FULL_ROWS) {
      this.#split();
      this.find(this.#word0, this.#word1, this.#word2, this.#word3, length);
    }
    if (this.#index === 0) {
      this.fences.lower(this.#word0, this.#word1, this.#word2, this.#word3);
    }
    blocks.insertRow();
    const { words } = blocks;
    const at = blocks.state();
    words[at] = length << KEY_SHIFT;
    words[at + 1] = this.#word0;
    words[at + 2] = this.#word1;
    if (this.width === 4) {
      words[at + 3] = this.#word2;
      words[at + 4] = this.#word3;
    }
    this.counted[0]!++;
  }

  /** Takes out the row where `blocks` is. */
  remove(): void {
    this.blocks.removeRow();
    this.counted[0]!--;
    if (this.blocks.block === 0) this.fences.remove(this.#index);
  }

  /** Word `i` of the address of the row where `blocks` is; 0 beyond the width. */
  word(i: number): number {
    const { blocks } = this;
    if (i >= this.width) return 0;
    return blocks.words[blocks.state() + 1 + i]!;
  }

  length(): number {
    const { blocks } = this;
    return blocks.words[blocks.state()]! >>> KEY_SHIFT;
  }

  /** Goes to the first row at or behind the prefix; false: there is none. */
  seekRow(word0: number, word1: number, word2: number, word3: number, length: number): boolean {
    this.find(word0, word1, word2, word3, length);
    const { blocks } = this;
    if (blocks.block !== 0 && blocks.row < blocks.rows(blocks.block)) return true;
    return this.#enter(this.#index + 1);
  }

  /** Goes to the next row in the order of (address, length). */
  nextRow(): boolean {
    const { blocks } = this;
    return ++blocks.row < blocks.rows(blocks.block) || this.#enter(this.#index + 1);
  }

  /** Goes to the first block behind `position`, and moves that behind it. */
  nextBlock(position: Position): boolean {
    const { word0, word1, word2, word3 } = position;
    const next = position.started ? this.fences.find(word0, word1, word2, word3) + 1 : 0;
    if (!this.#enter(next)) return false;
    position.started = true;
    position.word0 = this.fences.word(next, 0);
    position.word1 = this.fences.word(next, 1);
    position.word2 = this.fences.word(next, 2);
    position.word3 = this.fences.word(next, 3);
    return true;
  }

  /** Goes to the longest prefix of at most `longest` bits that covers the address. */
  match(word0: number, word1: number, word2: number, word3: number, longest: number): boolean {
    const { blocks } = this;
    for (let length = longest; length >= 0; ) {
      const [a, b] = [maskTo(word0, length), maskTo(word1, length - 32)];
      if (this.find(a, b, maskTo(word2, length - 64), maskTo(word3, length - 96), length))
        return true;
      if (blocks.row === 0 && !this.#enterLastRow(this.#index - 1)) return false;
      else if (blocks.row > 0) blocks.row--;
      // What covers the address and stands before this row covers this row's prefix too.
      const common = this.#commonBits(word0, word1, word2, word3);
      if (this.length() <= common) return true;
      length = Math.min(length - 1, common);
    }
    return false;
  }

  /** Returns the words that the store takes; throws where something does not agree. */
  checkInvariants(): number {
    const { blocks } = this;
    let count = 0;
    let size = this.fences.checkInvariants();
    for (const position = startPosition(); this.nextBlock(position); ) {
      size += blocks.checkBlock(blocks.block);
      if (blocks.rows(blocks.block) > MOST_ROWS) throw new Error('a block has too many rows');
      for (blocks.row = 0; blocks.row < blocks.rows(blocks.block); blocks.row++) {
        this.#checkRow();
        count++;
      }
    }
    if (count !== this.count) throw new Error(`${this.count} IPv6 prefixes, but ${count} rows`);
    return size;
  }

  #checkRow(): void {
    const { block, row } = this.blocks;
    const index = this.#index;
    const [a, b, c, d] = [this.word(0), this.word(1), this.word(2), this.word(3)];
    if (!this.find(a, b, c, d, this.length())) throw new Error('an IPv6 row cannot be found');
    if (this.blocks.block !== block || this.blocks.row !== row || this.#index !== index) {
      throw new Error('an IPv6 row is out of order');
    }
  }

  /** Goes to the first row of block `index`; false (and block 0): there is none. */
  #enter(index: number): boolean {
    const { blocks } = this;
    this.#index = index;
    blocks.link = this.fences.link(index);
    blocks.row = 0;
    blocks.block = index < this.fences.size ? blocks.words[blocks.link]! : 0;
    return blocks.block !== 0;
  }

  #enterLastRow(index: number): boolean {
    if (index < 0 || !this.#enter(index)) return false;
    this.blocks.row = this.blocks.rows(this.blocks.block) - 1;
    return true;
  }

  #findRow(length: number, guess: number): boolean {
    const { blocks } = this;
    const { words, block } = blocks;
    if (block === 0) return false;
    const states = blocks.states(block);
    const step = this.width + 1;
    const rows = words[block + 1]! >>> 16;
    let low = 0;
    let high = rows;
    let found = false;
    if (guess > 0 && guess < rows && this.#compare(states + (guess - 1) * step, length) < 0) {
      const order = this.#compare(states + guess * step, length);
      if (order >= 0) {
        blocks.row = guess;
        return order === 0;
      }
      low = guess + 1;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(states + middle * step, length);
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
        found ||= order === 0;
      }
    }
    blocks.row = low;
    return found;
  }

  /** The row whose state is at `at` against the address that is looked for, of this length. */
  #compare(at: number, length: number): number {
    const { words } = this.blocks;
    const [word0, word1, word2, word3] = [this.#word0, this.#word1, this.#word2, this.#word3];
    const order = compareWords(words, at + 1, 1, this.width, word0, word1, word2, word3);
    return order === 0 ? (words[at]! >>> KEY_SHIFT) - length : order;
  }

  /** How many bits the found row's address has in common with this one. */
  #commonBits(word0: number, word1: number, word2: number, word3: number): number {
    let differ = this.word(0) ^ word0;
    if (differ !== 0) return Math.clz32(differ);
    differ = this.word(1) ^ word1;
    if (differ !== 0 || this.width === 2) return 32 + Math.clz32(differ);
    differ = this.word(2) ^ word2;
    if (differ !== 0) return 64 + Math.clz32(differ);
    return 96 + Math.clz32(this.word(3) ^ word3);
  }

  #insertFirst(): void {
    this.fences.add(0, this.#word0, this.#word1, this.#word2, this.#word3);
    this.#enter(0);
    try {
      this.blocks.create(this.width + 1, 1);
    } catch (error) {
      this.fences.remove(0);
      throw error;
    }
  }

  /** Cuts the found block in two, unless all of its rows are of one address. */
  #split(): void {
    const { blocks } = this;
    const cut = this.#findCut();
    if (cut === 0) return;
    // What may fail comes before what changes anything.
    this.fences.makeRoom();
    blocks.link = this.fences.link(this.#index);
    blocks.row = cut;
    const fresh = blocks.copyRows(cut, blocks.rows(blocks.block));
    this.fences.add(this.#index + 1, this.word(0), this.word(1), this.word(2), this.word(3));
    blocks.words[this.fences.link(this.#index + 1)] = fresh;
    blocks.truncate(cut);
  }

  /** The first row of another address that is nearest to the middle of the found block; 0: none. */
  #findCut(): number {
    const rows = this.blocks.rows(this.blocks.block);
    const middle = rows >>> 1;
    let cut = 0;
    for (let row = 1; row < rows; row++) {
      if (this.#sameAddress(row - 1, row)) continue;
      if (cut === 0 || Math.abs(row - middle) < Math.abs(cut - middle)) cut = row;
    }
    return cut;
  }

  #sameAddress(row: number, other: number): boolean {
    const { blocks } = this;
    const step = this.width + 1;
    const states = blocks.states(blocks.block);
    for (let i = 1; i < step; i++) {
      if (blocks.words[states + row * step + i] !== blocks.words[states + other * step + i]) {
        return false;
      }
    }
    return true;
  }
}

/** The first `bits` bits of a word; none for fewer than 1, all for 32 or more. */
function maskTo(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : word & (-1 << (32 - bits));
}

/**
 * How many of `rows` rows of two words, from the state at `states` on, are below the prefix; its
 * words are unsigned. As in `ipv4Store.ts`, without a branch on what was read.
 */
function rowsBelow(
  words: Int32Array,
  states: number,
  rows: number,
  word0: number,
  word1: number,
  length: number,
): number {
  let at = states;
  let count = rows;
  while (count > 1) {
    const half = count >>> 1;
    at += half * 3 * isBelow(words, at + (half - 1) * 3, word0, word1, length);
    count -= half;
  }
  const last = count === 0 ? 0 : isBelow(words, at, word0, word1, length);
  return (at - states) / 3 + last;
}

/** 1 or 0. Doubles: what is rounded in them is too large to change a sign. */
function isBelow(
  words: Int32Array,
  at: number,
  word0: number,
  word1: number,
  length: number,
): number {
  const high = word0 - (words[at + 1]! >>> 0);
  const low = word1 - (words[at + 2]! >>> 0);
  const order = (high * 2 ** 32 + low) * 256 + (length - (words[at]! >>> KEY_SHIFT));
  return Math.max(0, Math.min(1, order)) | 0;
}

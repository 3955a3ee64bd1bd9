/**
 * IPv4 prefixes: a table of 65536 words, one per first half of an address, each pointing to the
 * block of prefixes that begin there; prefixes shorter than /16 live in the first /16 they cover.
 *
 *   top[address[31..16]]   0: nothing there
 *                          n: the block at word n
 *                         -n: a directory at word n, one pointer per third octet, for a /16 that
 *                             would have a block of more than 512 rows
 *
 * A block's rows are in the order of (address, length); a block below a directory can have no more
 * than 535 of them (511 of /24 and longer, 24 shorter ones), so it is never split again.
 */

import { classOfWords, wordsOf } from './blockMemory.ts';
import { type Blocks, KEY_SHIFT } from './blocks.ts';
import { type Position, startPosition } from './position.ts';

/** The state, which has the address in it. */
const KEYS = 1;
const TOP = 65536;
const DIRECTORY = 256;
const MAX_ROWS = 512;
const CACHE_LINE_WORDS = 16;

export class Ipv4Store {
  readonly family = 'ipv4';
  readonly blocks: Blocks;
  /** One word: prefixes in the store. */
  readonly counted: Int32Array;
  /** Where the table begins. */
  readonly top: number;
  /** Of the row where `blocks` is: the place in the table, and in the directory if there is one. */
  #half = 0;
  #third = -1;

  constructor(blocks: Blocks) {
    this.blocks = blocks;
    this.top = blocks.memory.allocate(TOP);
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
  find(address: number, length: number, guess = 0): boolean {
    const blocks = this.blocks;
    const words = blocks.words;
    const block = this.#enter(address >>> 16, (address >>> 8) & 255);
    if (block === 0) return false;
    const states = blocks.states(block);
    const rows = words[block + 1]! >>> 16;
    const key = ((address & 0xffff) << 6) | length;
    const guessed =
      guess > 0 &&
      guess <= rows &&
      words[states + guess - 1]! >>> KEY_SHIFT < key &&
      (guess === rows || words[states + guess]! >>> KEY_SHIFT >= key);
    const row = guessed ? guess : rowsBelow(words, states, rows, key);
    blocks.row = row;
    return row < rows && words[states + row]! >>> KEY_SHIFT === key;
  }

  /**
   * Finds the blocks that addresses belong to, reads their beginnings into the caches, and returns
   * something of them. `places`: the block of each; what stands for none reads as one without rows.
   */
  fetchBlocks(addresses: Int32Array, places: Int32Array, count: number): number {
    const { words } = this.blocks;
    const top = this.top;
    for (let i = 0; i < count; i++) {
      places[i] = Math.max(0, words[top + (addresses[i]! >>> 16)]!);
    }
    let read = 0;
    for (let i = 0; i < count; i++) {
      const block = places[i]!;
      read ^= words[block]! ^ words[block + CACHE_LINE_WORDS]!;
    }
    return read;
  }

  /** Where in those blocks the prefixes are, or would be: `rows`; `places` are then their values. */
  seekRows(
    addresses: Int32Array,
    lengths: Int32Array,
    places: Int32Array,
    rows: Int32Array,
    count: number,
  ): void {
    const { blocks } = this;
    const { words } = blocks;
    for (let i = 0; i < count; i++) {
      const block = places[i]!;
      if (block === 0) continue;
      const key = ((addresses[i]! & 0xffff) << 6) | lengths[i]!;
      const row = rowsBelow(words, blocks.states(block), blocks.rows(block), key);
      rows[i] = row;
      places[i] = blocks.values(block) + row * (blocks.columns(block) + 1);
    }
  }

  /** Puts the prefix in where `find` did not find it. */
  insert(address: number, length: number): void {
    const blocks = this.blocks;
    if (this.#third < 0 && blocks.block !== 0 && blocks.rows(blocks.block) >= MAX_ROWS) {
      this.#split();
      this.find(address, length);
    }
    if (blocks.block === 0) blocks.create(KEYS, 1);
    blocks.insertRow();
    const key = ((address & 0xffff) << 6) | length;
    blocks.words[blocks.states(blocks.block) + blocks.row] = key << KEY_SHIFT;
    this.counted[0]!++;
  }

  /** Takes out the row where `blocks` is. */
  remove(): void {
    this.blocks.removeRow();
    this.counted[0]!--;
    if (this.blocks.block === 0 && this.#third >= 0) this.#freeDirectory();
  }

  /** The address of the row where `blocks` is, as a signed number. */
  word0(): number {
    return (this.#half << 16) | (this.#state() >>> 16);
  }

  length(): number {
    return (this.#state() >>> KEY_SHIFT) & 63;
  }

  /** Goes to the first row at or behind the prefix; false: there is none. */
  seekRow(address: number, length: number): boolean {
    this.find(address, length);
    const { blocks } = this;
    return (blocks.block !== 0 && blocks.row < blocks.rows(blocks.block)) || this.#nextBlock();
  }

  /** Goes to the next row in the order of (address, length). */
  nextRow(): boolean {
    const { blocks } = this;
    return ++blocks.row < blocks.rows(blocks.block) || this.#nextBlock();
  }

  /** Goes to the first block behind `position`, and moves that behind it. */
  nextBlock(position: Position): boolean {
    const index = position.started ? position.word0 : -1;
    this.#half = index >> 8;
    // A position is that of a directory's block or of a whole half, which ends at 255.
    this.#third = index & 255;
    if (!this.#nextBlock()) return false;
    position.started = true;
    position.word0 = (this.#half << 8) | (this.#third < 0 ? 255 : this.#third);
    return true;
  }

  /** Goes to the longest prefix of at most `longest` bits that covers the address. */
  match(address: number, longest: number): boolean {
    const { blocks } = this;
    for (let length = longest; length >= 0; ) {
      if (this.find(maskTo(address, length), length)) return true;
      let next = this.#floor(length) - 1;
      if (blocks.block !== 0 && blocks.row > 0) {
        blocks.row--;
        // What covers the address and stands before this row covers this row's prefix too.
        const common = Math.clz32(this.word0() ^ address);
        if (this.length() <= common) return true;
        next = Math.max(next, Math.min(length - 1, common));
      }
      length = next;
    }
    return false;
  }

  /** Down to which length what covers an address is in the block where a prefix of this length is. */
  #floor(length: number): number {
    if (this.#third >= 0) return Math.min(length, 24);
    return Math.min(length, 16);
  }

  /** Returns the words that the blocks take; throws where something does not agree. */
  checkInvariants(): number {
    let count = 0;
    let before = -1;
    let size = wordsOf(classOfWords(TOP));
    const directories = new Set<number>();
    for (const position = startPosition(); this.nextBlock(position); ) {
      const { blocks } = this;
      size += blocks.checkBlock(blocks.block);
      if (this.#third >= 0) directories.add(this.#half);
      for (blocks.row = 0; blocks.row < blocks.rows(blocks.block); blocks.row++) {
        const key = (this.word0() >>> 0) * 64 + this.length();
        if (key <= before) throw new Error('IPv4 rows are out of order');
        if (maskTo(this.word0(), this.length()) !== this.word0())
          throw new Error('host bits are set');
        before = key;
        count++;
      }
    }
    if (count !== this.count) throw new Error(`${this.count} IPv4 prefixes, but ${count} rows`);
    return size + directories.size * wordsOf(classOfWords(DIRECTORY));
  }

  #state(): number {
    const { blocks } = this;
    return blocks.words[blocks.states(blocks.block) + blocks.row]!;
  }

  /** Leaves `blocks` at the first row of the block for this half and third octet; 0: there is none. */
  #enter(half: number, third: number): number {
    const blocks = this.blocks;
    let link = this.top + half;
    let block = blocks.words[link]!;
    this.#half = half;
    this.#third = -1;
    if (block < 0) {
      this.#third = third;
      link = third - block;
      block = blocks.words[link]!;
    }
    blocks.link = link;
    blocks.block = block;
    blocks.row = 0;
    return block;
  }

  #nextBlock(): boolean {
    let third = this.#third < 0 ? DIRECTORY : this.#third + 1;
    for (let half = this.#half; half < TOP; half++, third = 0) {
      if (half < 0) continue;
      const pointer = this.blocks.words[this.top + half]!;
      if (pointer > 0 && third === 0) return this.#enter(half, 0) !== 0;
      for (; pointer < 0 && third < DIRECTORY; third++) {
        if (this.#enter(half, third) !== 0) return true;
      }
    }
    return false;
  }

  /** Replaces the found block by a directory of blocks, one per third octet that occurs. */
  #split(): void {
    const { blocks } = this;
    const { words, link, block } = blocks;
    const directory = blocks.memory.allocate(DIRECTORY);
    words.fill(0, directory, directory + DIRECTORY);
    try {
      this.#distribute(directory);
    } catch (error) {
      for (let i = 0; i < DIRECTORY; i++) {
        blocks.block = words[directory + i]!;
        if (blocks.block !== 0) blocks.drop();
      }
      blocks.block = block;
      blocks.memory.release(directory, classOfWords(DIRECTORY));
      throw error;
    }
    words[link] = -directory;
    blocks.drop();
  }

  #distribute(directory: number): void {
    const { blocks } = this;
    const { words, block } = blocks;
    const rows = blocks.rows(block);
    const states = blocks.states(block);
    for (let from = 0, to = 0; from < rows; from = to) {
      const third = words[states + from]! >>> 24;
      while (to < rows && words[states + to]! >>> 24 === third) to++;
      words[directory + third] = blocks.copyRows(from, to);
    }
  }

  #freeDirectory(): void {
    const { words } = this.blocks;
    const directory = -words[this.top + this.#half]!;
    for (let i = 0; i < DIRECTORY; i++) if (words[directory + i] !== 0) return;
    this.blocks.memory.release(directory, classOfWords(DIRECTORY));
    words[this.top + this.#half] = 0;
  }
}

/**
 * How many of `rows` states from `states` on have a lower key. Without a branch on what was read,
 * which no processor could foretell: the searches of several prefixes run into each other.
 */
function rowsBelow(words: Int32Array, states: number, rows: number, key: number): number {
  let at = states;
  let count = rows;
  while (count > 1) {
    const half = count >>> 1;
    // Keys have 22 bits: the sign of the difference is all ones where the key is lower.
    at += half & (((words[at + half - 1]! >>> KEY_SHIFT) - key) >> 31);
    count -= half;
  }
  const last = count === 0 ? 0 : ((words[at]! >>> KEY_SHIFT) - key) >>> 31;
  return at - states + last;
}

/** The first `length` bits. */
function maskTo(address: number, length: number): number {
  // Shift counts are taken modulo 32, so length 0 must not reach the shift.
  return length === 0 ? 0 : address & (-1 << (32 - length));
}

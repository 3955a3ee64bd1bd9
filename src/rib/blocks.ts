/**
 * Prefixes in sorted blocks of some tens of rows, with the paths of every neighbour beside them.
 *
 *   block  +0  size class (8) | keys (16) | columns (8)
 *          +1  rows (16) | capacity (16)
 *          +2  column numbers, four a word
 *          ..  keys: `capacity` times the state and what else is searched
 *          ..  values: `capacity` times merit, path of the first column here, of the second, ..
 *
 *   row i of all of them belongs to one prefix:
 *
 *   IPv4        state  address[15..0] (16) | length (6) | dirty (1) | bare (1) | best (8)
 *   IPv6 ..64   state  0 (14) | length (8) | dirty (1) | bare (1) | best (8)
 *               address[127..96]  address[95..64]
 *   IPv6 65..   state  four words of address
 *
 * What a search reads lies together, and so does what a decision reads: memory that is not in a
 * cache costs more than all the work on it.
 *
 *   best        column of the best path + 1, 0: none is eligible
 *   merit       what the best path has to show up to ORIGIN, so that a worse one is known without
 *               looking at that: see `decision.ts`
 *   dirty       in the queue of changed prefixes
 *   bare        without any path, here only because it is in that queue
 *   path        attribute id (24) | generation (2) | llgr-stale (1) | reason (5)     0: no path
 *
 * A block has only the columns that occur in it: a neighbour with ten routes costs ten blocks a
 * column. Capacity is what the size class leaves; a row or column that does not fit moves the block,
 * and the word that points to it (`link`) follows.
 */

import { BlockMemory, classOfWords, wordsOf } from './blockMemory.ts';
import { APART, RibFullError, type Room } from './memory.ts';

const HEADER_WORDS = 2;
/** Under this many words a loop is faster than `copyWithin`. */
const SHORT_COPY = 48;
/** Blocks up to this size class are not made smaller. */
const SMALL = 8;

export const MAX_COLUMNS = 255;
/** A state word, or its key bits alone when shifted right by this. */
export const KEY_SHIFT = 10;
export const DIRTY = 1 << 9;
export const BARE = 1 << 8;
export const BEST_MASK = 0xff;

export class Blocks {
  readonly memory: BlockMemory;
  /** The memory's. */
  readonly words: Int32Array;
  /** Where the row found last is: the word that points to its block, its block, its number. */
  link = 0;
  block = 0;
  row = 0;

  constructor(words: number, room: Room = APART) {
    this.memory = new BlockMemory(words, room);
    this.words = this.memory.words;
  }

  /** A block without rows and columns, for at least `rows` rows; `link` is made to point to it. */
  create(keys: number, rows: number): void {
    this.block = this.#make(keys, 0, rows);
    this.words[this.link] = this.block;
    this.row = 0;
  }

  rows(block: number): number {
    return this.words[block + 1]! >>> 16;
  }

  capacity(block: number): number {
    return this.words[block + 1]! & 0xffff;
  }

  columns(block: number): number {
    return columnsOf(this.words[block]!);
  }

  keys(block: number): number {
    return keysOf(this.words[block]!);
  }

  /** The word of row 0's state; the row's other keys follow, and then the next row. */
  states(block: number): number {
    return statesAt(block, this.words[block]!);
  }

  /** The word of row 0's merit; the row's paths follow, and then the next row. */
  values(block: number): number {
    return this.states(block) + this.keys(block) * this.capacity(block);
  }

  /** The word of the found row's state. */
  state(): number {
    const { block } = this;
    const head = this.words[block]!;
    return statesAt(block, head) + this.row * keysOf(head);
  }

  /** The word of the found row's merit; the paths of the block's columns follow. */
  merit(): number {
    const { block, words } = this;
    const head = words[block]!;
    const values = statesAt(block, head) + keysOf(head) * (words[block + 1]! & 0xffff);
    return values + this.row * (columnsOf(head) + 1);
  }

  /** Which column the block has at `slot`. */
  columnAt(block: number, slot: number): number {
    return (this.words[block + HEADER_WORDS + (slot >>> 2)]! >>> ((slot & 3) * 8)) & 0xff;
  }

  /** At which slot the block has `column`, or -1. */
  slotOf(block: number, column: number): number {
    const { words } = this;
    const count = columnsOf(words[block]!);
    for (let slot = 0; slot < count; slot++) {
      if (((words[block + HEADER_WORDS + (slot >>> 2)]! >>> ((slot & 3) * 8)) & 0xff) === column) {
        return slot;
      }
    }
    return -1;
  }

  /** The path at the found row in `column`; 0 when it has none. */
  path(column: number): number {
    const slot = this.slotOf(this.block, column);
    return slot < 0 ? 0 : this.words[this.merit() + 1 + slot]!;
  }

  /** Reads the words at `places` into the caches, and returns something of them. */
  fetch(places: Int32Array, count: number): number {
    const { words } = this;
    let read = 0;
    for (let i = 0; i < count; i++) read ^= words[places[i]!]!;
    return read;
  }

  /** Gives the found block the column, which it must not have; returns its slot. */
  addColumn(column: number): number {
    this.#relayout(this.rows(this.block), -1, column, -1);
    return this.columns(this.block) - 1;
  }

  /** Takes a column out of the found block, whose paths in it are all 0, unless memory is short. */
  dropColumn(slot: number): void {
    this.#shrink(slot);
  }

  /** Makes room at the found place: no paths there, keys left to the caller. */
  insertRow(): void {
    const { words, block, row } = this;
    const head = words[block]!;
    const counts = words[block + 1]!;
    const rows = counts >>> 16;
    const capacity = counts & 0xffff;
    if (rows === capacity) {
      this.#relayout(rows + 1, row, -1, -1);
      return;
    }
    const keys = keysOf(head);
    const states = statesAt(block, head);
    this.#open(states + row * keys, keys, (rows - row) * keys);
    const stride = columnsOf(head) + 1;
    const at = states + keys * capacity + row * stride;
    this.#open(at, stride, (rows - row) * stride);
    for (let i = 0; i < stride; i++) words[at + i] = 0;
    words[block + 1] = counts + 0x1_0000;
  }

  /** Takes the found row out; a block that is left with none is freed and `link` cleared. */
  removeRow(): void {
    const { words, block, row } = this;
    const head = words[block + 1]!;
    const rows = (head >>> 16) - 1;
    const capacity = head & 0xffff;
    if (rows === 0) {
      this.memory.release(block, words[block]! >>> 24);
      words[this.link] = 0;
      this.block = 0;
      return;
    }
    const keys = this.keys(block);
    const key = this.states(block) + row * keys;
    this.#move(key, key + keys, (rows - row) * keys);
    const stride = this.columns(block) + 1;
    const at = this.values(block) + row * stride;
    this.#move(at, at + stride, (rows - row) * stride);
    words[block + 1] = head - 0x1_0000;
    if (rows * 2 < capacity && words[block]! >>> 24 > SMALL) this.#shrink(-1);
  }

  /**
   * A new block with the found block's rows `from..to`, all of its columns; nothing points to it
   * yet, and the found block keeps them until `truncate`.
   */
  copyRows(from: number, to: number): number {
    const { words, block } = this;
    const keys = this.keys(block);
    const columns = this.columns(block);
    const count = to - from;
    const fresh = this.#make(keys, columns, count);
    this.#copyColumnNumbers(block, fresh, -1, -1);
    this.#move(this.states(fresh), this.states(block) + from * keys, count * keys);
    const stride = columns + 1;
    this.#move(this.values(fresh), this.values(block) + from * stride, count * stride);
    words[fresh + 1]! += count << 16;
    return fresh;
  }

  /** Keeps the first `rows` rows of the found block. */
  truncate(rows: number): void {
    const head = this.words[this.block + 1]!;
    this.words[this.block + 1] = (rows << 16) | (head & 0xffff);
    this.#shrink(-1);
  }

  /** Frees the found block, whatever it holds. */
  drop(): void {
    this.memory.release(this.block, this.words[this.block]! >>> 24);
    this.block = 0;
  }

  /** The words of a block, its header held against itself. */
  checkBlock(block: number): number {
    const size = wordsOf(this.words[block]! >>> 24);
    const capacity = this.capacity(block);
    const end = this.values(block) + capacity * (this.columns(block) + 1);
    if (end > block + size) throw new Error('a block overflows');
    if (this.rows(block) > capacity || this.rows(block) === 0) throw new Error('a block miscounts');
    const seen = new Set<number>();
    for (let slot = 0; slot < this.columns(block); slot++) seen.add(this.columnAt(block, slot));
    if (seen.size !== this.columns(block)) throw new Error('a block has a column twice');
    return size;
  }

  #make(keys: number, columns: number, rows: number): number {
    const perRow = keys + columns + 1;
    const header = HEADER_WORDS + ((columns + 3) >>> 2);
    const sizeClass = classOfWords(header + perRow * rows);
    const size = wordsOf(sizeClass);
    const block = this.memory.allocate(size);
    this.words[block] = (sizeClass << 24) | (keys << 8) | columns;
    this.words[block + 1] = Math.min(0xffff, ((size - header) / perRow) | 0);
    return block;
  }

  /**
   * Moves the found block to one for `rows` rows. `gap`: an empty row is put in there. `added`: a
   * column without paths comes last. `dropped`: the column at this slot goes. -1: none.
   */
  #relayout(rows: number, gap: number, added: number, dropped: number): void {
    const { words, block } = this;
    const keys = this.keys(block);
    const columns = this.columns(block) + (added < 0 ? 0 : 1) - (dropped < 0 ? 0 : 1);
    const fresh = this.#make(keys, columns, rows);
    const before = this.rows(block);
    const head = gap < 0 ? before : gap;
    this.#copyAround(this.states(block), this.states(fresh), head, before, keys);
    const source = this.values(block);
    const target = this.values(fresh);
    if (added < 0 && dropped < 0) {
      const stride = columns + 1;
      this.#copyAround(source, target, head, before, stride);
      for (let i = 0; gap >= 0 && i < stride; i++) words[target + gap * stride + i] = 0;
    } else {
      this.#copyValues(source, target, before, columns, dropped);
    }
    this.#copyColumnNumbers(block, fresh, dropped, added);
    words[fresh + 1]! += (gap < 0 ? before : before + 1) << 16;
    this.memory.release(block, words[block]! >>> 24);
    words[this.link] = fresh;
    this.block = fresh;
  }

  /** `rows` rows of `stride` words, leaving out one row of the target: that before row `gap`. */
  #copyAround(source: number, target: number, gap: number, rows: number, stride: number): void {
    this.#move(target, source, gap * stride);
    this.#move(target + (gap + 1) * stride, source + gap * stride, (rows - gap) * stride);
  }

  /**
   * Moves the found block to one just large enough, without the column at slot `dropped` (-1: with
   * all). Taking routes away must never fail, so that a block for which there is no room stays.
   */
  #shrink(dropped: number): void {
    try {
      this.#relayout(this.rows(this.block), -1, -1, dropped);
    } catch (error) {
      if (!(error instanceof RibFullError)) throw error;
    }
  }

  /** The values of `rows` rows, with one column fewer (at slot `dropped`) or one more, of no paths. */
  #copyValues(
    source: number,
    target: number,
    rows: number,
    columns: number,
    dropped: number,
  ): void {
    const words = this.words;
    // Merit stands before the paths, so that slot n is word n + 1 of a row.
    const kept = dropped < 0 ? columns : dropped + 1;
    let from = source;
    let to = target;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < kept; i++) words[to++] = words[from++]!;
      if (dropped < 0) {
        words[to++] = 0;
        continue;
      }
      from++;
      for (let i = kept; i <= columns; i++) words[to++] = words[from++]!;
    }
  }

  #copyColumnNumbers(block: number, fresh: number, dropped: number, added: number): void {
    const words = this.words;
    const count = this.columns(fresh);
    for (let i = 0; i < (count + 3) >>> 2; i++) words[fresh + HEADER_WORDS + i] = 0;
    const columns = this.columns(block);
    for (let slot = 0, to = 0; slot < columns; slot++) {
      if (slot !== dropped) this.#setColumnNumber(fresh, to++, this.columnAt(block, slot));
    }
    if (added >= 0) this.#setColumnNumber(fresh, count - 1, added);
  }

  #setColumnNumber(block: number, slot: number, column: number): void {
    this.words[block + HEADER_WORDS + (slot >>> 2)]! |= column << ((slot & 3) * 8);
  }

  /** Moves `count` words from `at` on up by `gap`. */
  #open(at: number, gap: number, count: number): void {
    const { words } = this;
    if (count > SHORT_COPY) words.copyWithin(at + gap, at, at + count);
    else for (let i = at + count - 1; i >= at; i--) words[i + gap] = words[i]!;
  }

  /** Like `copyWithin`: the ranges may overlap. */
  #move(target: number, source: number, count: number): void {
    const words = this.words;
    if (count > SHORT_COPY) {
      words.copyWithin(target, source, source + count);
    } else if (target < source) {
      for (let i = 0; i < count; i++) words[target + i] = words[source + i]!;
    } else {
      for (let i = count - 1; i >= 0; i--) words[target + i] = words[source + i]!;
    }
  }
}

function columnsOf(head: number): number {
  return head & 0xff;
}

function keysOf(head: number): number {
  return (head >>> 8) & 0xffff;
}

function statesAt(block: number, head: number): number {
  return block + HEADER_WORDS + ((columnsOf(head) + 3) >>> 2);
}

/**
 * Adj-RIB-Out of learned routes towards a group of neighbours that are all sent the same: for each
 * prefix the attribute set that it was advertised with, as the set came in; or several, where the
 * neighbours are sent several paths (RFC 7911), each under the column that it has in the RIB. A set
 * is held in the arena as long as the group's neighbours have it.
 *
 * The rows are those of `blocks.ts`; what is merit there is the set here of a path that goes alone,
 * so that such a route takes two words (IPv4) or four (IPv6). Others have columns as in the RIB:
 *
 *   state   [row]           key (22) | waiting (1) | urgent (1) | 0 (8)
 *   set     [row]           attribute id; 0: not advertised
 *   set     [row][column]   the same; a row without any is here only because it waits
 *
 *   waiting   in the queue of changed prefixes
 *   urgent    in the queue of those that are to be withdrawn
 */

import { FAMILIES, type Family } from '../net/family.ts';
import type { AttributeTable } from './attributeTable.ts';
import { BARE, Blocks, DIRTY } from './blocks.ts';
import { startPosition } from './position.ts';
import {
  findRow,
  insertRow,
  makeStores,
  type PrefixStore,
  type PrefixStores,
  storeFor,
} from './prefixStores.ts';
import type { PrefixWords } from './rowPrefix.ts';

/** The marks of a row that waits; each is a queue's. */
export const Mark = { waiting: DIRTY, urgent: BARE } as const;
export type Mark = (typeof Mark)[keyof typeof Mark];

const MARKS = DIRTY | BARE;
/** Some five million routes; memory is taken as they come. */
const WORDS = 1 << 24;

/** The column of a path that goes alone: no other is sent for its prefix. */
export const ALONE = -1;

export class AdjRibOutTable {
  readonly stores: PrefixStores;
  readonly #attributes: AttributeTable;
  readonly #blocks: Blocks;
  readonly #counts: Record<Family, number> = { ipv4: 0, ipv6: 0 };
  /** Stores whose sets `release` has not given back, and how far it has come in the first. */
  readonly #unreleased: PrefixStore[];
  #position = startPosition();

  constructor(attributes: AttributeTable, words = WORDS) {
    this.#attributes = attributes;
    this.#blocks = new Blocks(words);
    this.stores = makeStores(this.#blocks);
    this.#unreleased = [this.stores.ipv4, this.stores.ipv6, this.stores.ipv6Long];
  }

  /** Advertised routes. */
  get counts(): Readonly<Record<Family, number>> {
    return this.#counts;
  }

  /** The set that the prefix is advertised with, or 0. */
  advertised(row: PrefixWords, column = ALONE): number {
    if (!findRow(storeFor(this.stores, row), row)) return 0;
    const at = this.#wordOf(column);
    return at < 0 ? 0 : this.#blocks.words[at]!;
  }

  /** Whether the prefix is advertised, with whatever paths. */
  isAdvertised(row: PrefixWords): boolean {
    return findRow(storeFor(this.stores, row), row) && this.#hasSets();
  }

  /** Puts the columns that the prefix is advertised in into `columns`, ascending; returns how many. */
  columnsOf(row: PrefixWords, columns: Int32Array): number {
    if (!findRow(storeFor(this.stores, row), row)) return 0;
    const blocks = this.#blocks;
    const first = blocks.merit();
    let count = 0;
    if (blocks.words[first] !== 0) columns[count++] = ALONE;
    for (let slot = 0; slot < blocks.columns(blocks.block); slot++) {
      if (blocks.words[first + 1 + slot] === 0) continue;
      columns[count++] = blocks.columnAt(blocks.block, slot);
    }
    columns.subarray(0, count).sort();
    return count;
  }

  /**
   * The prefix is advertised with `set` from now on, in `column` where it has several paths; 0: not
   * any more. Throws RibFullError.
   */
  advertise(row: PrefixWords, set: number, column = ALONE): void {
    const store = storeFor(this.stores, row);
    if (!this.#place(store, row, set !== 0)) return;
    const at = set === 0 ? this.#wordOf(column) : this.#wordFor(store, column);
    const before = at < 0 ? 0 : this.#blocks.words[at]!;
    if (before === set) return;
    this.#blocks.words[at] = set;
    if (set !== 0) this.#attributes.retain(set, 1);
    if (before !== 0) this.#attributes.release(before);
    this.#counts[row.family] += (set !== 0 ? 1 : 0) - (before !== 0 ? 1 : 0);
    this.#sweep(store);
  }

  /** Marks the prefix; false: it has the mark. Throws RibFullError. */
  mark(row: PrefixWords, mark: Mark): boolean {
    this.#place(storeFor(this.stores, row), row, true);
    const at = this.#blocks.state();
    const state = this.#blocks.words[at]!;
    this.#blocks.words[at] = state | mark;
    return (state & mark) === 0;
  }

  /** Whether the prefix has any mark. */
  isMarked(row: PrefixWords): boolean {
    const found = findRow(storeFor(this.stores, row), row);
    return found && (this.#blocks.words[this.#blocks.state()]! & MARKS) !== 0;
  }

  /** Takes the mark off the prefix, which must have it. */
  unmark(row: PrefixWords, mark: Mark): void {
    const store = storeFor(this.stores, row);
    if (!findRow(store, row)) throw new Error('a queued prefix is not in the table');
    this.#blocks.words[this.#blocks.state()]! &= ~mark;
    this.#sweep(store);
  }

  /**
   * Gives back the sets of about `budget` more routes, for a table that nobody uses any more; false:
   * all are given back.
   */
  release(budget: number): boolean {
    const blocks = this.#blocks;
    let left = budget;
    for (let store = this.#unreleased[0]; store && left > 0; store = this.#unreleased[0]) {
      if (!store.nextBlock(this.#position)) {
        this.#unreleased.shift();
        this.#position = startPosition();
        continue;
      }
      const rows = blocks.rows(blocks.block);
      for (blocks.row = 0; blocks.row < rows; blocks.row++) {
        for (const set of this.#sets()) if (set !== 0) this.#attributes.release(set);
      }
      left -= rows;
    }
    return this.#unreleased.length > 0;
  }

  /**
   * Rows and counters held against each other; for tests. Returns how many routes have each set, to
   * hold against the references in the arena.
   */
  checkInvariants(): Map<number, number> {
    const { ipv4, ipv6, ipv6Long } = this.stores;
    const words = ipv4.checkInvariants() + ipv6.checkInvariants() + ipv6Long.checkInvariants();
    this.#blocks.memory.checkInvariants();
    if (words !== this.#blocks.memory.wordsInUse)
      throw new Error('words of an Adj-RIB-Out are lost');
    const held = new Map<number, number>();
    const counts: Record<Family, number> = { ipv4: 0, ipv6: 0 };
    for (const store of [ipv4, ipv6, ipv6Long]) {
      counts[store.family] += this.#checkStore(store, held);
    }
    for (const family of FAMILIES) {
      if (counts[family] !== this.#counts[family]) {
        throw new Error(`${this.#counts[family]} ${family} routes, but ${counts[family]} rows`);
      }
    }
    return held;
  }

  #checkStore(store: PrefixStore, held: Map<number, number>): number {
    const blocks = this.#blocks;
    let count = 0;
    for (const position = startPosition(); store.nextBlock(position); ) {
      for (blocks.row = 0; blocks.row < blocks.rows(blocks.block); blocks.row++) {
        if (!this.#hasSets() && (blocks.words[blocks.state()]! & MARKS) === 0) {
          throw new Error('a row is neither advertised nor waiting');
        }
        for (const set of this.#sets()) {
          if (set === 0) continue;
          held.set(set, (held.get(set) ?? 0) + 1);
          count++;
        }
      }
    }
    return count;
  }

  /** The sets of the found row, in all of its columns; 0 where there is none. */
  #sets(): Int32Array {
    const blocks = this.#blocks;
    const first = blocks.merit();
    return blocks.words.subarray(first, first + 1 + blocks.columns(blocks.block));
  }

  #hasSets(): boolean {
    const blocks = this.#blocks;
    const first = blocks.merit();
    const end = first + 1 + blocks.columns(blocks.block);
    for (let at = first; at < end; at++) if (blocks.words[at] !== 0) return true;
    return false;
  }

  /** Where the found row has the set of the column; -1: its block has no such column. */
  #wordOf(column: number): number {
    const blocks = this.#blocks;
    if (column === ALONE) return blocks.merit();
    const slot = blocks.slotOf(blocks.block, column);
    return slot < 0 ? -1 : blocks.merit() + 1 + slot;
  }

  /** The same, the block being given the column if need be. Throws RibFullError. */
  #wordFor(store: PrefixStore, column: number): number {
    const at = this.#wordOf(column);
    if (at >= 0) return at;
    try {
      const slot = this.#blocks.addColumn(column);
      return this.#blocks.merit() + 1 + slot;
    } catch (error) {
      // The row may have been put in for this path.
      this.#sweep(store);
      throw error;
    }
  }

  /** Goes to the row, which is put in if it is not there and `wanted`; false: it is not there. */
  #place(store: PrefixStore, row: PrefixWords, wanted: boolean): boolean {
    if (findRow(store, row)) return true;
    if (!wanted) return false;
    insertRow(store, row);
    return true;
  }

  /** Takes the row out when it says nothing any more. */
  #sweep(store: PrefixStore): void {
    if (this.#hasSets() || (this.#blocks.words[this.#blocks.state()]! & MARKS) !== 0) return;
    store.remove();
  }
}

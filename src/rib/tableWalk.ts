/**
 * A walk over all prefixes of some families in the order of (store, address, length), some rows at
 * a time. Between two turns the table may change in any way: what is behind the walk's place then
 * is visited, what is before it is not.
 *
 *   behind the place:  rows visited   |   place (the last of them)   |   rows to come
 */

import type { Family } from '../net/family.ts';
import type { PrefixStore, PrefixStores } from './prefixStores.ts';
import { compareRows, type PrefixWords, RowPrefix } from './rowPrefix.ts';

export class TableWalk {
  /** The row where the walk is, after `resume` or `advance` returned true. */
  readonly row = new RowPrefix();
  readonly #stores: readonly PrefixStore[];
  #index = 0;
  /** Whether a row of the present store has been visited. */
  #started = false;
  readonly #place = new RowPrefix();
  /** The row that the walk stopped within, if it is still there, and the column that comes next. */
  readonly #within = new RowPrefix();
  #column = -1;

  /** `after`: begins where that walk, over whatever table, is now. */
  constructor(
    { ipv4, ipv6, ipv6Long }: PrefixStores,
    families: readonly Family[],
    after?: TableWalk,
  ) {
    this.#stores = [ipv4, ipv6, ipv6Long].filter(({ family }) => families.includes(family));
    if (!after) return;
    this.#index = after.#index;
    this.#started = after.#started;
    this.#place.copy(after.#place);
  }

  /** The first column to come of the row where the walk is; -1: all of them. */
  get column(): number {
    if (this.#column < 0 || this.row.family !== this.#within.family) return -1;
    return compareRows(this.row, this.#within) === 0 ? this.#column : -1;
  }

  /** Of the row where the walk is, the columns before this one have been visited. */
  stopWithin(column: number): void {
    this.#within.copy(this.row);
    this.#column = column;
  }

  /** All columns of the row that it stopped within come again: there may be new ones among them. */
  restartRow(): void {
    this.#column = -1;
  }

  /** Goes to the first row to come, at the beginning of a turn; false: there is none. */
  resume(): boolean {
    for (let store = this.#store(); store; store = this.#store()) {
      if (this.#seek(store)) {
        this.row.read(store);
        return true;
      }
      this.#index++;
      this.#started = false;
    }
    return false;
  }

  /** The row has been visited: goes to the next one. The table must not have changed meanwhile. */
  advance(): boolean {
    this.#place.copy(this.row);
    this.#started = true;
    this.#column = -1;
    const store = this.#store();
    if (store?.nextRow()) {
      this.row.read(store);
      return true;
    }
    return this.skipStore();
  }

  /** Nothing more of the present store is wanted: goes to the first row of the next one. */
  skipStore(): boolean {
    this.#index++;
    this.#started = false;
    return this.resume();
  }

  /** Whether it has visited rows that a walk over the same families has not come to. */
  isPast(other: TableWalk): boolean {
    if (this.#index !== other.#index) return this.#index > other.#index;
    if (!this.#started || !other.#started) return this.#started;
    return compareRows(this.#place, other.#place) > 0;
  }

  /** Whether a row of this store, there or not, is at its place or before it. */
  hasPassed(store: PrefixStore, row: PrefixWords): boolean {
    const index = this.#stores.indexOf(store);
    if (index !== this.#index) return index < this.#index;
    return this.#started && compareRows(this.#place, row) >= 0;
  }

  #store(): PrefixStore | undefined {
    return this.#stores[this.#index];
  }

  #seek(store: PrefixStore): boolean {
    const { word0, word1, word2, word3, length } = this.#place;
    if (!this.#started) {
      return store.family === 'ipv4' ? store.seekRow(0, 0) : store.seekRow(0, 0, 0, 0, 0);
    }
    if (store.family === 'ipv4') return store.seekRow(word0, length + 1);
    return store.seekRow(word0, word1, word2, word3, length + 1);
  }
}

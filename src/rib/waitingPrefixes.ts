/** Prefixes that wait their turn, each once: there are never more of them than in the table. */

import { Blocks, DIRTY } from './blocks.ts';
import { PendingPrefixes } from './pendingPrefixes.ts';
import { findRow, insertRow, makeStores, type PrefixStores, storeFor } from './prefixStores.ts';
import { type PrefixWords, RowPrefix } from './rowPrefix.ts';

/** Some five million prefixes; memory is taken as they come. */
const WORDS = 1 << 24;

export class WaitingPrefixes {
  /** What `take` has taken out. */
  readonly row = new RowPrefix();
  readonly #stores: PrefixStores;
  readonly #blocks: Blocks;
  readonly #queue = new PendingPrefixes();

  constructor(words = WORDS) {
    this.#blocks = new Blocks(words);
    this.#stores = makeStores(this.#blocks);
  }

  get size(): number {
    return this.#queue.size;
  }

  /** Throws RibFullError. */
  add(row: PrefixWords): void {
    const store = storeFor(this.#stores, row);
    if (findRow(store, row)) return;
    insertRow(store, row);
    this.#blocks.words[this.#blocks.state()]! |= DIRTY;
    this.#queue.push(row);
  }

  /** Takes the next one out, into `row`; false: there is none. */
  take(): boolean {
    const first = this.#queue.first();
    if (!first) return false;
    this.row.copy(first);
    this.#queue.drop();
    const store = storeFor(this.#stores, this.row);
    if (!findRow(store, this.row)) throw new Error('a waiting prefix is not in the table');
    store.remove();
    return true;
  }
}

/** A set of prefixes of both families in flat memory, for asking very often. */

import type { Prefix } from '../net/prefix.ts';
import { Blocks } from './blocks.ts';
import { findRow, insertRow, makeStores, type PrefixStores, storeFor } from './prefixStores.ts';
import { type PrefixWords, RowPrefix } from './rowPrefix.ts';

/** For the tables that point to the blocks, and for each prefix in a block of its own. */
const FIXED_WORDS = 1 << 18;
const WORDS = 16;

export class PrefixSet {
  readonly #stores: PrefixStores;

  constructor(prefixes: readonly Prefix[]) {
    this.#stores = makeStores(new Blocks(FIXED_WORDS + prefixes.length * WORDS));
    for (const prefix of prefixes) {
      const row = RowPrefix.of(prefix);
      const store = storeFor(this.#stores, row);
      if (!findRow(store, row)) insertRow(store, row);
    }
  }

  has(row: PrefixWords): boolean {
    return findRow(storeFor(this.#stores, row), row);
  }
}

/** All paths of a prefix that may be passed on, for receivers that are sent more than the best one. */

import { MAX_COLUMNS } from './blocks.ts';
import { attributesOf, isEligible } from './path.ts';
import type { RouteTable } from './routeTable.ts';
import type { PrefixWords } from './rowPrefix.ts';

/** One serves for one prefix after another. */
export class EligiblePaths {
  count = 0;
  /** Where each stands. */
  readonly columns = new Int32Array(MAX_COLUMNS);
  /** The attribute set of each. */
  readonly sets = new Int32Array(MAX_COLUMNS);
  readonly #table: RouteTable;

  constructor(table: RouteTable) {
    this.#table = table;
  }

  read({ family, word0, word1, word2, word3, length }: PrefixWords): void {
    const table = this.#table;
    this.count = 0;
    if (!table.find(family, word0, word1, word2, word3, length)) return;
    const { blocks, columns } = table;
    const { block, words } = blocks;
    const paths = blocks.merit() + 1;
    const slots = blocks.columns(block);
    for (let slot = 0; slot < slots; slot++) {
      const path = words[paths + slot]!;
      const column = blocks.columnAt(block, slot);
      if (!isEligible(path) || columns.live[column] === 0) continue;
      this.columns[this.count] = column;
      this.sets[this.count++] = attributesOf(path);
    }
  }

  /** The set of the path in `column`; 0: there is none. */
  setOf(column: number): number {
    for (let i = 0; i < this.count; i++) if (this.columns[i] === column) return this.sets[i]!;
    return 0;
  }
}

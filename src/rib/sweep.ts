/**
 * A walk over all paths of some columns, a few blocks at a time: a neighbour's routes go, or what
 * it did not refresh, or its policy changes. Between two steps the table may change in any way.
 */

import { attributesOf, NO_PATH } from './path.ts';
import { type Position, startPosition } from './position.ts';
import type { RouteTable, Store } from './routeTable.ts';

/**
 * What a path is to be now: itself, with other marks or with another set, or `NO_PATH`. The table
 * stands at its row.
 */
export type Revise = (path: number, store: Store) => number;

export class Sweep {
  readonly columns: readonly number[];
  readonly #table: RouteTable;
  readonly #stores: Store[];
  readonly #revise: Revise;
  /** The columns go from the blocks as well. */
  readonly #drop: boolean;
  #position: Position = startPosition();

  constructor(
    table: RouteTable,
    stores: readonly Store[],
    columns: readonly number[],
    revise: Revise,
    drop: boolean,
  ) {
    this.columns = columns;
    this.#table = table;
    this.#stores = [...stores];
    this.#revise = revise;
    this.#drop = drop;
  }

  get done(): boolean {
    return this.#stores.length === 0;
  }

  /** Works for about `budget` rows; returns what is left of it. */
  step(budget: number): number {
    let left = budget;
    for (let store = this.#stores[0]; store && left > 0; store = this.#stores[0]) {
      while (left > 0) {
        if (!store.nextBlock(this.#position)) {
          this.#stores.shift();
          this.#position = startPosition();
          break;
        }
        left -= 1 + this.#block(store);
      }
    }
    return left;
  }

  /** Returns the number of rows that it looked at. */
  #block(store: Store): number {
    const { blocks } = this.#table;
    let rows = 0;
    for (const column of this.columns) {
      const slot = blocks.slotOf(blocks.block, column);
      if (slot < 0) continue;
      rows += blocks.rows(blocks.block);
      this.#column(store, column, slot);
      if (blocks.block === 0) break;
      if (this.#drop) blocks.dropColumn(slot);
    }
    return rows;
  }

  #column(store: Store, column: number, slot: number): void {
    const table = this.#table;
    const { blocks } = table;
    // From the end, since rows that are taken out move the ones behind them.
    for (let row = blocks.rows(blocks.block) - 1; row >= 0; row--) {
      blocks.row = row;
      const path = blocks.words[blocks.merit() + 1 + slot]!;
      if (path === NO_PATH) continue;
      const next = this.#revise(path, store);
      if (next === path) continue;
      if (table.setPath(store, column, next) === 1) table.attributes.retain(attributesOf(next), 1);
      if (next === NO_PATH) table.sweepRow(store);
    }
  }
}

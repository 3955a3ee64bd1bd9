/**
 * Adj-RIB-In of all neighbours and Loc-RIB as one table: every path that was received, accepted or
 * not, and for each prefix which is best. All that changes a path goes through `setPath`, which
 * keeps references, counters, best paths and the queue of changed prefixes in step.
 */

import type { Family } from '../net/family.ts';
import type { AttributeTable } from './attributeTable.ts';
import { BARE, BEST_MASK, Blocks, DIRTY } from './blocks.ts';
import { ChangeQueue, MARKS, MERIT_MASK } from './changeQueue.ts';
import { checkRouteTable } from './check.ts';
import { Columns } from './columns.ts';
import { Decision, INTRICATE } from './decision.ts';
import { Ipv4Store } from './ipv4Store.ts';
import { Ipv6Store } from './ipv6Store.ts';
import { APART, type Room } from './memory.ts';
import { attributesOf, isEligible, isSameRoute, NO_PATH } from './path.ts';

export type Store = Ipv4Store | Ipv6Store;

/** Prefixes up to this long are in the narrow IPv6 store. */
const NARROW_LENGTH = 64;

/** A prefix whose best path is another one than when it was last told. One object serves for all. */
export interface RouteChange {
  family: Family;
  /** Signed; IPv4 is word0 alone. */
  word0: number;
  word1: number;
  word2: number;
  word3: number;
  length: number;
  /** Where the best path stands, -1: there is none any more. */
  column: number;
  /** Its attribute set, 0: there is none. */
  attributes: number;
}

/** Follows the paths themselves, best or not. */
export interface PathObserver {
  /**
   * The column's path at the row where the store is was `old` and is `path` now, each perhaps
   * `NO_PATH`; their attribute sets are both still there. Must not move the store.
   */
  pathChanged(store: Store, column: number, old: number, path: number): void;
}

/** Of a path against the best one. */
const Outcome = { loses: 0, wins: 1, open: 2 } as const;
type Outcome = (typeof Outcome)[keyof typeof Outcome];

export class RouteTable {
  readonly attributes: AttributeTable;
  readonly blocks: Blocks;
  readonly columns: Columns;
  readonly decision: Decision;
  readonly ipv4: Ipv4Store;
  /** Prefixes up to /64, and longer ones. */
  readonly ipv6: Ipv6Store;
  readonly ipv6Long: Ipv6Store;
  /** Whether changes of best paths are queued: somebody must drain them. */
  tracked: boolean;
  /** Whether the change of any eligible path counts, not only that of the best one; with `tracked`. */
  everyPath = false;
  /** Told of every path that changes. */
  observer: PathObserver | undefined;
  /** Rows without paths that are in a queue. */
  readonly #bare = { ipv4: 0, ipv6: 0 };
  readonly #queue = new ChangeQueue();
  #changes = 0;

  constructor(words: number, attributes: AttributeTable, tracked: boolean, room: Room = APART) {
    this.attributes = attributes;
    this.tracked = tracked;
    this.columns = new Columns(room);
    this.blocks = new Blocks(words, room);
    this.decision = new Decision(attributes.arena, this.blocks, this.columns);
    this.ipv4 = new Ipv4Store(this.blocks);
    this.ipv6 = new Ipv6Store(this.blocks, 2);
    this.ipv6Long = new Ipv6Store(this.blocks, 4);
  }

  /** Prefixes that have a path. */
  prefixes(family: Family): number {
    const rows = family === 'ipv4' ? this.ipv4.count : this.ipv6.count + this.ipv6Long.count;
    return rows - this.#bare[family];
  }

  /** Prefixes whose best path is another one than was told. */
  get changes(): number {
    return this.#changes;
  }

  /** What `nextChange` has to take out of the queues: no fewer than there are changes. */
  get queued(): number {
    return this.#queue.size;
  }

  ipv6StoreOf(length: number): Ipv6Store {
    return length <= NARROW_LENGTH ? this.ipv6 : this.ipv6Long;
  }

  /** Goes to the prefix; undefined: it is not there. */
  find(
    family: Family,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
  ): Store | undefined {
    if (family === 'ipv4') return this.ipv4.find(word0, length) ? this.ipv4 : undefined;
    const store = this.ipv6StoreOf(length);
    return store.find(word0, word1, word2, word3, length) ? store : undefined;
  }

  /** Goes to the prefix, which is put in without paths if it is not there. */
  place(
    family: Family,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
  ): Store {
    if (family === 'ipv4') {
      if (!this.ipv4.find(word0, length)) this.ipv4.insert(word0, length);
      return this.ipv4;
    }
    const store = this.ipv6StoreOf(length);
    if (!store.find(word0, word1, word2, word3, length)) store.insert(length);
    return store;
  }

  /**
   * Makes `path` the column's path at the row where `blocks` is, which belongs to `store`. A
   * reference to the old attribute set goes; one to the new set is the caller's to take: 1 is
   * returned when there is one to take. The row stays, even without paths: see `sweepRow`.
   */
  setPath(store: Store, column: number, path: number): 0 | 1 {
    const blocks = this.blocks;
    const words = blocks.words;
    let slot = blocks.slotOf(blocks.block, column);
    if (slot < 0) {
      if (path === NO_PATH) return 0;
      slot = this.#addColumn(store, column);
    }
    // Where the row is, once: everything below is told.
    const merit = blocks.merit();
    const at = merit + 1 + slot;
    const old = words[at]!;
    if (old === path) return 0;
    words[at] = path;
    if (old !== NO_PATH && path !== NO_PATH && isSameRoute(old, path)) return 0;
    const { family } = store;
    const state = blocks.state();
    const was = isEligible(old) ? 1 : 0;
    const is = isEligible(path) ? 1 : 0;
    const received = (path !== NO_PATH ? 1 : 0) - (old !== NO_PATH ? 1 : 0);
    this.columns.countPath(column, family, received, is - was);
    if (received > 0) this.#dress(family, state);
    if (was + is > 0) {
      this.#reselect(store, state, merit, column, old, path);
      if (this.everyPath) this.#tell(store, state, merit);
    }
    if (this.observer !== undefined) this.observer.pathChanged(store, column, old, path);
    const before = attributesOf(old);
    const after = attributesOf(path);
    if (before === after) return 0;
    if (before !== 0) this.attributes.release(before);
    return after !== 0 ? 1 : 0;
  }

  /** Takes out the row where `blocks` is if it has no paths and is in no queue. */
  sweepRow(store: Store): void {
    if (this.hasPaths()) return;
    const at = this.blocks.state();
    const state = this.blocks.words[at]!;
    const bare = (state & BARE) !== 0;
    if ((this.blocks.words[this.blocks.merit()]! & MARKS) === 0) {
      store.remove();
      if (bare) this.#bare[store.family]--;
    } else if (!bare) {
      this.blocks.words[at] = state | BARE;
      this.#bare[store.family]++;
    }
  }

  /** Whether the row where `blocks` is has any path. */
  hasPaths(): boolean {
    const { blocks } = this;
    const paths = blocks.merit() + 1;
    const end = paths + blocks.columns(blocks.block);
    for (let at = paths; at < end; at++) if (blocks.words[at] !== NO_PATH) return true;
    return false;
  }

  /** The column of the best path of the row where `blocks` is, or -1. */
  best(): number {
    return (this.blocks.words[this.blocks.state()]! & BEST_MASK) - 1;
  }

  /**
   * Takes one prefix out of the queues. True: its best path is another one than was told, and
   * `change` says which; false: it was told already, or nothing is queued.
   */
  nextChange(change: RouteChange): boolean {
    const mark = this.#queue.shift();
    if (mark === 0) return false;
    const { family, word0, word1, word2, word3, length } = this.#queue.row;
    const store = this.find(family, word0, word1, word2, word3, length);
    if (!store) throw new Error('a queued prefix is not in the table');
    const { words } = this.blocks;
    const at = this.blocks.state();
    words[this.blocks.merit()]! &= ~mark;
    const isChange = (words[at]! & DIRTY) !== 0;
    if (isChange) {
      words[at]! &= ~DIRTY;
      this.#changes--;
      change.family = family;
      change.word0 = word0;
      change.word1 = word1;
      change.word2 = word2;
      change.word3 = word3;
      change.length = length;
      change.column = this.best();
      const path = change.column < 0 ? NO_PATH : this.blocks.path(change.column);
      change.attributes = attributesOf(path);
    }
    this.sweepRow(store);
    return isChange;
  }

  /** Rows, references, counters and best paths, each counted anew; throws where one is wrong. */
  checkInvariants(): void {
    checkRouteTable(this);
  }

  /** The row whose state word is at `state` has a path now. */
  #dress(family: Family, state: number): void {
    const { words } = this.blocks;
    if ((words[state]! & BARE) === 0) return;
    words[state]! &= ~BARE;
    this.#bare[family]--;
  }

  #addColumn(store: Store, column: number): number {
    try {
      return this.blocks.addColumn(column);
    } catch (error) {
      // The row may have been put in for this path.
      this.sweepRow(store);
      throw error;
    }
  }

  /**
   * The column's path is no longer `old` but `path`; at least one of them is eligible. `state` and
   * `merit`: the row's words of these names.
   */
  #reselect(
    store: Store,
    state: number,
    merit: number,
    column: number,
    old: number,
    path: number,
  ): void {
    const best = this.blocks.words[state]! & BEST_MASK;
    if (best === 0) {
      if (isEligible(path)) this.#setBest(store, state, merit, column + 1, path);
    } else if (best === column + 1) {
      // Strictly better up to (b) than what was best: nothing else has to be looked at.
      const better = isEligible(path) && this.decision.compareKeys(path, old) < 0;
      if (better) this.#setBest(store, state, merit, best, path);
      else this.#decide(store, state, merit);
    } else {
      const outcome = this.#contest(merit, best - 1, column, old, path);
      if (outcome === Outcome.wins) this.#setBest(store, state, merit, column + 1, path);
      else if (outcome === Outcome.open && this.decision.decide() + 1 !== best) {
        this.#decide(store, state, merit);
      }
    }
  }

  #decide(store: Store, state: number, merit: number): void {
    const column = this.decision.decide();
    const path = column < 0 ? NO_PATH : this.blocks.path(column);
    this.#setBest(store, state, merit, column + 1, path);
  }

  /** What comes of the change of a path in a column that does not have the best one. */
  #contest(at: number, best: number, column: number, old: number, path: number): Outcome {
    const { columns } = this;
    if (columns.live[best] === 0) return Outcome.open;
    const merit = this.blocks.words[at]! & MERIT_MASK;
    // Equal up to (b): its MULTI_EXIT_DISC may have kept another path down that is free now.
    if (isEligible(old) && columns.alone[column] === 0) {
      if (this.#compareWithBest(old, best, merit) === 0) return Outcome.open;
    }
    if (!isEligible(path)) return Outcome.loses;
    const order = this.#compareWithBest(path, best, merit);
    if (order !== 0) return order < 0 ? Outcome.wins : Outcome.loses;
    // What is reflected has no merit to compare, so that the columns decide between these two.
    if (merit !== INTRICATE && (columns.alone[column]! & columns.alone[best]!) === 1) {
      return columns.rank[column]! < columns.rank[best]! ? Outcome.wins : Outcome.loses;
    }
    return this.#breakTie(best, column, path);
  }

  /** Up to (b). */
  #compareWithBest(path: number, best: number, merit: number): number {
    const own = merit === INTRICATE ? INTRICATE : this.decision.merit(path);
    if (own === INTRICATE) return this.decision.compareKeys(path, this.blocks.path(best));
    return own - merit;
  }

  /** The path and the best one are equal up to (b). */
  #breakTie(best: number, column: number, path: number): Outcome {
    const { decision } = this;
    const bestPath = this.blocks.path(best);
    if (decision.neighbourAs(path, column) === decision.neighbourAs(bestPath, best)) {
      const med = decision.multiExitDisc(path) - decision.multiExitDisc(bestPath);
      if (med !== 0) return med < 0 ? Outcome.open : Outcome.loses;
    }
    // If it is better in the rest, a third path may strike it out all the same.
    const order = decision.compareTies(path, column, bestPath, best);
    return order < 0 ? Outcome.open : Outcome.loses;
  }

  /** `path` in column `next` - 1 is the best, or another path of its column than before; 0: none. */
  #setBest(store: Store, at: number, merit: number, next: number, path: number): void {
    const { words } = this.blocks;
    const state = words[at]!;
    const best = state & BEST_MASK;
    if (next !== best) {
      if (best !== 0) this.columns.countBest(best - 1, store.family, -1);
      if (next !== 0) this.columns.countBest(next - 1, store.family, 1);
    }
    const marks = words[merit]! & MARKS;
    words[at] = (state & ~BEST_MASK) | next;
    words[merit] = next === 0 ? marks : marks | this.decision.merit(path);
    if (this.tracked) this.#queueRow(store, at, merit, next === 0);
  }

  /** An eligible path of the row is another one than before, or gone. */
  #tell(store: Store, state: number, merit: number): void {
    if (this.tracked) this.#queueRow(store, state, merit, this.best() < 0);
  }

  #queueRow(store: Store, at: number, merit: number, withdrawn: boolean): void {
    const { words } = this.blocks;
    const word = words[merit]!;
    words[merit] = (word & ~MARKS) | this.#queue.push(store, word & MARKS, withdrawn);
    if ((words[at]! & DIRTY) !== 0) return;
    words[at]! |= DIRTY;
    this.#changes++;
  }
}

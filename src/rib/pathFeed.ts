/**
 * The Adj-RIBs-In as one reader follows them: every path of the neighbours that it watches, first
 * by a walk over the table and then as they change. It is read at the reader's own pace, and what it
 * remembers meanwhile is bounded:
 *
 *   the walk has not come there yet    nothing: the walk will see it
 *   announced                          the queue, as far as `SOFT_LIMIT`; then another walk
 *   gone, or refused from now on       the queue, as no walk would find it; over `HARD_LIMIT` of
 *                                      these the feed is lost, and whoever reads it begins anew
 *
 * Whatever was remembered, what is told is what the table has at that moment.
 */

import { FAMILIES } from '../net/family.ts';
import type { AttributeTable } from './attributeTable.ts';
import { AttributeClass } from './facts.ts';
import { attributesOf, isEligible, NO_PATH } from './path.ts';
import { ChangeMark, PathQueue } from './pathQueue.ts';
import type { PeerIndex } from './ribIn.ts';
import type { PathObserver, RouteTable, Store } from './routeTable.ts';
import { RowPrefix } from './rowPrefix.ts';
import { TableWalk } from './tableWalk.ts';

export interface PathTold {
  readonly peer: PeerIndex;
  readonly row: RowPrefix;
  /** Unsigned; undefined where the neighbour sends none. */
  readonly pathId: number | undefined;
  /** Its attribute set, valid until the table changes; 0: the path is gone. */
  readonly set: number;
  readonly eligible: boolean;
  /** It was eligible when it was told last, for all that is known. */
  readonly wasEligible: boolean;
  /** It has just changed; else it is told because the reader does not have it. */
  readonly changed: boolean;
}

export interface PathReader {
  /** The same object every time. */
  path(told: PathTold): void;
  /** All paths that the neighbour had have been told. */
  complete(peer: PeerIndex): void;
}

interface Watched {
  readonly columns: readonly number[];
  /** Undefined: it has come to the end. */
  walk: TableWalk | undefined;
  /** Announcements were let go since: it is walked once more. */
  again: boolean;
  /** Nothing beyond the place of the walk has been told yet. */
  isFirst: boolean;
}

const SOFT_LIMIT = 1 << 16;
const HARD_LIMIT = 1 << 20;

export class PathFeed implements PathObserver {
  readonly #table: RouteTable;
  readonly #attributes: AttributeTable;
  readonly #wake: () => void;
  readonly #limits: { readonly soft: number; readonly hard: number };
  readonly #watched = new Map<PeerIndex, Watched>();
  readonly #queue = new PathQueue();
  readonly #row = new RowPrefix();
  #lost = false;
  readonly #told = {
    peer: 0 as PeerIndex,
    row: this.#row,
    pathId: undefined as number | undefined,
    set: 0,
    eligible: false,
    wasEligible: false,
    changed: false,
  };

  /** `wake`: there is something to tell; may be called while the table changes. */
  constructor(
    table: RouteTable,
    wake: () => void,
    limits = { soft: SOFT_LIMIT, hard: HARD_LIMIT },
  ) {
    this.#table = table;
    this.#attributes = table.attributes;
    this.#wake = wake;
    this.#limits = limits;
  }

  /** More was withdrawn than can be remembered: the reader has to begin anew, with another feed. */
  get lost(): boolean {
    return this.#lost;
  }

  /** The neighbour is up. */
  watch(peer: PeerIndex): void {
    const columns = this.#table.columns.of(peer);
    const walk = new TableWalk(this.#table, FAMILIES);
    this.#watched.set(peer, { columns, walk, again: false, isFirst: true });
    this.#wake();
  }

  unwatch(peer: PeerIndex): void {
    this.#watched.delete(peer);
  }

  pathChanged(store: Store, column: number, old: number, path: number): void {
    const { columns } = this.#table;
    if (columns.live[column] === 0) return;
    const { peer } = columns.owner(column);
    const watched = this.#watched.get(peer);
    if (!watched) return;
    const row = this.#row;
    row.read(store);
    const isAhead = watched.walk !== undefined && !watched.walk.hasPassed(store, row);
    if (isAhead && watched.isFirst) return;
    const wasEligible = isEligible(old);
    const id = this.#pathId(old === NO_PATH ? path : old);
    const replaced = path !== NO_PATH && id !== this.#pathId(path);
    // What a walk will find: it takes nothing away from what the reader has.
    const isFound = path !== NO_PATH && !replaced && !(wasEligible && !isEligible(path));
    if (isFound && isAhead) return;
    if (isFound && this.#queue.size >= this.#limits.soft) this.#walkAgain(watched);
    else this.#push(peer, id, wasEligible);
    if (replaced) this.#push(peer, this.#pathId(path), false);
    this.#wake();
  }

  /**
   * Tells about `budget` rows: what has changed before what the reader has never heard of. False:
   * there is nothing more to tell. The reader must not change the table.
   */
  step(budget: number, reader: PathReader): boolean {
    let left = budget;
    while (left > 0 && this.#queue.shift()) {
      this.#tellChange(reader);
      left--;
    }
    for (const [peer, watched] of this.#watched) {
      if (left > 0) left = this.#walk(peer, watched, left, reader);
    }
    return this.#queue.size > 0 || [...this.#watched.values()].some(({ walk }) => walk);
  }

  #walkAgain(watched: Watched): void {
    if (watched.walk) watched.again = true;
    else watched.walk = new TableWalk(this.#table, FAMILIES);
  }

  #push(peer: PeerIndex, id: number | undefined, wasEligible: boolean): void {
    if (this.#queue.size >= this.#limits.hard) {
      this.#lost = true;
      return;
    }
    const marks =
      (id === undefined ? 0 : ChangeMark.pathId) | (wasEligible ? ChangeMark.wasEligible : 0);
    this.#queue.push(peer, marks, id ?? 0, this.#row);
  }

  #tellChange(reader: PathReader): void {
    const { peer, marks, pathId, row } = this.#queue;
    const watched = this.#watched.get(peer);
    if (!watched) return;
    const told = this.#told;
    this.#row.copy(row);
    told.peer = peer;
    told.pathId = (marks & ChangeMark.pathId) !== 0 ? pathId >>> 0 : undefined;
    told.wasEligible = (marks & ChangeMark.wasEligible) !== 0;
    told.changed = true;
    const path = this.#find(watched, told.pathId);
    told.set = attributesOf(path);
    told.eligible = isEligible(path);
    reader.path(told);
  }

  /** The path at `#row` with this identifier. */
  #find({ columns }: Watched, pathId: number | undefined): number {
    const { family, word0, word1, word2, word3, length } = this.#row;
    if (!this.#table.find(family, word0, word1, word2, word3, length)) return NO_PATH;
    for (const column of columns) {
      const path = this.#table.blocks.path(column);
      if (path !== NO_PATH && this.#pathId(path) === pathId) return path;
    }
    return NO_PATH;
  }

  /** Returns what is left of the budget. */
  #walk(peer: PeerIndex, watched: Watched, budget: number, reader: PathReader): number {
    const { walk } = watched;
    if (!walk) return budget;
    let left = budget;
    for (let more = walk.resume(); more; more = walk.advance()) {
      if (left-- <= 0) return 0;
      this.#tellRow(peer, watched, walk.row, reader);
    }
    watched.walk = watched.again ? new TableWalk(this.#table, FAMILIES) : undefined;
    watched.again = false;
    if (watched.isFirst) reader.complete(peer);
    watched.isFirst = false;
    return left;
  }

  #tellRow(peer: PeerIndex, { columns }: Watched, row: RowPrefix, reader: PathReader): void {
    const told = this.#told;
    this.#row.copy(row);
    told.peer = peer;
    told.wasEligible = told.changed = false;
    for (const column of columns) {
      const path = this.#table.blocks.path(column);
      if (path === NO_PATH) continue;
      told.pathId = this.#pathId(path);
      told.set = attributesOf(path);
      told.eligible = isEligible(path);
      reader.path(told);
    }
  }

  #pathId(path: number): number | undefined {
    const { arena } = this.#attributes;
    const id = attributesOf(path);
    return (arena.facts(id) & AttributeClass.pathId) !== 0 ? arena.pathId(id) : undefined;
  }
}

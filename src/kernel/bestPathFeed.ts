/**
 * Best paths on their way to the installing thread: each prefix with the number of its next hop, in
 * messages of which only so many are under way. What changes while all of them are waits in a queue
 * where each prefix is once, and goes with what is true then. So a kernel that stalls costs memory
 * for the prefixes that changed meanwhile, and the speaker no time.
 *
 *   changed ─┬─────────────► message ─► thread ─► message comes back
 *            └─► waiting ─►┘
 *   walk, after `begin` ──►┘
 */

import { FAMILIES } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import { bestSetHere } from '../rib/bestSet.ts';
import { nextHopOf } from '../rib/nextHop.ts';
import { PrefixSet } from '../rib/prefixSet.ts';
import type { Rib } from '../rib/rib.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { RouteChange } from '../rib/routeTable.ts';
import { type PrefixWords, RowPrefix } from '../rib/rowPrefix.ts';
import { TableWalk } from '../rib/tableWalk.ts';
import { WaitingPrefixes } from '../rib/waitingPrefixes.ts';
import type { BestPathFollower } from '../speaker/bestPathFollower.ts';
import { HopBook } from './hopBook.ts';
import { IPV6_ROW, ROW_WORDS, ROWS, WINDOW } from './installMessages.ts';

export interface BestPathFeedOptions {
  readonly nameOf: (peer: PeerIndex) => string;
  /** A table is followed from its first prefix on. */
  readonly onBegin: () => void;
  /** There are next hops that were not there before; they come before the rows that have them. */
  readonly onHops: () => void;
  /** The neighbour has named too many: routes with others are not put in. Told once. */
  readonly onTooMany: (neighbour: string) => void;
  readonly onRows: (rows: Int32Array<ArrayBuffer>, count: number) => void;
}

/** Attribute sets that are remembered within a turn, by neighbour and set. */
const MAX_REMEMBERED = 8192;
const SET_LIMIT = 1 << 24;

export class BestPathFeed implements BestPathFollower {
  readonly book = new HopBook();
  readonly #options: BestPathFeedOptions;
  readonly #waiting = new WaitingPrefixes();
  /** Messages that are not under way. */
  readonly #free: Int32Array<ArrayBuffer>[] = [];
  #rows: Int32Array<ArrayBuffer> | undefined;
  #count = 0;
  #rib: Rib | undefined;
  #walk: TableWalk | undefined;
  #wake = () => {};
  #own: readonly Prefix[] = [];
  #ownSet = new PrefixSet([]);
  /** Of this turn: sets may be other ones in the next. */
  readonly #hops = new Map<number, number>();
  /** Next hops have come that nobody was told of: once a message is often enough. */
  #unheard = false;
  readonly #tooMany = new Set<string>();

  constructor(options: BestPathFeedOptions) {
    this.#options = options;
    for (let i = 0; i < WINDOW; i++) this.#free.push(new Int32Array(ROWS * ROW_WORDS));
  }

  /** Whether everything that is in the table has been told. */
  get isIdle(): boolean {
    return !this.#walk && this.#waiting.size === 0 && this.#count === 0;
  }

  /** Prefixes that wait for a message to come back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  begin(rib: Rib, wake: () => void): void {
    this.#rib = rib;
    this.#wake = wake;
    this.#walk = new TableWalk(rib.table, FAMILIES);
    this.#options.onBegin();
  }

  /**
   * For these we have a route of our own, which is the best there can be: a learned one would send
   * what nobody here has to another edge of ours, and that one back.
   */
  setOwn(prefixes: readonly Prefix[]): void {
    const before = this.#own;
    this.#own = prefixes;
    this.#ownSet = new PrefixSet(prefixes);
    for (const prefix of [...before, ...prefixes]) this.#waiting.add(RowPrefix.of(prefix));
    this.#wake();
  }

  changed(change: Readonly<RouteChange>): void {
    if (this.#waiting.size > 0 || !this.#hasRoom()) this.#waiting.add(change);
    else this.#put(change, change.column, change.attributes);
  }

  work(budget: number): boolean {
    let left = budget;
    const { table } = this.#rib ?? {};
    if (!table) return false;
    while (left > 0 && this.#hasRoom() && this.#waiting.take()) {
      left--;
      const { row } = this.#waiting;
      const { family, word0, word1, word2, word3, length } = row;
      const isThere = table.find(family, word0, word1, word2, word3, length);
      if (isThere) this.#put(row, table.best(), bestSetHere(table));
      else this.#put(row, -1, 0);
    }
    if (left > 0) left = this.#walkOn(left);
    this.#hops.clear();
    const more = (this.#walk !== undefined || this.#waiting.size > 0) && this.#hasRoom();
    if (!more) this.#post();
    return more;
  }

  /** A message has come back. */
  returned(rows: Int32Array<ArrayBuffer>): void {
    this.#free.push(rows);
    if (!this.isIdle) this.#wake();
  }

  #walkOn(budget: number): number {
    let left = budget;
    const walk = this.#walk;
    const { table } = this.#rib ?? {};
    if (!walk || !table || !this.#hasRoom()) return left;
    for (let there = walk.resume(); there; there = walk.advance()) {
      const best = table.best();
      // What the thread has and we do not goes when all has been said.
      if (best >= 0) this.#put(walk.row, best, bestSetHere(table));
      left--;
      if (left > 0 && this.#hasRoom()) continue;
      if (!walk.advance()) break;
      return left;
    }
    this.#walk = undefined;
    return left;
  }

  #put(row: PrefixWords, column: number, set: number): void {
    const rows = this.#rows;
    if (!rows) return;
    const hop = column < 0 || this.#ownSet.has(row) ? 0 : this.#hopOf(column, set);
    const family = row.family === 'ipv4' ? 0 : IPV6_ROW;
    const at = this.#count * ROW_WORDS;
    rows[at] = ((hop | family) << 8) | row.length;
    rows[at + 1] = row.word0;
    rows[at + 2] = row.word1;
    rows[at + 3] = row.word2;
    rows[at + 4] = row.word3;
    this.#count++;
  }

  /** Whether there is a message with room in it; a full one goes. */
  #hasRoom(): boolean {
    if (this.#rows && this.#count < ROWS) return true;
    this.#post();
    this.#rows ??= this.#free.pop();
    return this.#rows !== undefined;
  }

  #post(): void {
    const rows = this.#rows;
    if (!rows || this.#count === 0) return;
    const count = this.#count;
    this.#rows = undefined;
    this.#count = 0;
    if (this.#unheard) this.#options.onHops();
    this.#unheard = false;
    this.#options.onRows(rows, count);
  }

  /** 0: there is none that packets could be given to. */
  #hopOf(column: number, set: number): number {
    const { table } = this.#rib ?? {};
    if (!table || set === 0) return 0;
    const { peer } = table.columns.owner(column);
    const key = peer * SET_LIMIT + set;
    const known = this.#hops.get(key);
    if (known !== undefined) return known;
    const gateway = nextHopOf(table.attributes.arena, set);
    const hop = gateway === undefined ? 0 : this.#numberOf(peer, gateway);
    if (this.#hops.size >= MAX_REMEMBERED) this.#hops.clear();
    this.#hops.set(key, hop);
    return hop;
  }

  #numberOf(peer: PeerIndex, gateway: Uint8Array): number {
    const { size } = this.book;
    const neighbour = this.#options.nameOf(peer);
    const hop = this.book.numberOf(neighbour, gateway);
    if (this.book.size !== size) this.#unheard = true;
    if (hop === 0 && !this.#tooMany.has(neighbour)) {
      this.#tooMany.add(neighbour);
      this.#options.onTooMany(neighbour);
    }
    return hop;
  }
}

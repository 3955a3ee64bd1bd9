/**
 * Which next hop each prefix is to have somewhere outside of BGP, and which it has there: two numbers
 * a prefix, and the queue of those where they differ. The rows are those of `blocks.ts`; what is merit
 * there is here
 *
 *   word    failed (1) | told (1) | 0 (2) | present (14) | wanted (14)      hop 0: none
 *
 *   told      it is wanted so since `untell`; the others go with `sweep`
 *   failed    it was tried, and refused
 *
 *   dirty     in the queue of those to be brought to what is wanted
 *   bare      put off until `retry`
 *
 * A row that is neither wanted nor there goes, so that the table is never larger than both.
 */

import { FAMILIES, type Family } from '../net/family.ts';
import { BARE, Blocks, DIRTY } from './blocks.ts';
import { PendingPrefixes } from './pendingPrefixes.ts';
import { startPosition } from './position.ts';
import {
  findRow,
  insertRow,
  makeStores,
  type PrefixStore,
  type PrefixStores,
  storeFor,
} from './prefixStores.ts';
import { type PrefixWords, RowPrefix } from './rowPrefix.ts';

const HOP_BITS = 14;
const HOP_MASK = (1 << HOP_BITS) - 1;
const TOLD = 1 << 30;
const FAILED = 1 << 31;
const MARKS = DIRTY | BARE;

/** Hops are numbers below. */
export const MAX_HOPS = 1 << HOP_BITS;

/** Some five million prefixes; memory is taken as they come. */
const WORDS = 1 << 24;

export class HopTable {
  /** What `take` has taken out. */
  readonly row = new RowPrefix();
  wanted = 0;
  present = 0;
  /** Prefixes that are there, and that were refused. */
  readonly installed: Record<Family, number> = { ipv4: 0, ipv6: 0 };
  readonly failed: Record<Family, number> = { ipv4: 0, ipv6: 0 };
  readonly #stores: PrefixStores;
  readonly #blocks: Blocks;
  readonly #waiting = new PendingPrefixes();
  readonly #later = new PendingPrefixes();
  readonly #pushed = new RowPrefix();
  /** [hop] prefixes that want it or have it. */
  readonly #uses = new Int32Array(MAX_HOPS);

  constructor(words = WORDS) {
    this.#blocks = new Blocks(words);
    this.#stores = makeStores(this.#blocks);
  }

  /** Prefixes in the queue. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Prefixes that are put off. */
  get putOff(): number {
    return this.#later.size;
  }

  /** Whether any prefix wants the hop or has it. */
  isUsed(hop: number): boolean {
    return this.#uses[hop]! > 0;
  }

  /** It is to have this hop; 0: none. Throws RibFullError. */
  want(row: PrefixWords, hop: number): void {
    const store = storeFor(this.#stores, row);
    if (!findRow(store, row)) {
      if (hop === 0) return;
      insertRow(store, row);
    }
    const { words } = this.#blocks;
    const at = this.#blocks.merit();
    const word = words[at]!;
    if (word < 0) this.failed[row.family]--;
    this.#uses[word & HOP_MASK]!--;
    this.#uses[hop]!++;
    words[at] = (word & ~(FAILED | HOP_MASK)) | TOLD | hop;
    this.#settle(store);
  }

  /**
   * It has this hop. One that nobody wants is to go; `keeps`: unless it was not known at all, and
   * nobody has said what is wanted yet. Throws RibFullError.
   */
  find(row: PrefixWords, hop: number, keeps: boolean): void {
    const store = storeFor(this.#stores, row);
    const isKnown = findRow(store, row);
    if (!isKnown) insertRow(store, row);
    this.#setPresent(row.family, hop);
    if (!isKnown && keeps) {
      this.#blocks.words[this.#blocks.merit()]! |= hop;
      this.#uses[hop]!++;
    }
    this.#settle(store);
  }

  /** Takes the next row out of the queue whose hop is not the one that is wanted; false: there is none. */
  take(): boolean {
    for (let first = this.#waiting.first(); first; first = this.#waiting.first()) {
      this.row.copy(first);
      this.#waiting.drop();
      const store = this.#at(this.row);
      const { words } = this.#blocks;
      words[this.#blocks.state()]! &= ~DIRTY;
      const word = words[this.#blocks.merit()]!;
      this.wanted = word & HOP_MASK;
      this.present = (word >>> HOP_BITS) & HOP_MASK;
      if (this.wanted !== this.present) return true;
      this.#tidy(store);
    }
    return false;
  }

  /** A row that was taken out has this hop now. */
  put(row: PrefixWords, hop: number): void {
    const store = this.#at(row);
    this.#setPresent(row.family, hop);
    this.#settle(store);
  }

  /** A row that was taken out stays as it is until `retry`; `refused`: somebody said no. */
  postpone(row: PrefixWords, refused: boolean): void {
    this.#at(row);
    const { words } = this.#blocks;
    const at = this.#blocks.merit();
    if (refused && words[at]! >= 0) {
      words[at]! |= FAILED;
      this.failed[row.family]++;
    }
    const state = this.#blocks.state();
    if ((words[state]! & BARE) !== 0) return;
    words[state]! |= BARE;
    this.#later.push(row);
  }

  /** What was put off is in the queue again. */
  retry(): void {
    for (let first = this.#later.first(); first; first = this.#later.first()) {
      this.#pushed.copy(first);
      this.#later.drop();
      const store = this.#at(this.#pushed);
      const { words } = this.#blocks;
      words[this.#blocks.state()]! &= ~BARE;
      const at = this.#blocks.merit();
      if (words[at]! < 0) {
        words[at]! &= ~FAILED;
        this.failed[store.family]--;
      }
      this.#settle(store);
    }
  }

  /** Nobody has said of any prefix what is wanted. */
  untell(): void {
    this.#eachRow((at) => {
      this.#blocks.words[at]! &= ~TOLD;
    });
  }

  /** What nobody has said is wanted is to go. */
  sweep(): void {
    const { words } = this.#blocks;
    this.#eachRow((at, store) => {
      const word = words[at]!;
      if ((word & TOLD) !== 0 || (word & HOP_MASK) === 0) return;
      this.#uses[word & HOP_MASK]!--;
      this.#uses[0]!++;
      words[at] = word & ~HOP_MASK;
      this.#enqueue(store);
    });
  }

  /** Whatever has this hop, or any where it is undefined, has lost it without our doing. */
  lose(hop?: number): void {
    const { words } = this.#blocks;
    this.#eachRow((at, store) => {
      const present = (words[at]! >>> HOP_BITS) & HOP_MASK;
      if (present === 0 || (hop !== undefined && present !== hop)) return;
      this.#setPresent(store.family, 0);
      this.#enqueue(store);
    });
  }

  /** Rows, counters and queues held against each other; for tests. */
  checkInvariants(): void {
    const uses = new Map<number, number>();
    const installed: Record<Family, number> = { ipv4: 0, ipv6: 0 };
    const failed: Record<Family, number> = { ipv4: 0, ipv6: 0 };
    let marks = 0;
    this.#eachRow((at, { family }) => {
      const word = this.#blocks.words[at]!;
      const state = this.#blocks.words[this.#blocks.state()]!;
      const [wanted, present] = [word & HOP_MASK, (word >>> HOP_BITS) & HOP_MASK];
      for (const hop of [wanted, present]) uses.set(hop, (uses.get(hop) ?? 0) + 1);
      if (present !== 0) installed[family]++;
      if (word < 0) failed[family]++;
      marks += Number((state & DIRTY) !== 0) + Number((state & BARE) !== 0);
      if ((state & MARKS) === 0 && wanted === 0 && present === 0) throw new Error('a row is empty');
      if ((state & MARKS) === 0 && wanted !== present) throw new Error('a row is forgotten');
    });
    if (marks !== this.waiting + this.putOff) throw new Error('marks and queues differ');
    for (const family of FAMILIES) {
      if (installed[family] !== this.installed[family])
        throw new Error(`${family} rows miscounted`);
      if (failed[family] !== this.failed[family]) throw new Error(`${family} failures miscounted`);
    }
    for (let hop = 1; hop < MAX_HOPS; hop++) {
      if ((uses.get(hop) ?? 0) !== this.#uses[hop]) throw new Error(`hop ${hop} is miscounted`);
    }
  }

  /** Goes to a row that must be there. */
  #at(row: PrefixWords): PrefixStore {
    const store = storeFor(this.#stores, row);
    if (!findRow(store, row)) throw new Error('a queued prefix is not in the table');
    return store;
  }

  #setPresent(family: Family, hop: number): void {
    const { words } = this.#blocks;
    const at = this.#blocks.merit();
    const word = words[at]!;
    const before = (word >>> HOP_BITS) & HOP_MASK;
    this.#uses[before]!--;
    this.#uses[hop]!++;
    this.installed[family] += Number(hop !== 0) - Number(before !== 0);
    words[at] = (word & ~(HOP_MASK << HOP_BITS)) | (hop << HOP_BITS);
  }

  /** The row where the store is goes into the queue if there is something to do, or out of the table. */
  #settle(store: PrefixStore): void {
    const word = this.#blocks.words[this.#blocks.merit()]!;
    if ((word & HOP_MASK) === ((word >>> HOP_BITS) & HOP_MASK)) this.#tidy(store);
    else this.#enqueue(store);
  }

  #enqueue(store: PrefixStore): void {
    const { words } = this.#blocks;
    const state = this.#blocks.state();
    if ((words[state]! & DIRTY) !== 0) return;
    words[state]! |= DIRTY;
    this.#pushed.read(store);
    this.#waiting.push(this.#pushed);
  }

  #tidy(store: PrefixStore): void {
    const { words } = this.#blocks;
    const word = words[this.#blocks.merit()]!;
    if ((word & (HOP_MASK | (HOP_MASK << HOP_BITS))) !== 0) return;
    if ((words[this.#blocks.state()]! & MARKS) !== 0) return;
    if (word < 0) this.failed[store.family]--;
    store.remove();
  }

  /** `visit` gets where the row's word is; it must not put rows in or take them out. */
  #eachRow(visit: (at: number, store: PrefixStore) => void): void {
    const blocks = this.#blocks;
    const { ipv4, ipv6, ipv6Long } = this.#stores;
    for (const store of [ipv4, ipv6, ipv6Long]) {
      for (const position = startPosition(); store.nextBlock(position); ) {
        for (blocks.row = 0; blocks.row < blocks.rows(blocks.block); blocks.row++) {
          visit(blocks.merit(), store);
        }
      }
    }
  }
}

/**
 * Rows whose best path has changed, in the order in which they are told. Those that have lost it come
 * first: until a withdrawal is told, traffic is sent to where nobody can carry it on. In either queue
 * the families take turns.
 *
 *   merit word   0 (13) | urgent (1) | queued (1) | merit (17)
 *
 * A queued row that loses its best path goes into the urgent queue as well, and is told from there;
 * what is left of it in the other queue is taken out in its turn and means nothing then. The marks
 * keep each row from being in a queue twice, however often it changes.
 */

import { PendingPrefixes } from './pendingPrefixes.ts';
import type { PrefixStore } from './prefixStores.ts';
import { RowPrefix } from './rowPrefix.ts';

export const MERIT_MASK = 0x1_ffff;
/** In which queues the row is. */
export const QUEUED = 1 << 17;
export const URGENT = 1 << 18;
export const MARKS = QUEUED | URGENT;
/** One turn in so many is the ordinary queue's: a neighbour that flaps must not stop all others. */
const TURNS = 8;

export class ChangeQueue {
  /** What was taken out last. */
  readonly row = new RowPrefix();
  readonly #urgent = new PendingPrefixes();
  readonly #ordinary = new PendingPrefixes();
  readonly #pushed = new RowPrefix();
  #turn = 0;

  /** Prefixes in both queues. */
  get size(): number {
    return this.#urgent.size + this.#ordinary.size;
  }

  /**
   * The row where `store` is, which has these marks, has changed: `withdrawn` if it has no best path
   * any more. Returns its marks from now on.
   */
  push(store: PrefixStore, marks: number, withdrawn: boolean): number {
    if (withdrawn ? (marks & URGENT) !== 0 : marks !== 0) return marks;
    this.#pushed.read(store);
    (withdrawn ? this.#urgent : this.#ordinary).push(this.#pushed);
    return marks | (withdrawn ? URGENT : QUEUED);
  }

  /** Takes the next prefix out, into `row`. Returns the mark that it loses; 0: there is none. */
  shift(): number {
    const urgent = this.#urgent.size > 0 && !this.#isOrdinaryTurn();
    const queue = urgent ? this.#urgent : this.#ordinary;
    const first = queue.first();
    if (!first) return 0;
    this.row.copy(first);
    queue.drop();
    return urgent ? URGENT : QUEUED;
  }

  #isOrdinaryTurn(): boolean {
    if (this.#ordinary.size === 0) return false;
    this.#turn = (this.#turn + 1) % TURNS;
    return this.#turn === 0;
  }
}

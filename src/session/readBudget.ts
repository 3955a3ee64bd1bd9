/**
 * How long all connections together may deal with what they read before the event loop gets its turn:
 * a neighbour that pours a full table in must not make another's keepalive, a withdrawal or `show`
 * late. libuv alone would read up to 32 windows from one socket before it looks at the next.
 *
 *   poll: a reads until ──► two polls for whoever else ──► b resumes, who ──► poll: b reads
 *         the time is spent     has something                waits longest
 *
 * It is time that is counted, since an octet of a new table costs many times one of a known table,
 * and one that comes before V8 has compiled what deals with it many times that. For the same reason
 * a read brings no more octets than can be dealt with in a part of a turn, as far as one can know.
 */

import type { Clock } from './clock.ts';

/** Of a turn, in ms. A reader that begins within it may overdraw it by what one read brings. */
const TURN = 1;
/**
 * Turns in which nobody reads who was stopped: a client of the control socket is accepted in one, and
 * heard in the next. Asking would not do: libuv may tell of a neighbour's octets first.
 */
const QUIET = 2;
/** What one read should take, in ms. */
const READ = 0.5;
/** Octets that one read may bring; powers of two. */
const LEAST = 2 * 1024;
const MOST = 32 * 1024;

export class ReadBudget {
  readonly #clock: Pick<Clock, 'monotonic' | 'afterReads'>;
  #spent = 0;
  #window = LEAST;
  #renewing = false;
  /** Stopped readers, in the order in which they ran dry: they go on in that order. */
  readonly #waiting: (() => void)[] = [];
  /** It may go on; whether it had something to read is known at the end of the turn. */
  #resumed: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'monotonic' | 'afterReads'>) {
    this.#clock = clock;
  }

  /** How many octets the next read may bring. */
  get window(): number {
    return this.#window;
  }

  /** For `spend`: before what was read is dealt with. */
  begin(): number {
    return this.#clock.monotonic();
  }

  /**
   * The `count` octets of one read have been dealt with since `begun`. False: the reader must stop,
   * and `resume` is called when it may go on.
   */
  spend(count: number, begun: number, resume: () => void): boolean {
    const took = this.#clock.monotonic() - begun;
    this.#spent += took;
    this.#fit(count, took);
    if (!this.#renewing) {
      this.#renewing = true;
      this.#clock.afterReads(() => this.#renew());
    }
    if (this.#spent < TURN) return true;
    this.#waiting.push(resume);
    return false;
  }

  /** Whether what arrived for a stopped reader may be unread because the others had their turn. */
  owes(resume: () => void): boolean {
    return resume === this.#resumed || this.#waiting.includes(resume);
  }

  #fit(count: number, took: number): void {
    // Only one that was full says that more would fit.
    if (took * 2 <= READ) {
      if (count >= this.#window) this.#window = Math.min(this.#window * 2, MOST);
      return;
    }
    for (let left = took; left > READ && this.#window > LEAST; left /= 2) this.#window /= 2;
  }

  #renew(): void {
    this.#resumed = undefined;
    if (this.#waiting.length === 0) {
      this.#spent = 0;
      this.#renewing = false;
      return;
    }
    // Who reads in the turns between is new here, and waits like the others after one read.
    this.#spent = TURN;
    this.#passQuietly(QUIET);
  }

  #passQuietly(turns: number): void {
    const next = turns > 1 ? () => this.#passQuietly(turns - 1) : () => this.#resumeNext();
    this.#clock.afterReads(next);
  }

  /** One alone: each of them would read something, however little the others have left. */
  #resumeNext(): void {
    this.#spent = 0;
    this.#clock.afterReads(() => this.#renew());
    this.#resumed = this.#waiting.shift();
    this.#resumed?.();
  }
}

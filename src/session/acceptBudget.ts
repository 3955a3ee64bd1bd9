/**
 * How many connections of one neighbour are taken: a few at once, then one a second. An honest
 * neighbour needs no more; one that connects and closes in a loop would otherwise cost an OPEN, a
 * receive buffer and a line in the log each time.
 */

import type { Clock } from './clock.ts';

const AT_ONCE = 8;
/** Milliseconds for each one more. */
const INTERVAL = 1000;

export class AcceptBudget {
  readonly #clock: Clock;
  #left = AT_ONCE;
  /** On the monotonic clock: until when `#left` has been refilled. */
  #refilledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#refilledAt = clock.monotonic();
  }

  /** False: not another one now. */
  spend(): boolean {
    const earned = Math.floor((this.#clock.monotonic() - this.#refilledAt) / INTERVAL);
    this.#left = Math.min(AT_ONCE, this.#left + earned);
    this.#refilledAt += earned * INTERVAL;
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}

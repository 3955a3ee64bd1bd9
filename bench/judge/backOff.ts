/**
 * The back-off double: a daemon that knows nothing of damping and waits before it announces again,
 * twice as long after each withdrawal, until it has been well for a while. Milliseconds.
 */

import type { TimeScale } from './trace.ts';

/** Seconds at the real scale: the first wait, the longest, and after what it begins anew. */
const FIRST = 10;
const LONGEST = 900;
const FORGETS = 900;

export class BackOff {
  readonly #scale: TimeScale;
  #withdrawals = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(scale: TimeScale) {
    this.#scale = scale;
  }

  withdrawn(now: number): void {
    if (now - this.#lastAt > this.#scale.ms(FORGETS)) this.#withdrawals = 0;
    this.#withdrawals++;
    this.#lastAt = now;
  }

  /** From when it is well until it is announced. */
  get wait(): number {
    return this.#scale.ms(Math.min(FIRST * 2 ** (this.#withdrawals - 1), LONGEST));
  }
}

/**
 * A restartable timer. Restarting moves a deadline and leaves the pending wake-up alone, since the
 * hold timer is restarted with every read and a full table is thousands of them.
 */

import type { Clock } from './clock.ts';

export class Timer {
  readonly #clock: Clock;
  readonly #expired: () => void;
  /** On the monotonic clock; undefined: not running. */
  #deadline: number | undefined;
  #wakeAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  get running(): boolean {
    return this.#deadline !== undefined;
  }

  start(milliseconds: number): void {
    this.#deadline = this.#clock.monotonic() + milliseconds;
    // A wake-up that comes earlier finds the deadline moved and sleeps again.
    if (this.#cancel && this.#wakeAt <= this.#deadline) return;
    this.#sleep(this.#deadline);
  }

  stop(): void {
    this.#deadline = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sleep(until: number): void {
    this.#cancel?.();
    this.#wakeAt = until;
    this.#cancel = this.#clock.after(Math.max(0, until - this.#clock.monotonic()), () => {
      this.#cancel = undefined;
      this.#wake();
    });
  }

  #wake(): void {
    const deadline = this.#deadline;
    if (deadline === undefined) return;
    if (deadline > this.#clock.monotonic()) {
      this.#sleep(deadline);
      return;
    }
    this.#deadline = undefined;
    this.#expired();
  }
}

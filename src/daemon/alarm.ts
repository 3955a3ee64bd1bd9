/** When it is to be decided again at the latest, and how late that comes. */

import type { Clock } from '../session/clock.ts';

/** A state is looked at again after so long at the latest, in ms, also where nothing is ever due. */
const LONGEST_SLEEP = 3_600_000;

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #dueAt = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** In place of what was set before; both in ms, by one clock. */
  set(at: number, now: number): void {
    this.cancel();
    const sleep = Math.min(Math.max(at - now, 1), LONGEST_SLEEP);
    this.#cancel = this.#clock.after(sleep, this.#ring);
    this.#dueAt = now + sleep;
  }

  cancel(): void {
    this.#cancel();
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /** In ms; below zero: it is not due yet, or not set. */
  lateAt(now: number): number {
    return now - this.#dueAt;
  }
}

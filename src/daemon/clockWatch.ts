/**
 * Notices when the wall clock is set, or the machine has slept. Nothing that is decided goes by that
 * clock; but the log's times do, and whoever reads them must know.
 */

import type { Clock } from '../session/clock.ts';
import type { ClockJumped } from './events.ts';

/** How often it looks, in ms. */
const INTERVAL = 5000;
/** Less than this in one interval is how clocks are slewed, in ms. */
const JUMP = 1000;

export class ClockWatch {
  readonly #clock: Clock;
  readonly #onJump: (event: ClockJumped) => void;
  #epoch = 0;
  #cancel: () => void = () => {};

  constructor(clock: Clock, onJump: (event: ClockJumped) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
  }

  start(): void {
    this.#epoch = this.#measured();
    this.#wait();
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#clock.after(INTERVAL, () => this.#look());
  }

  #look(): void {
    const by = this.#measured() - this.#epoch;
    this.#epoch += by;
    this.#wait();
    if (Math.abs(by) < JUMP) return;
    this.#onJump({ type: 'ClockJumped', at: this.#clock.wall(), by: Math.round(by) });
  }

  /** When the monotonic clock was at 0, as the wall clock has it now. */
  #measured(): number {
    return this.#clock.wall() - this.#clock.monotonic();
  }
}

/**
 * A configuration on trial: what was running before it comes back unless somebody confirms in time.
 * Only this process knows of it: after a restart the file is what counts.
 */

import type { Clock } from '../session/clock.ts';

/** By the timer, not by a clock: timers may fire a fraction of a millisecond early. */
interface Pending<Running> {
  readonly backTo: Running;
  isDue: boolean;
}

export class Confirmation<Running> {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #onDue: () => void;
  #pending: Pending<Running> | undefined;
  #cancel = () => {};

  /** `onDue`: the time is up; the answer to that is `take`, as soon as nothing else is going on. */
  constructor(clock: Pick<Clock, 'after'>, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** `within` in ms. Asked again, the time begins anew, and it still goes back to the first one. */
  await(running: Running, within: number): Running {
    this.#cancel();
    const backTo = this.#pending ? this.#pending.backTo : running;
    const pending = { backTo, isDue: false };
    this.#pending = pending;
    this.#cancel = this.#clock.after(within, () => {
      pending.isDue = true;
      this.#onDue();
    });
    return backTo;
  }

  /** False: nothing was awaited. */
  confirm(): boolean {
    const awaited = this.#pending !== undefined;
    this.#cancel();
    this.#pending = undefined;
    return awaited;
  }

  /** What to go back to; undefined: it was confirmed, or given more time, meanwhile. */
  take(): Running | undefined {
    const pending = this.#pending;
    if (!pending?.isDue) return undefined;
    this.#pending = undefined;
    return pending.backTo;
  }
}

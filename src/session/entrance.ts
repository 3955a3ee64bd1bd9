/**
 * Where the outside comes into a session: its owner's calls, its sockets and its timers. What throws
 * in there is a bug of ours and ends there, and what was raised is told when the work is done, so
 * that whoever is told may call again.
 */

import type { Clock } from './clock.ts';

export class Entrance {
  readonly #broke: (error: unknown) => void;
  readonly #left: () => void;
  #entered = false;

  /** `broke` gets what was thrown; `left` is called after each piece of work, outside of it. */
  constructor(broke: (error: unknown) => void, left: () => void) {
    this.#broke = broke;
    this.#left = left;
  }

  /** Runs `work`, whole, before this returns. */
  enter(work: () => void): void {
    if (this.#entered) {
      work();
      return;
    }
    this.#entered = true;
    try {
      work();
    } catch (error) {
      this.#broke(error);
    } finally {
      this.#entered = false;
    }
    this.#left();
  }

  /** A clock whose callbacks enter here. */
  clock(clock: Clock): Clock {
    return {
      monotonic: () => clock.monotonic(),
      wall: () => clock.wall(),
      after: (milliseconds, callback) => clock.after(milliseconds, () => this.enter(callback)),
      afterReads: (callback) => clock.afterReads(() => this.enter(callback)),
      random: () => clock.random(),
    };
  }
}

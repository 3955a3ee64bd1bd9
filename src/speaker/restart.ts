/**
 * Our own restart (RFC 4724 §4.1): neighbours still hold what the process before this one sent, and
 * our first routes take the place of it. What was learned is passed on only when all neighbours have
 * sent theirs, or after a while: sooner it would be routes that are about to change, and End-of-RIB
 * would sweep those that are about to come.
 */

import type { Clock } from '../session/clock.ts';
import type { Restarted } from '../session/restartOffer.ts';

/**
 * Seconds for all neighbours to come up and send everything; RFC 4724 §4.1's Selection_Deferral_Timer.
 * Longer than a full table takes, and than a session with the usual timers.
 */
const DEFERRAL = 60;

export class Restart {
  #restarted: Restarted | undefined;
  readonly #over: () => void;
  #cancel: () => void = () => {};

  /** `over`: nothing is deferred any more; called once, and not where nothing was. */
  constructor(restarted: Restarted | undefined, clock: Clock, over: () => void) {
    this.#restarted = restarted;
    this.#over = over;
    if (restarted) this.#cancel = clock.after(DEFERRAL * 1000, () => this.#end());
  }

  /** Undefined: nobody is told any more that we have restarted. */
  get restarted(): Restarted | undefined {
    return this.#restarted;
  }

  /** Something that may have been waited for has come. */
  judge(sessions: Iterable<{ readonly isComplete: boolean }>): void {
    if (this.#restarted && [...sessions].every(({ isComplete }) => isComplete)) this.#end();
  }

  stop(): void {
    this.#cancel();
    this.#restarted = undefined;
  }

  #end(): void {
    this.stop();
    this.#over();
  }
}

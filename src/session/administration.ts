/**
 * Whether a session is to be up: what its owner asked for last, and what nobody may ask for any more.
 * Says which administrative event of the state machine that comes to (RFC 4271 §8.1.2).
 */

import type { Cease, EventOf } from '../fsm/events.ts';
import { CeaseSubcode } from '../wire/constants.ts';

type Start = EventOf<'AutomaticStart'>;
export type Stop = EventOf<'ManualStop' | 'AutomaticStop'>;

export class Administration {
  #started = false;
  /** A bug of ours showed: whoever loads a configuration may try again. */
  #broken = false;
  /** It was ended for good. */
  #over = false;
  /** The last stop was for a dead link: its return is worth connecting at once. */
  #eager = false;

  get isStarted(): boolean {
    return this.#started;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  /** `resting`: it is started, but not yet. Undefined: there is nothing to be done now. */
  start(resting: boolean): Start | undefined {
    if (this.#started || this.#broken || this.#over) return undefined;
    this.#started = true;
    return resting ? undefined : { type: 'AutomaticStart', eager: this.#eager };
  }

  /** Until the next start, which connects at once. Undefined: it was not started. */
  drop(cease: Cease): Stop | undefined {
    if (!this.#started) return undefined;
    this.#started = false;
    this.#eager = true;
    return { type: 'AutomaticStop', cease };
  }

  /** For good. */
  end(cease: Cease): EventOf<'ManualStop'> {
    this.#over = true;
    this.#started = false;
    return { type: 'ManualStop', cease };
  }

  /** For good, and without a word. */
  suspend(): Stop {
    return { ...this.end(SUSPENSION), silent: true };
  }

  /**
   * Whoever started it again by itself would let a bug that one UPDATE wakes flap our prefixes all over
   * the net.
   */
  breakDown(): Stop {
    this.#broken = true;
    this.#started = false;
    return { type: 'ManualStop', cease: BREAKDOWN };
  }

  /** A configuration was loaded. */
  forgive(): void {
    this.#broken = false;
  }
}

/** Of which the neighbour hears nothing; our own people do. */
const SUSPENSION: Cease = {
  subcode: CeaseSubcode.administrativeShutdown,
  communication: 'the neighbour is to keep what it was sent (RFC 4724)',
};

/** What the neighbour is told of a bug of ours (RFC 9003). */
const BREAKDOWN: Cease = {
  subcode: CeaseSubcode.administrativeShutdown,
  communication: 'internal error, not yours',
};

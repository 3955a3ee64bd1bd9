/** What the well-behaved neighbours and the run agree on. */

/** Seconds; a third of it is between two KEEPALIVEs (RFC 4271 §4.4). */
export const STEADY_HOLD_TIME = 9;

export interface SteadyPlan {
  readonly daemonPort: number;
  readonly prefixes: number;
  readonly receives: boolean;
}

export interface Findings {
  readonly up: boolean;
  readonly ended: number;
  /** The longest time without a word from the daemon, in ms, since it was asked for last. */
  readonly silence: number;
  /** Prefixes that the downstream has now. */
  readonly held: number;
  readonly faults: readonly string[];
}

export type Order = 'findings' | 'repeat' | 'stop';

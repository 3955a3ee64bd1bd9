/**
 * What the file says of checks that fail together: which check tells whether the fault is our own,
 * and how long withdrawals may then be held.
 */

export interface CorrelatedFailureConfig {
  /** The check of something that only a fault of ours takes away: the gateway, a second target. */
  readonly selfCheck: string;
  /** As `WatchedCheck` has it. */
  readonly selfWithin: number;
  /** Milliseconds that a withdrawal is held at most. */
  readonly hold: number;
  /** By name: the checks that look at another machine. Programs and links are never waited for. */
  readonly watched: ReadonlyMap<string, WatchedCheck>;
}

export interface WatchedCheck {
  /** The address of what is probed. */
  readonly host: string;
  /** Milliseconds in which it notices a fault: its interval, and the timeout of the probe. */
  readonly within: number;
}

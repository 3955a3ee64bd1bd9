/** Checks as facts. Times are milliseconds since the epoch. */

/**
 * Where a check stands. `unknown`: not enough results yet, or none; `rising`: was not up, succeeds
 * now; `falling`: was up, fails now; `stale`: nobody has renewed it, so that nobody knows any more.
 */
export type CheckState = 'unknown' | 'rising' | 'up' | 'falling' | 'down' | 'stale';

export interface CheckFact {
  readonly name: string;
  readonly state: CheckState;
  /** Where it stood before what is only beginning to change; undefined: as `state` says. */
  readonly settled?: 'unknown' | 'up' | 'down';
  /** Since when it has been in this state. */
  readonly since: number;
  /** Until when the fact may be believed: each probe renews it. */
  readonly leaseUntil: number;
  /** What the last probe found, one line for people. */
  readonly detail: string;
}

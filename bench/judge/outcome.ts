/** What came of a cell, live or simulated, and how far the two may be apart. */

export interface Outcome {
  /** Seconds in which the prefix could have been reached and was not. */
  readonly dark: number;
  /** Announcements and withdrawals that the network behind the upstreams has seen. */
  readonly updates: number;
  readonly suppressions: number;
  /** The highest penalty. */
  readonly peak: number;
}

/** `505/4/0`, as the tables of the study have it. */
export function outcomeText({ dark, updates, suppressions }: Outcome): string {
  return `${Math.round(dark)}/${updates}/${suppressions}`;
}

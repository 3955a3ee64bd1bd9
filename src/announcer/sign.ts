/** Signs that an upstream leads nowhere though its session is up. Times are milliseconds since the epoch. */

/** Each is seen in a way of its own, so that two of them rarely err together. */
export const SIGN_KINDS = ['probes', 'table', 'default', 'canaries'] as const;

export type SignKind = (typeof SIGN_KINDS)[number];

export interface SignFact {
  readonly kind: SignKind;
  /** `unknown`: nothing speaks for or against it yet. */
  readonly state: 'well' | 'bad' | 'unknown';
  readonly since: number;
  /** What is seen, one line for people. */
  readonly detail: string;
}

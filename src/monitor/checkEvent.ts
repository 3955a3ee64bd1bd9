/** What the prober reports. Times are milliseconds since the epoch. */

import type { CheckFact } from './check.ts';

export type CheckEvent =
  /** A probe's result: a new state, or the same one with its lease renewed. */
  | { readonly type: 'CheckChanged'; readonly at: number; readonly check: CheckFact }
  /** It could not be probed, for a fault of ours; told once until it can. No result comes of it. */
  | {
      readonly type: 'CheckFailed';
      readonly at: number;
      readonly name: string;
      readonly cause: string;
    }
  /** It is no longer probed: what was told of it must not be believed any more. */
  | { readonly type: 'CheckForgotten'; readonly at: number; readonly name: string };

/** What seems to be wrong with the TCP MD5 key of a neighbour whose session does not come up. */

import type { Md5Counters } from './md5Counters.ts';

export interface KeyMismatch {
  /** What is the matter with segments that come, as the kernel names it. */
  readonly kind: keyof Md5Counters;
  /** When it was first seen, milliseconds since the epoch. */
  readonly since: number;
  /** Neighbours that it could be as well; empty: no other session that waits would fit. */
  readonly others: readonly string[];
}

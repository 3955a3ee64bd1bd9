/** How V8 is to run this program; see `docs/adr` on what was measured. */

import { setFlagsFromString } from 'node:v8';

/**
 * The young generation stays at the size that it begins with. V8 would grow it sixteenfold for the
 * garbage of a table that comes in, and never give that memory back; there is too little garbage
 * for it to matter how often it is collected.
 */
export function settleEngine(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  // A megabyte is collected in less time than it takes until other threads have run: while they wait
  // for a core, so do we.
  setFlagsFromString('--no-parallel-scavenge');
}

/**
 * How far a walk over all blocks of a store has come, in terms that insertions and removals
 * between two steps of the walk leave valid: no block that was there all the time is left out.
 * What the words mean is the store's.
 */

export interface Position {
  started: boolean;
  word0: number;
  word1: number;
  word2: number;
  word3: number;
}

/** Before everything. */
export function startPosition(): Position {
  return { started: false, word0: 0, word1: 0, word2: 0, word3: 0 };
}

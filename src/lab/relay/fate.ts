/** What becomes of each frame on a degraded link. The same seed gives the same frames the same fates. */

/** Of both directions alike. */
export interface Degradation {
  /** Of a hundred frames, so many are lost; 0 to 100. */
  readonly loss: number;
  /** Each of the others is late by so many milliseconds; their order stays. */
  readonly delay: number;
}

export const WHOLE: Degradation = { loss: 0, delay: 0 };

/** A number from 0 to below 1 at each call: Marsaglia's xorshift with 32 bits of state (13, 17, 5). */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1; // from 0 it would never come away
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Whether the next frame is lost. A number is drawn for each, lost or not, at any loss. */
export function isLost(next: () => number, { loss }: Degradation): boolean {
  return next() * 100 < loss;
}

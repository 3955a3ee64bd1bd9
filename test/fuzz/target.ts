/** What is fuzzed, as the runner sees it. */

import type { Random } from './random.ts';

export interface Target {
  readonly name: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** A new input from one that told something new, and another such. */
  mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array;
  /**
   * Runs the code; throws for what must not be. Returns what came of it, in a word or a number:
   * inputs with a new outcome are kept and mutated further, which stands in for coverage.
   */
  run(input: Uint8Array): string | number | Promise<string | number>;
  /** Milliseconds that an input may take beyond `microsecondsPerOctet`. */
  readonly allowance: number;
  readonly microsecondsPerOctet: number;
}

/** What must hold of an outcome does not. */
export function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

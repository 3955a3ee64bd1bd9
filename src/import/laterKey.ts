/** Keys that the file will have and this version does not: what they are for is told with them. */

import { DOWNSTREAM_WORDS, INTERNAL_WORDS, UPSTREAM_WORDS } from '../config/neighbourWords.ts';
import type { LaterKey } from '../config/unknownKey.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';

const WORDS = {
  upstream: UPSTREAM_WORDS,
  downstream: DOWNSTREAM_WORDS,
  internal: INTERNAL_WORDS,
} as const;

/** Undefined: the file has the key. */
export function laterKey(kind: ImportedNeighbour['kind'], key: string): LaterKey | undefined {
  const { later } = WORDS[kind];
  return Object.hasOwn(later, key) ? later[key] : undefined;
}

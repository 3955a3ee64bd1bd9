/** What an exporter reads of the table: the attribute set of a prefix's best path. */

import { type AttributeArena, UNIT_WORDS } from './attributeArena.ts';
import { attributesOf } from './path.ts';
import type { RouteTable } from './routeTable.ts';
import type { PrefixWords } from './rowPrefix.ts';

/** The id of the set of the best path at the row where the table is; 0: there is no best path. */
export function bestSetHere(table: RouteTable): number {
  const column = table.best();
  return column < 0 ? 0 : attributesOf(table.blocks.path(column));
}

export function bestSetOf(table: RouteTable, row: PrefixWords): number {
  const { family, word0, word1, word2, word3, length } = row;
  return table.find(family, word0, word1, word2, word3, length) ? bestSetHere(table) : 0;
}

/** Degree of preference, unsigned 32-bit. */
export function preferenceOf(arena: AttributeArena, id: number): number {
  return arena.words[id * UNIT_WORDS + 2]! >>> 0;
}

/** Whether two sets agree in AS path length, ORIGIN and neighbour AS: most that differ do not. */
export function mayLookAlike(arena: AttributeArena, a: number, b: number): boolean {
  const { words } = arena;
  const [atA, atB] = [a * UNIT_WORDS, b * UNIT_WORDS];
  if (words[atA + 4] !== words[atB + 4]) return false;
  return ((words[atA + 3]! ^ words[atB + 3]!) & 0xffff) === 0;
}

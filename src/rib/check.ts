/** Holds a route table against itself, everything counted anew: for tests, far too slow for more. */

import { FAMILIES, type Family } from '../net/family.ts';
import { BARE, DIRTY, MAX_COLUMNS } from './blocks.ts';
import { MERIT_MASK, QUEUED, URGENT } from './changeQueue.ts';
import { rowPaths } from './explain.ts';
import { attributesOf, isEligible } from './path.ts';
import { startPosition } from './position.ts';
import type { RouteTable, Store } from './routeTable.ts';

interface Census {
  readonly references: Map<number, number>;
  /** By family and column: received, accepted, best. */
  readonly counts: Map<string, [number, number, number]>;
  readonly prefixes: Record<Family, number>;
  dirty: number;
  /** How often rows are in a queue. */
  queued: number;
}

export function checkRouteTable(table: RouteTable): void {
  const census: Census = {
    references: new Map(),
    counts: new Map(),
    prefixes: { ipv4: 0, ipv6: 0 },
    dirty: 0,
    queued: 0,
  };
  const { ipv4, ipv6, ipv6Long, blocks } = table;
  const stores = [ipv4, ipv6, ipv6Long];
  for (const store of stores) checkStore(table, store, census);
  let words = ipv4.checkInvariants();
  words += ipv6.checkInvariants() + ipv6Long.checkInvariants();
  blocks.memory.checkInvariants();
  if (words !== blocks.memory.wordsInUse)
    throw new Error(`${blocks.memory.wordsInUse - words} words are lost`);
  expect('changes', table.changes, census.dirty);
  expect('prefixes in the queues', table.queued, census.queued);
  const { arena } = table.attributes;
  expect('attribute sets', arena.entries, census.references.size);
  for (const [id, count] of census.references) {
    expect(`references to set ${id}`, arena.references(id), count);
  }
  for (const family of FAMILIES) checkCounts(table, family, census);
}

function checkStore(table: RouteTable, store: Store, census: Census): void {
  const { blocks } = table;
  for (const position = startPosition(); store.nextBlock(position); ) {
    for (let row = 0; row < blocks.rows(blocks.block); row++) {
      blocks.row = row;
      checkRow(table, store, census);
    }
  }
}

function checkRow(table: RouteTable, { family }: Store, census: Census): void {
  const { blocks } = table;
  const state = blocks.words[blocks.state()]!;
  const paths = rowPaths(table);
  const best = table.best();
  const meritWord = blocks.words[blocks.merit()]!;
  const marks = [QUEUED, URGENT].filter((mark) => (meritWord & mark) !== 0).length;
  census.queued += marks;
  if ((state & DIRTY) !== 0) census.dirty++;
  if ((state & (BARE | DIRTY)) !== 0 && marks === 0) {
    throw new Error('a row that is bare or has changed is not queued');
  }
  if (((state & BARE) !== 0) !== (paths.length === 0)) throw new Error('a row is bare, or is not');
  if (paths.length > 0) census.prefixes[family]++;
  for (const { column, path } of paths) {
    const id = attributesOf(path);
    census.references.set(id, (census.references.get(id) ?? 0) + 1);
    const key = `${family} ${column}`;
    const [received, accepted, bests] = census.counts.get(key) ?? [0, 0, 0];
    const isBest = column === best ? 1 : 0;
    census.counts.set(key, [received + 1, accepted + (isEligible(path) ? 1 : 0), bests + isBest]);
  }
  // A neighbour is down, and the sweep that takes its paths away decides the row anew.
  if (paths.some(({ column }) => table.columns.live[column] === 0)) return;
  expect('best path', best, table.decision.decide());
  if (best < 0) return;
  expect('merit', meritWord & MERIT_MASK, table.decision.merit(blocks.path(best)));
}

function checkCounts(table: RouteTable, family: Family, census: Census): void {
  expect(`${family} prefixes`, table.prefixes(family), census.prefixes[family]);
  for (let column = 0; column < MAX_COLUMNS; column++) {
    const [received, accepted, best] = census.counts.get(`${family} ${column}`) ?? [0, 0, 0];
    expect(`received in column ${column}`, table.columns.received(column, family), received);
    expect(`accepted in column ${column}`, table.columns.accepted(column, family), accepted);
    expect(`best in column ${column}`, table.columns.best(column, family), best);
  }
}

function expect(what: string, is: number, ought: number): void {
  if (is !== ought) throw new Error(`${what}: ${is}, but it must be ${ought}`);
}

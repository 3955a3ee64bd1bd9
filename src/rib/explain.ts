/** Why the best path of a prefix is best and each other is not, as a value. */

import type { Decision, KeyStep } from './decision.ts';
import { attributesOf, isEligible, NO_PATH, reasonOf } from './path.ts';
import type { Reason } from './reason.ts';
import type { RouteTable } from './routeTable.ts';

/** The step of the decision process that a path lost at. */
export type LostAt =
  | KeyStep
  | 'med'
  | 'external'
  | 'next-hop-cost'
  | 'bgp-identifier'
  | 'cluster-list-length'
  | 'neighbour-address'
  | 'path-id';

export type PathStanding =
  | { readonly kind: 'best' }
  | { readonly kind: 'refused'; readonly reason: Reason }
  /** Its neighbour is down; it is about to be taken away. */
  | { readonly kind: 'leaving' }
  /** To the path in column `to`: the best one, or for `med` the one that struck it out. */
  | { readonly kind: 'lost'; readonly at: LostAt; readonly to: number };

export interface ExplainedPath {
  readonly column: number;
  readonly path: number;
  readonly standing: PathStanding;
}

/**
 * All paths of the row where the table is. One whose neighbour is down is no longer best, even where
 * the sweep that takes it away has not come by yet: the others are held against what will be.
 */
export function explainRow(table: RouteTable): readonly ExplainedPath[] {
  const paths = rowPaths(table);
  const told = table.best();
  const isLeaving = told >= 0 && table.columns.live[told] === 0;
  const best = isLeaving ? table.decision.decide() : told;
  return paths.map(({ column, path }) => ({
    column,
    path,
    standing: standing(table, paths, best, column, path),
  }));
}

interface RowPath {
  readonly column: number;
  readonly path: number;
}

export function rowPaths(table: RouteTable): RowPath[] {
  const { blocks } = table;
  const paths: RowPath[] = [];
  for (let slot = 0; slot < blocks.columns(blocks.block); slot++) {
    const column = blocks.columnAt(blocks.block, slot);
    const path = blocks.path(column);
    if (path !== NO_PATH) paths.push({ column, path });
  }
  return paths;
}

function standing(
  table: RouteTable,
  paths: readonly RowPath[],
  best: number,
  column: number,
  path: number,
): PathStanding {
  if (table.columns.live[column] === 0) return { kind: 'leaving' };
  if (!isEligible(path)) return { kind: 'refused', reason: reasonOf(path) };
  if (column === best) return { kind: 'best' };
  const { decision } = table;
  const winner = table.blocks.path(best);
  const key = decision.keyStep(path, winner);
  if (key) return { kind: 'lost', at: key, to: best };
  const striker = strikes(table, paths, column, path);
  if (striker >= 0) return { kind: 'lost', at: 'med', to: striker };
  return { kind: 'lost', at: tieStep(decision, table, column, path, best, winner), to: best };
}

/** The column of a path that strikes this one out by MULTI_EXIT_DISC, or -1. */
function strikes(
  table: RouteTable,
  paths: readonly RowPath[],
  column: number,
  path: number,
): number {
  const { decision, columns } = table;
  const neighbourAs = decision.neighbourAs(path, column);
  const striker = paths.find(
    (other) =>
      isEligible(other.path) &&
      columns.live[other.column] === 1 &&
      decision.compareKeys(other.path, path) === 0 &&
      decision.neighbourAs(other.path, other.column) === neighbourAs &&
      decision.multiExitDisc(other.path) < decision.multiExitDisc(path),
  );
  return striker ? striker.column : -1;
}

function tieStep(
  decision: Decision,
  table: RouteTable,
  column: number,
  path: number,
  best: number,
  winner: number,
): LostAt {
  const [owner, other] = [table.columns.owner(column), table.columns.owner(best)];
  const [id, winning] = [attributesOf(path), attributesOf(winner)];
  if (owner.internal !== other.internal) return 'external';
  if (owner.nextHopCost !== other.nextHopCost) return 'next-hop-cost';
  if (decision.identifier(id, column) !== decision.identifier(winning, best)) {
    return 'bgp-identifier';
  }
  if (decision.clusterLength(id) !== decision.clusterLength(winning)) return 'cluster-list-length';
  return owner.address.text === other.address.text ? 'path-id' : 'neighbour-address';
}

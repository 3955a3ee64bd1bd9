/**
 * How results become a state. `rise` passes in a row make a check up, `fall` failures in a row make
 * it down; with a window, so do enough failures among the last results, in a row or not, and as long
 * as they are too many nothing makes it up. Pure.
 *
 *   unknown --pass--> rising --rise passes--> up --failure--> falling --fall failures--> down
 *   falling --pass--> up; rising --failure--> what it was before; down --pass--> rising
 */

import type { CheckConfig } from '../../config/checkConfig.ts';
import type { CheckState } from '../check.ts';

/** How results are judged. */
export type Rule = Pick<CheckConfig, 'rise' | 'fall' | 'window'>;

export interface Standing {
  /** What has been established: the state without what is only beginning to change. */
  readonly settled: 'unknown' | 'up' | 'down';
  readonly state: Exclude<CheckState, 'stale'>;
  /** Results like the last one in a row. */
  readonly inRow: number;
  /** As many as the window looks at, the latest last; true: passed. */
  readonly recent: readonly boolean[];
}

export const UNPROBED: Standing = { settled: 'unknown', state: 'unknown', inRow: 0, recent: [] };

export function judgeResult(rule: Rule, before: Standing, ok: boolean): Standing {
  const recent = [...before.recent, ok].slice(-(rule.window?.of ?? 1));
  const inRow = before.recent.at(-1) === ok ? before.inRow + 1 : 1;
  const settled = settle(rule, before.settled, { ok, inRow, recent });
  return { settled, state: stateOf(settled, ok), inRow, recent };
}

interface Results {
  readonly ok: boolean;
  readonly inRow: number;
  readonly recent: readonly boolean[];
}

function settle(
  { rise, fall, window }: Rule,
  before: Standing['settled'],
  { ok, inRow, recent }: Results,
): Standing['settled'] {
  const failures = recent.filter((passed) => !passed).length;
  if (window && failures >= window.failures) return 'down';
  if (ok) return inRow >= rise ? 'up' : before;
  return inRow >= fall ? 'down' : before;
}

function stateOf(settled: Standing['settled'], ok: boolean): Standing['state'] {
  if (settled === 'up') return ok ? 'up' : 'falling';
  return ok ? 'rising' : settled;
}

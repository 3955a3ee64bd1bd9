/** What the checks say of a condition. Times are milliseconds since the epoch. */

import type { Condition } from '../config/condition.ts';
import type { CheckFact, CheckState } from '../monitor/check.ts';

/** A check as it may be believed at a moment. */
export interface CheckVerdict {
  readonly name: string;
  /** `stale` once its lease is over, whatever it said last. */
  readonly state: CheckState;
  readonly holds: Holds;
  readonly since: number;
  readonly detail: string;
}

export type Holds = 'yes' | 'no' | 'unknown';

/** What falls is up until enough probes have failed, what rises is not until enough have succeeded. */
const HOLDS: Readonly<Record<CheckState, Holds>> = {
  unknown: 'unknown',
  rising: 'no',
  up: 'yes',
  falling: 'yes',
  down: 'no',
  stale: 'no',
};

const NEVER_PROBED = 'it has not been probed yet';
const LEASE_OVER = 'nothing has come from its prober since its lease ended';

/** The one before when nothing about it is new, so that whoever depends on it sees that. */
export function checkVerdict(
  name: string,
  fact: CheckFact | undefined,
  now: number,
  before: CheckVerdict | undefined,
): CheckVerdict {
  const verdict = judged(name, fact, now);
  const same = before?.state === verdict.state && before.since === verdict.since;
  return same ? before : verdict;
}

function judged(name: string, fact: CheckFact | undefined, now: number): CheckVerdict {
  if (!fact) {
    return { name, state: 'unknown', holds: 'unknown', since: 0, detail: NEVER_PROBED };
  }
  if (fact.leaseUntil <= now) {
    return { name, state: 'stale', holds: 'no', since: fact.leaseUntil, detail: LEASE_OVER };
  }
  const { state, since, detail } = fact;
  return { name, state, holds: holdsIn(fact), since, detail };
}

/**
 * What rises after a start was never seen down: to take it for that would withdraw, in the middle of
 * a restart that neighbours bridge, what is well.
 */
function holdsIn({ state, settled }: CheckFact): Holds {
  return state === 'rising' && settled === 'unknown' ? 'unknown' : HOLDS[state];
}

/**
 * Unknown is neither: `all` fails with one that fails, `any` holds with one that holds, whatever the
 * unknown ones will turn out to be.
 */
export function evaluate(condition: Condition, verdicts: ReadonlyMap<string, CheckVerdict>): Holds {
  if (condition.kind === 'check') return verdicts.get(condition.name)?.holds ?? 'unknown';
  const parts = condition.of.map((part) => evaluate(part, verdicts));
  const yes = parts.filter((part) => part === 'yes').length;
  const unknown = parts.filter((part) => part === 'unknown').length;
  const enough = enoughOf(condition);
  if (yes >= enough) return 'yes';
  return yes + unknown < enough ? 'no' : 'unknown';
}

function enoughOf(condition: Exclude<Condition, { kind: 'check' }>): number {
  if (condition.kind === 'at-least') return condition.count;
  return condition.kind === 'all' ? condition.of.length : 1;
}

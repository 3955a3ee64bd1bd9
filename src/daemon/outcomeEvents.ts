/** What a decision has brought, as the events that the operator is told. */

import { changesBetween } from '../announcer/changes.ts';
import type { Outcome } from '../announcer/decide.ts';
import type { DecisionEvent } from './events.ts';

/** In the order in which they are told. `before`: undefined for the first decision. */
export function* outcomeEvents(
  before: Outcome | undefined,
  after: Outcome,
  at: number,
): Generator<DecisionEvent> {
  const { doubts, lapses, holds, drains, undone, nowhere, failure } = changesBetween(before, after);
  for (const each of doubts) yield { type: 'DoubtChanged', at, ...each };
  for (const lapse of lapses) yield { type: 'CheckLapsed', at, ...lapse };
  for (const hold of holds) yield { type: 'AnnouncementHeld', at, ...hold };
  for (const drain of drains) yield { type: 'DrainAdvanced', at, drain };
  for (const each of undone) yield { type: 'DrainUndone', at, undone: each };
  for (const each of nowhere) yield { type: 'DrainLeavesNowhere', at, ...each };
  if (failure) {
    const type = failure.ended ? 'FailureReleased' : 'FailureHeld';
    yield { type, at, hold: failure.hold };
  }
}

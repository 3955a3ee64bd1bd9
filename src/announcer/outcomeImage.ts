/**
 * The last decision, as much of it as the next one builds on: a group that nothing new is known of
 * stands as it was decided, though it would be decided otherwise by now. See `stateImage.ts`.
 */

import type { Config } from '../config/config.ts';
import { decide, type Outcome } from './decide.ts';
import type { GroupOutcome } from './decideGroup.ts';
import type { Decision } from './desired.ts';
import type { Facts } from './facts.ts';
import type { State } from './state.ts';

export interface OutcomeImage {
  /** When it was decided, ms since the epoch. */
  readonly at: number;
  /** Of the groups that are wanted, in their order. */
  readonly groups: readonly DecidedImage[];
}

export interface DecidedImage {
  readonly wakeAt: number;
  /** In the order of the neighbours. */
  readonly decisions: readonly Omit<Decision, 'prefixes'>[];
}

export function outcomeImageOf({ groups }: Outcome, at: number): OutcomeImage {
  return {
    at,
    groups: groups.map(({ wakeAt, decisions }) => ({
      wakeAt,
      decisions: decisions.map(({ terms, reason, because }) => ({ terms, reason, because })),
    })),
  };
}

/** `state` and `facts` are those that the image goes with. */
export function outcomeOf(
  image: OutcomeImage,
  config: Config,
  facts: Facts,
  state: State,
): Outcome {
  const afresh = decide(config, facts, state, image.at);
  const wanted = state.groups.filter(({ terms }) => terms !== undefined);
  const groups = afresh.groups.flatMap((fresh, i): readonly GroupOutcome[] => {
    const [decided, group] = [image.groups[i], wanted[i]];
    const prefixes = group?.terms?.prefixes;
    if (!decided || !group || !prefixes) return [];
    const decisions = decided.decisions.map((each) => ({
      ...{ prefixes, terms: each.terms },
      ...{ reason: each.reason, because: each.because },
    }));
    return [{ ...fresh, group, decisions, wakeAt: decided.wakeAt }];
  });
  return decide(config, facts, state, image.at, { ...afresh, state, groups });
}

/**
 * What one decision changed against the one before, as a record has it and a replay compares it: at
 * each neighbour, the session and every group of prefixes. Only what another run of the same inputs
 * must give again is in it, so no texts of probes.
 */

import type { Outcome } from '../announcer/decide.ts';
import type { Decision, Intent, Reason } from '../announcer/desired.ts';
import { termsKey } from '../rib/ownRoute.ts';
import { comparableText } from './recordText.ts';

export type DecisionChange =
  | {
      readonly at: string;
      readonly session: 'wanted' | 'not wanted';
      readonly because: readonly unknown[];
    }
  | {
      /** The neighbour. */
      readonly at: string;
      /** The first prefix of the group. */
      readonly of: string;
      /** How many others are decided on with it. */
      readonly others: number;
      /** The terms that it is announced with, as `termsKey` has them; null: it is not announced. */
      readonly send: string | null;
      /** Every fact and rule, the first cause first. */
      readonly because: readonly unknown[];
    };

export function decisionChanges(
  before: Outcome | undefined,
  after: Outcome,
): readonly DecisionChange[] {
  return [...after.desired].flatMap(([name, intent]) => {
    return intentChanges(before?.desired.get(name), intent);
  });
}

function intentChanges(before: Intent | undefined, after: Intent): readonly DecisionChange[] {
  const told = sessionChanges(before, after);
  // Groups to which nothing happened are the same objects.
  if (before?.decisions.length === after.decisions.length) {
    if (after.decisions.every((decision, i) => decision === before.decisions[i])) return told;
  }
  const known = new Set(before?.decisions);
  const former = new Map(
    before?.decisions.map((decision) => [decision.prefixes.texts[0], decision]),
  );
  const groups = after.decisions.flatMap((decision) => {
    if (known.has(decision)) return [];
    const last = former.get(decision.prefixes.texts[0]);
    const change = groupChange(after.neighbour, decision);
    const same =
      last && comparableText(groupChange(after.neighbour, last)) === comparableText(change);
    return same ? [] : [change];
  });
  return [...told, ...groups];
}

function sessionChanges(before: Intent | undefined, after: Intent): readonly DecisionChange[] {
  const [last, next] = [before?.session, after.session];
  if (before && last?.wanted === next.wanted) {
    const bothConfigured = last.reason.kind === 'configured' && next.reason.kind === 'configured';
    if (last.reason === next.reason || bothConfigured) return [];
    if (comparableText(sessionChange(before)) === comparableText(sessionChange(after))) return [];
  }
  return [sessionChange(after)];
}

function sessionChange({ neighbour, session: { wanted, reason } }: Intent): DecisionChange {
  return {
    at: neighbour,
    session: wanted ? 'wanted' : 'not wanted',
    because: [compared(reason)],
  };
}

function groupChange(at: string, { prefixes, terms, because }: Decision): DecisionChange {
  return {
    at,
    of: prefixes.texts[0] ?? '',
    others: prefixes.length - 1,
    send: terms ? termsKey(terms) : null,
    because: because.map(compared),
  };
}

/** What is remembered may have the text of an earlier probe: which one depends on where a record begins. */
function compared(reason: Reason): unknown {
  if ('doubt' in reason) {
    const { upstream, action, signs } = reason.doubt;
    return { kind: reason.kind, upstream, action, signs: signs.map(({ kind }) => kind) };
  }
  if (!('checks' in reason)) return reason;
  const checks = reason.checks.map(({ name, state, since }) => ({ name, state, since }));
  return { kind: reason.kind, checks };
}

/** The flap budget as JSON: `GET /v1/budget`, and each neighbour of `GET /v1/explain`. */

import type { Outcome } from '../announcer/decide.ts';
import type { HeldReason } from '../announcer/desired.ts';
import { type Budget, budgets } from '../announcer/explain.ts';
import { isoTime } from './isoTime.ts';
import { type PriceView, priceView } from './orderView.ts';
import { budgetText, reasonText } from './words.ts';

/** `GET /v1/budget`: by upstream in the file's order; those that do not damp are not in it. */
export interface BudgetsView {
  readonly budgets: readonly BudgetView[];
}

export interface BudgetView {
  readonly upstream: string;
  readonly prefixes: readonly string[];
  readonly profile: string;
  readonly confirmed: boolean;
  readonly penalty: number;
  readonly suppress: number;
  readonly suppressedUntil: string | null;
  /** From when on one more flap would not suppress it; null: it would not now. */
  readonly clearAt: string | null;
  readonly nextFlap: PriceView;
  /** Withdrawals of the last 15 minutes. */
  readonly flaps: number;
  /** Why it waits; null: it does not. */
  readonly held: HeldView | null;
  readonly text: string;
}

export interface HeldView {
  readonly role: HeldReason['role'];
  readonly canary: string;
  readonly rule: HeldReason['rule'];
  readonly until: string;
  readonly text: string;
}

export function budgetsView(outcome: Outcome, now: number): BudgetsView {
  return { budgets: budgets(outcome, now).map((budget) => budgetView(budget, now)) };
}

export function budgetView(budget: Budget, now: number): BudgetView {
  const { upstream, prefixes, profile, confirmed, penalty, suppress, flaps, held } = budget;
  return {
    upstream,
    prefixes,
    profile,
    confirmed,
    penalty,
    suppress,
    suppressedUntil: isoTime(budget.suppressedUntil),
    clearAt: budget.clearAt > now ? isoTime(budget.clearAt) : null,
    nextFlap: priceView(budget.nextFlap),
    flaps,
    held: held ? heldView(held) : null,
    text: budgetText(budget, now),
  };
}

function heldView(held: HeldReason): HeldView {
  const { role, canary, rule, until } = held;
  return { role, canary, rule, until: isoTime(until), text: reasonText(held, undefined) };
}

/** What `show budget` prints: views in, lines out. Pure. */

import type { BudgetsView, BudgetView } from '../control/budgetView.ts';
import { prefixList } from '../control/words.ts';
import { flapsText } from './explain.ts';
import { type Fact, factLines } from './facts.ts';
import type { Look } from './showText.ts';

/** Upstream by upstream; prefixes that share their fate share a block. */
export function budgetsText({ budgets }: BudgetsView, look: Look): readonly string[] {
  if (budgets.length === 0) {
    return ['No upstream of the file damps: flaps cost nothing, and nothing is held.'];
  }
  return budgets.flatMap((budget, i) => [...(i === 0 ? [] : ['']), ...budgetLines(budget, look)]);
}

function budgetLines(budget: BudgetView, look: Look): readonly string[] {
  const { upstream, prefixes, profile, confirmed, suppressedUntil, held, text, flaps } = budget;
  const [word, colour] = held
    ? (['held', 'warn'] as const)
    : suppressedUntil !== null
      ? (['suppressed', 'bad'] as const)
      : budget.nextFlap.suppressedUntil !== null
        ? (['the next flap suppresses it', 'warn'] as const)
        : (['fine', 'good'] as const);
  const sure = confirmed ? 'confirmed' : 'not confirmed';
  const facts: readonly Fact[] = [
    ['damping', `${profile}, ${sure}; ${flapsText(flaps)}`],
    ['budget', text],
    ...(held ? [['waits', held.text] as const] : []),
  ];
  const head = `${look.paint('bold', upstream)}, ${prefixList(prefixes)}: ${look.paint(colour, word)}`;
  return [head, ...factLines(facts, look)];
}

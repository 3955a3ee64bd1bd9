/** The flap budget: how near networks behind an upstream are to damping a prefix. */

import { element } from './dom.js';

/** @typedef {import('../control/budgetView.ts').BudgetView} BudgetView */

/** Prefixes that are named. */
const NAMED = 3;

/** @param {readonly BudgetView[]} budgets */
export function budgetGauges(budgets) {
  return element('ul', { class: 'gauges' }, ...budgets.map(gauge));
}

/** @param {BudgetView} budget */
function gauge({ upstream, prefixes, penalty, suppress, profile, text }) {
  const more = prefixes.length > NAMED ? ` and ${prefixes.length - NAMED} more` : '';
  const which = `${prefixes.slice(0, NAMED).join(', ')}${more}`;
  return element(
    'li',
    {},
    element('strong', {}, upstream),
    ` ${which} `,
    element('meter', {
      min: '0',
      max: String(suppress),
      low: String(suppress / 2),
      high: String((suppress * 3) / 4),
      optimum: '0',
      value: String(Math.min(suppress, penalty)),
      'aria-label': `penalty of ${which} behind ${upstream}`,
    }),
    ` damping ${profile}`,
    element('p', { class: 'quiet' }, text),
  );
}

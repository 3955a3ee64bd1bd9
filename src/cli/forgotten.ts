/** What an operator is told when a restart of the daemon would forget what was just ordered. */

import type { OrdersView } from '../control/orderView.ts';

/** `what`: `this order`, `this drain`. Undefined: it survives. */
export function forgottenText(
  { survivesRestart, unsaved }: Pick<OrdersView, 'survivesRestart' | 'unsaved'>,
  what: string,
): string | undefined {
  if (survivesRestart) return undefined;
  if (unsaved === null) {
    return `multihomed: the file names no state-dir: a restart of the daemon forgets ${what}`;
  }
  return `multihomed: ${what} holds now, and a restart of the daemon does not know of it, for the state could not be saved: ${unsaved}; mend that: it is tried again at the next change, or when it is ordered again`;
}

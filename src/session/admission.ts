/** Which of the connections that a neighbour opens are taken. */

import type { Side } from '../fsm/neighbour.ts';
import { AcceptBudget } from './acceptBudget.ts';
import type { Clock } from './clock.ts';
import type { Machine } from './machine.ts';

/** Milliseconds from Established on in which a connection may come that was opened before. */
const CROSSING = 5000;

export class Admission {
  readonly #clock: Clock;
  readonly #budget: AcceptBudget;
  /** On the monotonic clock: when the session was last Established. */
  #upAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#budget = new AcceptBudget(clock);
  }

  established(): void {
    this.#upAt = this.#clock.monotonic();
  }

  /** Undefined: it is not wanted now. `replaces`: the connection that it takes the place of. */
  judge(
    machine: Pick<Machine, 'acceptsConnection' | 'replaceableSide'>,
  ): { readonly replaces: Side | undefined } | undefined {
    const replaces = this.#hasLasted() ? machine.replaceableSide : undefined;
    if (!replaces && !machine.acceptsConnection) return undefined;
    return this.#budget.spend() ? { replaces } : undefined;
  }

  /** What connects now is no connection that crossed ours on the way. */
  #hasLasted(): boolean {
    return this.#clock.monotonic() - this.#upAt >= CROSSING;
  }
}

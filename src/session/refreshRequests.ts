/**
 * A neighbour's requests to be sent a family again (RFC 2918), answered at most once a second: 23
 * octets ask for the whole Adj-RIB-Out, so a neighbour that asks in a loop could keep us busy with
 * nothing else. The first is answered at once, those that follow together.
 */

import type { Family } from '../net/family.ts';
import type { Clock } from './clock.ts';

/** Milliseconds from one answer to the next. */
const INTERVAL = 1000;

export class RefreshRequests {
  readonly #clock: Clock;
  readonly #answer: (families: readonly Family[]) => void;
  readonly #asked = new Set<Family>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, answer: (families: readonly Family[]) => void) {
    this.#clock = clock;
    this.#answer = answer;
  }

  ask(family: Family): void {
    this.#asked.add(family);
    if (!this.#cancel) this.#flush();
  }

  /** The session is over, and so is what was asked in it. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#asked.clear();
  }

  #flush(): void {
    this.#cancel = undefined;
    if (this.#asked.size === 0) return;
    const families = [...this.#asked];
    this.#asked.clear();
    this.#cancel = this.#clock.after(INTERVAL, () => this.#flush());
    this.#answer(families);
  }
}

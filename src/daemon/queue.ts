/**
 * The daemon's one queue: every input goes through it, and each is dealt with whole before the
 * next, even when dealing with one raises another.
 */
export class EventQueue<Event> {
  readonly #deal: (event: Event) => void;
  readonly #waiting: Event[] = [];
  #dealing = false;

  constructor(deal: (event: Event) => void) {
    this.#deal = deal;
  }

  push(event: Event): void {
    this.#waiting.push(event);
    if (!this.#dealing) this.#dealAll();
  }

  /** What `act` raises is dealt with once all of it is done. */
  during<Result>(act: () => Result): Result {
    if (this.#dealing) return act();
    this.#dealing = true;
    try {
      return act();
    } finally {
      this.#dealAll();
    }
  }

  #dealAll(): void {
    this.#dealing = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#deal(next);
    } finally {
      this.#dealing = false;
    }
  }
}

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
    if (this.#dealing) return;
    this.#dealing = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#deal(next);
    } finally {
      this.#dealing = false;
    }
  }
}

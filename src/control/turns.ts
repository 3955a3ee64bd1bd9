/**
 * Turns of the event loop for work that may take long, at most one a turn for all who wait: many
 * readers of large answers slow each other, never a session.
 */

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves in a turn that belongs to the caller alone, after those who asked before. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

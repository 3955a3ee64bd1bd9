/**
 * How much all connections together may read before the event loop gets its turn: a neighbour that
 * pours a full table in must not make another's keepalive, a withdrawal or `show` late. libuv alone
 * would read up to 32 windows from one socket before it looks at the next.
 */

/** Octets a turn; about a millisecond of decoding. */
const OCTETS = 64 * 1024;

export class ReadBudget {
  readonly #perTurn: number;
  readonly #nextTurn: (callback: () => void) => void;
  #left: number;
  #renewing = false;
  /** Stopped readers, in the order in which they ran dry: they go on in that order. */
  #waiting: (() => void)[] = [];

  constructor(perTurn = OCTETS, nextTurn: (callback: () => void) => void = setImmediate) {
    this.#perTurn = perTurn;
    this.#nextTurn = nextTurn;
    this.#left = perTurn;
  }

  /**
   * Counts octets that were read. False: the reader must stop, and `resume` is called when it may
   * go on.
   */
  spend(count: number, resume: () => void): boolean {
    this.#left -= count;
    this.#renew();
    if (this.#left > 0) return true;
    this.#waiting.push(resume);
    return false;
  }

  #renew(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#nextTurn(() => {
      this.#renewing = false;
      this.#left = this.#perTurn;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resume of waiting) resume();
    });
  }
}

/**
 * What happened, in the order in which it happened, with the time of each since the cause of the
 * step it belongs to. The story waits for moments by the very words that are printed of them, so
 * that nothing can be claimed that was not seen.
 */

/** Who it happened to, and what, in the words that are printed. */
export type Sight = readonly [who: string, what: string];

export interface Moment {
  readonly who: string;
  readonly what: string;
  /** Milliseconds since the cause of the step. */
  readonly after: number;
}

/** Something that had to happen did not, within its limit. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

export class Timeline {
  #cause = performance.now();
  #moments: Moment[] = [];
  #waiting: (() => void) | undefined;

  /** A new step: what follows is counted from now on. */
  begin(): void {
    this.#cause = performance.now();
    this.#moments = [];
  }

  /** `at`: when, on the `performance.now` clock. */
  note(who: string, what: string, at = performance.now()): void {
    this.#moments.push({ who, what, after: at - this.#cause });
    this.#waiting?.();
  }

  /** The step's moments so far. Those of one process come in the order of their times. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** The first moment of the step that looks like this. */
  find([who, what]: Sight): Moment | undefined {
    return this.#moments.find((moment) => moment.who === who && moment.what === what);
  }

  /** Resolves once all of these were seen in this step; rejects with NotSeen after `limit` ms. */
  async see(sights: readonly Sight[], limit: number): Promise<void> {
    const missing = () => sights.find((sight) => !this.find(sight));
    if (!missing()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        const [who, what] = missing() ?? ['', ''];
        reject(new NotSeen(`not seen within ${limit / 1000} s: ${who} ${what}`));
      }, limit);
      this.#waiting = () => {
        if (missing()) return;
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve();
      };
    });
  }
}

/** How long a session is kept down after it went over a limit, whatever the link does meanwhile. */

import type { Clock } from './clock.ts';

export class Rest {
  readonly #clock: Clock;
  readonly #over: () => void;
  #until: number | undefined;
  #cancel: () => void = () => {};

  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** Milliseconds since the epoch; undefined: there is no rest now. */
  get until(): number | undefined {
    return this.#until;
  }

  begin(milliseconds: number): void {
    this.end();
    this.#until = this.#clock.wall() + milliseconds;
    this.#cancel = this.#clock.after(milliseconds, () => {
      this.#until = undefined;
      this.#over();
    });
  }

  /** Before its time, and without a word. */
  end(): void {
    this.#cancel();
    this.#until = undefined;
  }
}

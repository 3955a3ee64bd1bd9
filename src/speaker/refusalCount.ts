/**
 * Refused connections, told in bulk: the first at once, then at most one report a minute, so that
 * a scanner or a flood cannot fill a disk with log lines.
 */

import type { Clock } from '../session/clock.ts';

export interface ConnectionsRefused {
  readonly type: 'ConnectionsRefused';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many since the last report. */
  readonly count: number;
  /** The source of the first of them. */
  readonly example: string;
}

const INTERVAL = 60_000;

export class RefusalCount {
  readonly #clock: Clock;
  readonly #report: (event: ConnectionsRefused) => void;
  #pending = 0;
  #example = '';
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, report: (event: ConnectionsRefused) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  count(source: string): void {
    if (this.#pending++ === 0) this.#example = source;
    if (!this.#cancel) this.#flush();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #flush(): void {
    this.#cancel = undefined;
    if (this.#pending === 0) return;
    const report = { count: this.#pending, example: this.#example };
    this.#pending = 0;
    this.#cancel = this.#clock.after(INTERVAL, () => this.#flush());
    this.#report({ type: 'ConnectionsRefused', at: this.#clock.wall(), ...report });
  }
}

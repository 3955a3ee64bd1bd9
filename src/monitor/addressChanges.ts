/**
 * Turns the kernel's many reports into few notices that connected routes may have changed. They do
 * when an address comes or goes, when somebody changes a route, and when any link comes up: the
 * routes of a link that was set down return with it, and nothing else is said.
 */

import type { Clock } from '../session/clock.ts';
import type { MonitorReport } from './ipMonitor.ts';

/** Without further changes before the notice is given, in ms. */
const QUIET = 100;
/**
 * The longest that a notice waits while changes keep coming, and the least between two, in ms: each
 * has the kernel asked about every neighbour.
 */
const LONGEST = 1000;

export class AddressChanges {
  readonly #after: Clock['after'];
  readonly #changed: () => void;
  /** Indexes of the links that were last reported up. */
  readonly #up = new Set<number>();
  #cancelQuiet: (() => void) | undefined;
  #cancelLongest: (() => void) | undefined;
  /** Set for a while after each notice. */
  #cancelRest: (() => void) | undefined;
  /** It is quiet after a change, but not yet time for another notice. */
  #due = false;

  constructor(after: Clock['after'], changed: () => void) {
    this.#after = after;
    this.#changed = changed;
  }

  report(report: MonitorReport): void {
    if (report.type === 'address') this.note();
    else if (report.cause !== 'up') this.#up.delete(report.index);
    else if (!this.#up.has(report.index)) {
      this.#up.add(report.index);
      this.note();
    }
  }

  /** Something changed, or may have while nobody looked. */
  note(): void {
    this.#due = false;
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#after(QUIET, () => this.#onQuiet());
    this.#cancelLongest ??= this.#after(LONGEST, () => this.#tell());
  }

  stop(): void {
    this.#cancelQuiet?.();
    this.#cancelLongest?.();
    this.#cancelRest?.();
    this.#cancelQuiet = undefined;
    this.#cancelLongest = undefined;
    this.#cancelRest = undefined;
    this.#due = false;
  }

  #onQuiet(): void {
    this.#cancelQuiet = undefined;
    if (this.#cancelRest) this.#due = true;
    else this.#tell();
  }

  #onRested(): void {
    this.#cancelRest = undefined;
    if (this.#due) this.#tell();
  }

  #tell(): void {
    this.stop();
    this.#cancelRest = this.#after(LONGEST, () => this.#onRested());
    this.#changed();
  }
}

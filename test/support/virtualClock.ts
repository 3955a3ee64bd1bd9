/** Time that only a test moves. */

import type { Clock } from '../../src/session/clock.ts';

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  /** Where the wall clock starts; it may be moved apart from the monotonic one. */
  epoch = Date.UTC(2026, 0, 1);
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.epoch + this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const alarm = { at: this.#now + milliseconds, callback };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  afterReads(callback: () => void): void {
    callback();
  }

  /** The longest of every jittered time. */
  random(): number {
    return 1 - Number.EPSILON;
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Time passes, and this process does not run: what was due meanwhile comes with the next `advance`. */
  standStill(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets time pass, alarm by alarm. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  #due(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (!first || alarm.at < first.at)) first = alarm;
    }
    return first;
  }
}

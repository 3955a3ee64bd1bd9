/**
 * The timeline: what happened since the daemon started, as far back as it is remembered. Details
 * (level debug: a neighbour that is away tries to connect for days) have a ring of their own, so that
 * they never drive out what an operator would look for.
 */

import type { LogLevel } from '../config/config.ts';
import { isoTime } from './isoTime.ts';
import { type Numbered, Ring } from './ring.ts';

/** What is remembered of an event: what the log says of it. */
export interface Happening {
  readonly level: LogLevel;
  /** Stable, for machines: `session-up`. */
  readonly event: string;
  readonly message: string;
  readonly neighbour?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One event of `GET /v1/events`. */
export interface EventView {
  /** Its place in the order, for `since` and Last-Event-ID: `INSTANCE-NUMBER`. */
  readonly id: string;
  readonly at: string;
  readonly level: LogLevel;
  readonly event: string;
  readonly neighbour: string | null;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LoggedEvent extends Numbered {
  readonly view: EventView;
}

export interface EventLogSizes {
  readonly events: number;
  readonly details: number;
}

const SIZES: EventLogSizes = { events: 8192, details: 2048 };

export class EventLog {
  /** Tells this run of the daemon from others: numbers begin anew with each. */
  readonly instance: string;
  readonly #events: Ring<LoggedEvent>;
  readonly #details: Ring<LoggedEvent>;
  #last = 0;
  /** The highest number that was forgotten of those that are not details. */
  #forgotten = 0;
  #waiting = new Set<() => void>();
  #closed = false;

  /** `startedAt`: ms since the epoch. */
  constructor(startedAt: number, sizes: EventLogSizes = SIZES) {
    this.instance = startedAt.toString(36);
    this.#events = new Ring(sizes.events);
    this.#details = new Ring(sizes.details);
  }

  add({ at, level, event, neighbour, message, fields }: Happening): void {
    const seq = ++this.#last;
    const view: EventView = {
      id: this.idOf(seq),
      at: isoTime(at),
      level,
      event,
      neighbour: neighbour ?? null,
      message,
      fields: fields ?? {},
    };
    if (level === 'debug') this.#details.push({ seq, view });
    else this.#forgotten = this.#events.push({ seq, view })?.seq ?? this.#forgotten;
    this.#wake();
  }

  /** The number of the newest; 0: nothing has happened yet. */
  get last(): number {
    return this.#last;
  }

  get closed(): boolean {
    return this.#closed;
  }

  idOf(seq: number): string {
    return `${this.instance}-${seq}`;
  }

  /**
   * The number that an id stands for; 0 for another run's, after which everything is news. Undefined:
   * it is no id.
   */
  seqOf(id: string): number | undefined {
    const [, instance, digits] = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(id) ?? [];
    if (instance === undefined) return undefined;
    // One that has not been yet (a clock set back gave two runs one name) must not wait for it.
    return instance === this.instance ? Math.min(Number(digits), this.#last) : 0;
  }

  /** Whether anything but details that came after `seq` has been forgotten. */
  missedAfter(seq: number): boolean {
    return this.#forgotten > seq;
  }

  /** At most `limit` that came after `seq`, the oldest first. */
  after(seq: number, limit: number): readonly LoggedEvent[] {
    const found: LoggedEvent[] = [];
    let event = this.#events.indexAfter(seq);
    let detail = this.#details.indexAfter(seq);
    while (found.length < limit) {
      const a = this.#events.at(event);
      const b = this.#details.at(detail);
      const next = a && (!b || a.seq < b.seq) ? a : b;
      if (!next) break;
      found.push(next);
      if (next === a) event++;
      else detail++;
    }
    return found;
  }

  /** The newest `limit`, the oldest of them first. */
  newest(limit: number): readonly LoggedEvent[] {
    // Numbers go up by one, and what is forgotten only makes fewer.
    const all = this.after(0, Number.POSITIVE_INFINITY);
    return all.slice(Math.max(0, all.length - limit));
  }

  /** Calls back once, when the next event is added or the log is closed. The result cancels it. */
  onNews(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  /** Ends the streams: whoever follows is told that nothing more comes. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const callback of waiting) callback();
  }
}

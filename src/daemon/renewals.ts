/**
 * Renewed leases of checks, on their way into the record. Each probe brings one and nearly none
 * matters: nothing is decided before a lease ends. So the last of each check waits until something is
 * decided, unless by then it would come too late to have been a renewal.
 */

import type { Facts } from '../announcer/facts.ts';
import type { DaemonEvent } from './events.ts';

type CheckChanged = Extract<DaemonEvent, { readonly type: 'CheckChanged' }>;

interface Held {
  readonly now: number;
  readonly event: CheckChanged;
}

export class Renewals {
  readonly #write: (now: number, event: CheckChanged) => void;
  /** By check, in the order of time. */
  readonly #held = new Map<string, Held>();
  /** When the leases end that are in the record. */
  readonly #leases = new Map<string, number>();

  constructor(write: (now: number, event: CheckChanged) => void) {
    this.#write = write;
  }

  /** A record begins with these facts. */
  begin({ checks }: Facts): void {
    this.#held.clear();
    this.#leases.clear();
    for (const { name, leaseUntil } of checks.values()) this.#leases.set(name, leaseUntil);
  }

  hold(now: number, event: CheckChanged): void {
    const { name } = event.check;
    if (now >= (this.#leases.get(name) ?? 0)) this.flush();
    this.#held.delete(name);
    this.#held.set(name, { now, event });
  }

  /** The event is in the record. */
  written(now: number, { check, at }: CheckChanged): void {
    this.#leases.set(check.name, check.leaseUntil + now - at);
  }

  /** What waits goes into the record. */
  flush(): void {
    for (const { now, event } of this.#held.values()) {
      this.written(now, event);
      this.#write(now, event);
    }
    this.#held.clear();
  }
}

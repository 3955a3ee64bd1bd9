/** Has `KeyWatch` look at the kernel's counters every few seconds. */

import type { KeyMismatch } from '../monitor/keyMismatch.ts';
import { type Md5Counters, readMd5Counters } from '../monitor/md5Counters.ts';
import type { Clock } from '../session/clock.ts';
import { type KeyMismatchFound, KeyWatch, type WatchedSession } from './keyWatch.ts';

/** A look costs a tenth of a millisecond. */
const INTERVAL = 2000;

export interface KeyWatcherOptions {
  readonly clock: Pick<Clock, 'after' | 'wall'>;
  readonly sessions: () => readonly WatchedSession[];
  readonly onFound: (event: KeyMismatchFound) => void;
  readonly read?: () => Promise<Md5Counters | undefined>;
}

export class KeyWatcher {
  readonly #options: KeyWatcherOptions;
  readonly #watch = new KeyWatch();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: KeyWatcherOptions) {
    this.#options = options;
  }

  /** Undefined: nothing speaks for one. */
  of(neighbour: string): KeyMismatch | undefined {
    return this.#watch.of(neighbour);
  }

  async start(): Promise<void> {
    const { clock, sessions, onFound, read = readMd5Counters } = this.#options;
    const counters = await read();
    // A kernel that does not count these now never will.
    if (this.#stopped || !counters) return;
    for (const found of this.#watch.look(counters, sessions(), clock.wall())) onFound(found);
    this.#cancel = clock.after(INTERVAL, () => void this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}

/**
 * What libc's allocator has and nobody uses, given back: where libc is glibc and the optional package
 * `koffi` is there; without them the daemon is some megabytes larger, and the same otherwise. Most of
 * it held the notes of V8's compilers, which drop them as soon as the code is there.
 */

import { createRequire } from 'node:module';
import type { Clock } from '../session/clock.ts';

/** Of mallopt(3). */
const M_TRIM_THRESHOLD = -1;
/** In octets. */
const KEPT = 64 * 1024;
/** In ms: the ends of several tables come together. */
const MOMENT = 10;

export class SpareMemory {
  readonly #clock: Clock;
  #trim: (() => void) | undefined;
  #due = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What is free at the end of a thread's store goes back to the kernel, all but `KEPT`, now and from
   * now on. By itself glibc begins with twice as much and raises that to megabytes once something
   * large has been given back: with a full table each of V8's threads kept more than one.
   */
  settle(): void {
    try {
      const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
      const libc = koffi.load(null);
      libc.func('int mallopt(int param, int value)')(M_TRIM_THRESHOLD, KEPT);
      const trim = libc.func('int malloc_trim(size_t pad)');
      this.#trim = () => void trim(0);
      this.#trim();
    } catch {
      // Not installed, or another libc.
    }
  }

  /** A neighbour's table is complete: also what lies free in the middle goes, in less than a millisecond. */
  tableCame(): void {
    if (this.#due || !this.#trim) return;
    this.#due = true;
    this.#clock.after(MOMENT, () => {
      this.#due = false;
      this.#trim?.();
    });
  }
}

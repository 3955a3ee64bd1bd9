/**
 * What libc's allocator has and nobody uses, given back: where libc is glibc and the optional package
 * `koffi` is there; without them the daemon is some megabytes larger, and the same otherwise. Most of
 * it held the notes of V8's compilers, which drop them as soon as the code is there.
 */

import { withLibc } from '../host/libc.ts';
import type { Clock } from '../session/clock.ts';

export interface Allocator {
  /** mallopt(3). */
  set(parameter: number, value: number): void;
  /** malloc_trim(3), of everything; takes well under a millisecond. */
  trim(): void;
}

const M_TRIM_THRESHOLD = -1;
/** In octets. */
const KEPT = 64 * 1024;
/** In ms: the ends of several tables come together. */
const MOMENT = 10;

export class SpareMemory {
  readonly #clock: Clock;
  readonly #load: () => Allocator | undefined;
  #allocator: Allocator | undefined;
  #due = false;

  constructor(clock: Clock, load = glibc) {
    this.#clock = clock;
    this.#load = load;
  }

  /**
   * What is free at the end of a thread's store goes back to the kernel, all but `KEPT`, now and from
   * now on. By itself glibc begins with twice as much and raises that to megabytes once something
   * large has been given back: with a full table each of V8's threads kept more than one.
   */
  settle(): void {
    this.#allocator = this.#load();
    this.#allocator?.set(M_TRIM_THRESHOLD, KEPT);
    this.#allocator?.trim();
  }

  /** A neighbour's table is complete: what lies free in the middle goes, too. */
  tableCame(): void {
    if (this.#due || !this.#allocator) return;
    this.#due = true;
    this.#clock.after(MOMENT, () => {
      this.#due = false;
      this.#allocator?.trim();
    });
  }
}

/** Undefined: koffi is not installed, or this is another libc. */
function glibc(): Allocator | undefined {
  return withLibc(({ library }) => {
    const set = library.func('int mallopt(int param, int value)');
    const trim = library.func('int malloc_trim(size_t pad)');
    return {
      set: (parameter, value) => void set(parameter, value),
      trim: () => void trim(0),
    };
  });
}

/**
 * How libc's allocator is to serve this process, where it is glibc and the optional package `koffi` is
 * there; without them the daemon is some megabytes larger and the same otherwise. Most of what it
 * gives out are the notes of V8's compilers, which are dropped as soon as the code is there.
 */

import { createRequire } from 'node:module';

/** Of mallopt(3). */
const M_ARENA_MAX = -8;

export interface Allocator {
  /** Hands pages that nobody uses back to the kernel; well under a millisecond. */
  trim(): void;
}

/**
 * From now on all threads share what is there: each would keep a store of its own, which only what V8
 * compiles in that thread ever fills again. They rarely meet in it.
 */
export function settleAllocator(): Allocator {
  try {
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
    const libc = koffi.load(null);
    libc.func('int mallopt(int param, int value)')(M_ARENA_MAX, 1);
    const trim = libc.func('int malloc_trim(size_t pad)');
    return { trim: () => void trim(0) };
  } catch {
    return { trim: () => {} }; // not installed, or another libc
  }
}

/**
 * Large arrays whose pages the kernel maps only when they are first touched: reserving costs
 * address space, not memory. Nothing is ever resized, since a resizable buffer is several times
 * slower to read; what does not fit in the reservation is refused with `RibFullError`.
 */

/** No more routes or attribute sets fit. The session that wanted them deserves Cease/Out of Resources. */
export class RibFullError extends Error {
  override readonly name = 'RibFullError';
}

/** Where arrays are made, all zero: each by itself, or in one memory that the fast lane shares. */
export interface Room {
  words(count: number): Int32Array;
  octets(count: number): Uint8Array;
}

const LEAST = 1 << 20;

/** `words` 32-bit words, all zero; fewer where the system refuses that much address space. */
function reserve(words: number): Int32Array {
  for (let size = words; ; size = Math.max(LEAST, size >>> 1)) {
    try {
      return new Int32Array(size);
    } catch (error) {
      if (!(error instanceof RangeError) || size <= LEAST) throw error;
    }
  }
}

export const APART: Room = {
  words: reserve,
  octets: (count) => new Uint8Array(count),
};

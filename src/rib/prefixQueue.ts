/**
 * Prefixes waiting their turn, first in first out, each once (the rows' dirty bit sees to that).
 *
 *   ring   a power of two of words; a prefix takes `width`: its address, then its length
 *          head ..... tail: the next to come out, and where the next goes in; both only rise
 */

import { grownRing } from './ring.ts';

const FIRST_WORDS = 1 << 12;

export class PrefixQueue {
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  length = 0;
  readonly #width: number;
  #ring: Int32Array;
  #head = 0;
  #tail = 0;

  /** `addressWords` is 1, 2 or 4. */
  constructor(addressWords: number) {
    this.#width = addressWords + 1;
    this.#ring = new Int32Array(FIRST_WORDS);
  }

  /** Prefixes in the queue. */
  get size(): number {
    return (this.#tail - this.#head) / this.#width;
  }

  push(word0: number, word1: number, word2: number, word3: number, length: number): void {
    if (this.#tail - this.#head + this.#width > this.#ring.length) this.#grow();
    const ring = this.#ring;
    const mask = ring.length - 1;
    let at = this.#tail;
    ring[at++ & mask] = word0;
    if (this.#width > 2) ring[at++ & mask] = word1;
    if (this.#width > 3) {
      ring[at++ & mask] = word2;
      ring[at++ & mask] = word3;
    }
    ring[at++ & mask] = length;
    this.#tail = at;
  }

  /** Takes the first prefix out, into the fields (0 beyond its width); false: there is none. */
  shift(): boolean {
    if (this.#head === this.#tail) return false;
    const ring = this.#ring;
    const mask = ring.length - 1;
    let at = this.#head;
    this.word0 = ring[at++ & mask]!;
    if (this.#width > 2) this.word1 = ring[at++ & mask]!;
    if (this.#width > 3) {
      this.word2 = ring[at++ & mask]!;
      this.word3 = ring[at++ & mask]!;
    }
    this.length = ring[at++ & mask]!;
    this.#head = at;
    // Small numbers stay small integers; the queue runs empty all the time.
    if (this.#head === this.#tail) this.#head = this.#tail = 0;
    return true;
  }

  #grow(): void {
    const size = this.#tail - this.#head;
    this.#ring = grownRing(this.#ring, this.#head, size);
    this.#head = 0;
    this.#tail = size;
  }
}

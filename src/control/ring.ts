/** The last so many things that came, each with a number that is higher than that of any before. */

export interface Numbered {
  readonly seq: number;
}

export class Ring<T extends Numbered> {
  readonly #slots: (T | undefined)[];
  /** How many have ever been put in. */
  #count = 0;

  constructor(size: number) {
    this.#slots = new Array<T | undefined>(size).fill(undefined);
  }

  /** Returns what had to make room. */
  push(entry: T): T | undefined {
    const slot = this.#count++ % this.#slots.length;
    const old = this.#slots[slot];
    this.#slots[slot] = entry;
    return old;
  }

  get length(): number {
    return Math.min(this.#count, this.#slots.length);
  }

  /** `index` counts from the oldest. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.length) return undefined;
    return this.#slots[(this.#count - this.length + index) % this.#slots.length];
  }

  /** The index of the first one with a higher number than `seq`; `length`: there is none. */
  indexAfter(seq: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle)?.seq ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

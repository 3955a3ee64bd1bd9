/** Octets behind one another, in a block that grows: tables are tens of megabytes. */

export class OctetWriter {
  #octets = new Uint8Array(1 << 20);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(octets: ArrayLike<number>): void {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.#length);
    this.#length += octets.length;
  }

  written(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#octets.length) return;
    const wider = new Uint8Array(this.#octets.length * 2 + more);
    wider.set(this.written());
    this.#octets = wider;
  }
}

/** Messages one behind the other, in scratch memory that grows to what the largest needed. */

const FIRST_OCTETS = 128 * 1024;

export class MessageBuffer {
  octets = new Uint8Array(FIRST_OCTETS);
  length = 0;

  /** Makes room for so many octets more; `octets` may be other memory afterwards. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.octets.length) return;
    const larger = new Uint8Array(Math.max(needed, this.octets.length * 2));
    larger.set(this.octets.subarray(0, this.length));
    this.octets = larger;
  }

  put(octets: Uint8Array): void {
    this.reserve(octets.length);
    this.octets.set(octets, this.length);
    this.length += octets.length;
  }

  /** A copy of everything, and nothing is left. */
  take(): Uint8Array {
    const taken = this.octets.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

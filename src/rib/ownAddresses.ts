/**
 * Our own addresses: a route whose next hop is one of them leads back to us (RFC 4271 §5.1.3). Asked
 * once for each new attribute set, so that hardly any is compared: the last octet tells most apart.
 */

import type { IpAddress } from '../net/address.ts';

export class OwnAddresses {
  /** [last octet] 1: some address ends with it. */
  readonly ends = new Uint8Array(256);
  #all: readonly Uint8Array[] = [];

  constructor(addresses: readonly IpAddress[] = []) {
    this.replace(addresses);
  }

  /** From now on these are ours. What was judged before stays as it is. */
  replace(addresses: readonly IpAddress[]): void {
    this.#all = addresses.map(({ octets }) => octets);
    this.ends.fill(0);
    for (const octets of this.#all) this.ends[octets[octets.length - 1]!] = 1;
  }

  /** Whether the octets at `start..end` are one of them. */
  has(bytes: Uint8Array, start: number, end: number): boolean {
    if (end <= start || this.ends[bytes[end - 1]!] === 0) return false;
    return this.#all.some(
      (octets) =>
        octets.length === end - start && octets.every((octet, i) => octet === bytes[start + i]),
    );
  }
}

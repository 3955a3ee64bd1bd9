/**
 * Where the prefixes of UPDATEs that are about to be fed stand in their store, looked up for many of
 * them at once, so that what a processor waits for memory is shared by all of them.
 *
 *   addresses (IPv6: words0, words1), lengths, places, rows   [prefix]
 *
 *   places   the block of each, and then the values of its row
 *   rows     where the prefix is in its block, or would be
 *
 * Nothing that is found is believed: rows move. It is where the intake looks first.
 */

import { uint16, uint32 } from '../wire/octets.ts';
import type { Ipv4Store } from './ipv4Store.ts';
import type { Ipv6Store } from './ipv6Store.ts';

/** Prefixes of one group; of a very large one the rest is left out. */
export const ROOM = 2048;

const NARROW_LENGTH = 64;

export class Ipv4RowsAhead {
  readonly rows = new Int32Array(ROOM);
  /** Prefixes of the group. */
  count = 0;
  readonly #store: Ipv4Store;
  readonly #addresses = new Int32Array(ROOM);
  readonly #lengths = new Int32Array(ROOM);
  readonly #places = new Int32Array(ROOM);

  constructor(store: Ipv4Store) {
    this.#store = store;
  }

  /** The NLRI at `start..end` of one UPDATE, of which nothing is known yet. */
  collect(bytes: Uint8Array, start: number, end: number): void {
    const addresses = this.#addresses;
    const lengths = this.#lengths;
    // Four octets are read of every prefix, and those that are not its own are masked away.
    const limit = Math.min(end, bytes.length - 4);
    let count = this.count;
    for (let at = start; at < limit && count < ROOM; count++) {
      const length = bytes[at]!;
      const address = (uint16(bytes, at + 1) << 16) | uint16(bytes, at + 3);
      addresses[count] = length === 0 ? 0 : address & (-1 << (32 - length));
      lengths[count] = length;
      at += 1 + ((length + 7) >> 3);
    }
    this.count = count;
  }

  /** Reads the blocks into the caches, and returns something of them. */
  fetchBlocks(): number {
    return this.#store.fetchBlocks(this.#addresses, this.#places, this.count);
  }

  /** Finds the rows in those blocks, reads their values into the caches too. */
  seek(): number {
    this.#store.seekRows(this.#addresses, this.#lengths, this.#places, this.rows, this.count);
    return this.#store.blocks.fetch(this.#places, this.count);
  }
}

/** Only for prefixes up to /64: there are next to no others. */
export class Ipv6RowsAhead {
  readonly rows = new Int32Array(ROOM);
  /** Prefixes of the group. */
  count = 0;
  readonly #store: Ipv6Store;
  readonly #words0 = new Int32Array(ROOM);
  readonly #words1 = new Int32Array(ROOM);
  readonly #lengths = new Int32Array(ROOM);
  readonly #places = new Int32Array(ROOM);

  constructor(store: Ipv6Store) {
    this.#store = store;
  }

  collect(bytes: Uint8Array, start: number, end: number): void {
    const limit = Math.min(end, bytes.length - 8);
    let count = this.count;
    for (let at = start; at < limit && count < ROOM; count++) {
      const length = bytes[at]!;
      const bits = Math.min(length, NARROW_LENGTH);
      this.#words0[count] = masked(uint32(bytes, at + 1), bits);
      this.#words1[count] = masked(uint32(bytes, at + 5), bits - 32);
      this.#lengths[count] = length;
      at += 1 + ((length + 7) >> 3);
    }
    this.count = count;
  }

  fetchBlocks(): number {
    return this.#store.fetchBlocks(this.#words0, this.#words1, this.#places, this.count);
  }

  seek(): number {
    const places = this.#places;
    const [words0, words1] = [this.#words0, this.#words1];
    this.#store.seekRows(words0, words1, this.#lengths, places, this.rows, this.count);
    return this.#store.blocks.fetch(places, this.count);
  }
}

/** The first `bits` bits, fewer than 1: none. */
function masked(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word | 0 : word & (-1 << (32 - bits));
}

/** The prefix of a row in numbers: one object serves for many rows. */

import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Ipv4Store } from './ipv4Store.ts';
import type { Ipv6Store } from './ipv6Store.ts';

/** The address as signed 32-bit numbers; an IPv4 address is the first of them. */
export interface PrefixWords {
  readonly family: Family;
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly length: number;
}

export class RowPrefix implements PrefixWords {
  family: Family = 'ipv4';
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  length = 0;

  static of(prefix: Prefix): RowPrefix {
    const { octets } = prefix;
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const row = new RowPrefix();
    row.family = prefix.family;
    row.length = prefix.length;
    row.word0 = view.getInt32(0);
    if (octets.length === 4) return row;
    row.word1 = view.getInt32(4);
    row.word2 = view.getInt32(8);
    row.word3 = view.getInt32(12);
    return row;
  }

  /** The prefix of the row where the store is. */
  read(store: Ipv4Store | Ipv6Store): void {
    this.family = store.family;
    this.length = store.length();
    if (store.family === 'ipv4') {
      this.word0 = store.word0();
      this.word1 = this.word2 = this.word3 = 0;
      return;
    }
    this.word0 = store.word(0);
    this.word1 = store.word(1);
    this.word2 = store.word(2);
    this.word3 = store.word(3);
  }

  copy({ family, word0, word1, word2, word3, length }: PrefixWords): void {
    this.family = family;
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
    this.length = length;
  }
}

/** Less than 0: `a` comes before `b` in the order of a store, (address, length). */
export function compareRows(a: PrefixWords, b: PrefixWords): number {
  return (
    (a.word0 >>> 0) - (b.word0 >>> 0) ||
    (a.word1 >>> 0) - (b.word1 >>> 0) ||
    (a.word2 >>> 0) - (b.word2 >>> 0) ||
    (a.word3 >>> 0) - (b.word3 >>> 0) ||
    a.length - b.length
  );
}

/**
 * Our own prefixes, to be asked of every received one whether it is ours or part of one of ours.
 * There may be very many, so they are made into this once a configuration, for all neighbours.
 *
 *   ipv4        address, length                two words a prefix, in order of the address
 *   ipv4Heads   [first octet]                  1: some prefix, or part of it, begins with it
 *   ipv6        address (4 words), length      five words a prefix
 *   ipv6Heads   [first twelve bits]
 *
 * No prefix in it is part of another in it: the one that has an address, if any does, is the last
 * that does not begin behind the address.
 */

import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import { compareRows, RowPrefix } from './rowPrefix.ts';

export interface OwnPrefixes {
  readonly ipv4: Int32Array;
  readonly ipv4Heads: Uint8Array;
  readonly ipv6: Int32Array;
  readonly ipv6Heads: Uint8Array;
}

export const HEAD_BITS = { ipv4: 8, ipv6: 12 } as const;

const IPV4_WORDS = 2;
const IPV6_WORDS = 5;

export function ownPrefixes(prefixes: readonly Prefix[]): OwnPrefixes {
  const ipv4 = outermost(prefixes, 'ipv4');
  const ipv6 = outermost(prefixes, 'ipv6');
  return {
    ipv4: Int32Array.from(ipv4.flatMap(({ word0, length }) => [word0, length])),
    ipv4Heads: headsOf(prefixes, 'ipv4'),
    ipv6: Int32Array.from(
      ipv6.flatMap(({ word0, word1, word2, word3, length }) => [
        word0,
        word1,
        word2,
        word3,
        length,
      ]),
    ),
    ipv6Heads: headsOf(prefixes, 'ipv6'),
  };
}

/** 1 for each value of an address's first bits that one of the prefixes, or part of it, begins with. */
export function headsOf(prefixes: readonly Prefix[], family: Family): Uint8Array {
  const bits = HEAD_BITS[family];
  const heads = new Uint8Array(1 << bits);
  for (const { octets, length } of prefixes.filter((prefix) => prefix.family === family)) {
    const first = ((octets[0]! << 8) | octets[1]!) >>> (16 - bits);
    heads.fill(1, first, first + (length < bits ? 1 << (bits - length) : 1));
  }
  return heads;
}

/** Whether an IPv4 prefix is one of them, or part of one; the address as a signed number. */
export function coversIpv4({ ipv4 }: OwnPrefixes, address: number, length: number): boolean {
  const unsigned = address >>> 0;
  let low = 0;
  let high = ipv4.length / IPV4_WORDS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ipv4[middle * IPV4_WORDS]! >>> 0 <= unsigned) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return false;
  const at = (low - 1) * IPV4_WORDS;
  const bits = ipv4[at + 1]!;
  return bits <= length && agree(ipv4[at]!, address, bits);
}

/** Whether an IPv6 prefix is one of them, or part of one; the address as four signed numbers. */
export function coversIpv6(
  { ipv6 }: OwnPrefixes,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  length: number,
): boolean {
  let low = 0;
  let high = ipv6.length / IPV6_WORDS;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * IPV6_WORDS;
    const order =
      (ipv6[at]! >>> 0) - (word0 >>> 0) ||
      (ipv6[at + 1]! >>> 0) - (word1 >>> 0) ||
      (ipv6[at + 2]! >>> 0) - (word2 >>> 0) ||
      (ipv6[at + 3]! >>> 0) - (word3 >>> 0);
    if (order <= 0) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return false;
  const at = (low - 1) * IPV6_WORDS;
  const bits = ipv6[at + 4]!;
  return (
    bits <= length &&
    agree(ipv6[at]!, word0, bits) &&
    agree(ipv6[at + 1]!, word1, bits - 32) &&
    agree(ipv6[at + 2]!, word2, bits - 64) &&
    agree(ipv6[at + 3]!, word3, bits - 96)
  );
}

/** Whether the first `bits` bits of two words are the same; of fewer than 1 they always are. */
export function agree(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? a === b : (a ^ b) >>> (32 - bits) === 0;
}

/** Those of the family that are not part of another, in order. */
function outermost(prefixes: readonly Prefix[], family: Family): readonly RowPrefix[] {
  const rows = prefixes.filter((prefix) => prefix.family === family).map(RowPrefix.of);
  const kept: RowPrefix[] = [];
  for (const row of rows.sort(compareRows)) {
    const last = kept.at(-1);
    if (!last || !covers(last, row)) kept.push(row);
  }
  return kept;
}

function covers(outer: RowPrefix, inner: RowPrefix): boolean {
  const { length } = outer;
  return (
    length <= inner.length &&
    agree(outer.word0, inner.word0, length) &&
    agree(outer.word1, inner.word1, length - 32) &&
    agree(outer.word2, inner.word2, length - 64) &&
    agree(outer.word3, inner.word3, length - 96)
  );
}

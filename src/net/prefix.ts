/** IP prefixes as values; host bits are always zero, so the text is canonical and serves as a key. */

import { addressFromOctets, type IpAddress } from './address.ts';
import type { Family } from './family.ts';

export interface Prefix {
  readonly family: Family;
  /** 4 or 16 octets with every host bit zero; never mutated. */
  readonly octets: Uint8Array;
  readonly length: number;
  /** `ADDRESS/LENGTH`, canonical. */
  readonly text: string;
}

/** Host bits of `address` are cleared; see `hasHostBits` to refuse them instead. */
export function prefixOf(address: IpAddress, length: number): Prefix {
  const max = maxLength(address.family);
  if (!Number.isInteger(length) || length < 0 || length > max) {
    throw new RangeError(`${address.family} prefix length must be 0..${max}, not ${length}`);
  }
  const octets = address.octets.slice();
  clearHostBits(octets, length);
  const network = addressFromOctets(octets);
  return { family: address.family, octets, length, text: `${network.text}/${length}` };
}

export function maxLength(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

export function hasHostBits(address: IpAddress, length: number): boolean {
  const masked = address.octets.slice();
  clearHostBits(masked, length);
  return masked.some((octet, i) => octet !== address.octets[i]);
}

/** Whether `inner` lies within `outer`; a prefix covers itself. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const masked = inner.octets.slice();
  clearHostBits(masked, outer.length);
  return masked.every((octet, i) => octet === outer.octets[i]);
}

/** Whether `address` lies within `prefix`. */
export function contains(prefix: Prefix, address: IpAddress): boolean {
  return (
    prefix.family === address.family && covers(prefix, prefixOf(address, maxLength(address.family)))
  );
}

function clearHostBits(octets: Uint8Array, length: number): void {
  const whole = length >> 3;
  const rest = length & 7;
  for (let i = whole; i < octets.length; i++) {
    octets[i] = i === whole && rest > 0 ? (octets[i] ?? 0) & (0xff << (8 - rest)) & 0xff : 0;
  }
}

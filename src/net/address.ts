/**
 * IP addresses as values. An address owns its octets and its canonical text; two addresses are
 * equal exactly when their texts are, so the text serves as a map key. Text is parsed in `text.ts`.
 */

import type { Family } from './family.ts';

export interface IpAddress {
  readonly family: Family;
  /** 4 or 16 octets, network order; never mutated. */
  readonly octets: Uint8Array;
  /** Dotted quad, or RFC 5952 form. */
  readonly text: string;
}

/** `octets` is 4 or 16 long; it is copied. */
export function addressFromOctets(octets: Uint8Array): IpAddress {
  const own = octets.slice();
  if (own.length === 4) return { family: 'ipv4', octets: own, text: formatIpv4(own, 0) };
  if (own.length === 16) return { family: 'ipv6', octets: own, text: formatIpv6(own, 0) };
  throw new RangeError(`an IP address has 4 or 16 octets, not ${own.length}`);
}

export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.text === b.text;
}

/** The dotted quad of the four octets at `offset`. */
export function formatIpv4(octets: Uint8Array, offset: number): string {
  return `${octets[offset]}.${octets[offset + 1]}.${octets[offset + 2]}.${octets[offset + 3]}`;
}

/** The RFC 5952 text of the sixteen octets at `offset`. */
function formatIpv6(octets: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push(((octets[offset + i] ?? 0) << 8) | (octets[offset + i + 1] ?? 0));
  }
  // RFC 5952 §5: IPv4-mapped addresses are written with a dotted quad.
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(octets, offset + 12)}`;
  }
  const run = longestZeroRun(groups);
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(':');
  return run ? `${text(0, run.start)}::${text(run.end, 8)}` : text(0, 8);
}

/** RFC 5952 §4.2: the longest run of two or more zero groups, the first of equals. */
function longestZeroRun(groups: readonly number[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  let start = -1;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      if (i - start >= 2 && (!best || i - start > best.end - best.start)) best = { start, end: i };
      start = -1;
    }
  }
  return best;
}

/** An IPv4 address, BGP Identifier or cluster id as an unsigned 32-bit number. */
export function ipv4ToNumber(address: IpAddress): number {
  const o = address.octets;
  return (((o[0] ?? 0) << 24) | ((o[1] ?? 0) << 16) | ((o[2] ?? 0) << 8) | (o[3] ?? 0)) >>> 0;
}

export function ipv4FromNumber(value: number): IpAddress {
  return addressFromOctets(
    Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255),
  );
}

/** fe80::/10, which means nothing without a zone. */
export function isLinkLocal(address: IpAddress): boolean {
  const [a = 0, b = 0] = address.octets;
  return address.family === 'ipv6' && a === 0xfe && (b & 0xc0) === 0x80;
}

/** A BGP Identifier, an unsigned 32-bit number, as people write it. */
export function formatIdentifier(identifier: number): string {
  return ipv4FromNumber(identifier).text;
}

/** `192.0.2.1:179` or `[2001:db8::1]:179`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

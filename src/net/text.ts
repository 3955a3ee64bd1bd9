/**
 * Addresses and prefixes from text, strictly: what `ip-num` refuses is refused, and so are the
 * forms that tools read differently (leading zeros, zones, host bits).
 */

import { IPv4, IPv6 } from 'ip-num';
import { addressFromOctets, type IpAddress } from './address.ts';
import { maxLength, type Prefix, prefixOf } from './prefix.ts';

/** The address, or undefined when `text` is not exactly one IPv4 or IPv6 address without a zone. */
export function parseAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) return parseIpv6(text);
  // 010.0.0.1 is octal to some readers and decimal to others.
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  return attempt(() => octetsOf(new IPv4(text).getValue(), 4));
}

function parseIpv6(text: string): IpAddress | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  const quad = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const plain = quad ? withHexTail(quad[1] ?? '', quad[2] ?? '') : text;
  if (plain === undefined || !isIpv6Shape(plain)) return undefined;
  return attempt(() => octetsOf(new IPv6(plain).getValue(), 16));
}

/** RFC 4291 §2.2: at most one `::`, which stands for at least one group; groups of 1 to 4 digits. */
function isIpv6Shape(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
}

function withHexTail(head: string, quad: string): string | undefined {
  const tail = parseAddress(quad)?.octets;
  if (!tail) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = tail;
  return `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** `ADDRESS/LENGTH` with host bits allowed; the caller decides what they mean. */
export function parseCidr(text: string): { address: IpAddress; length: number } | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match && parseAddress(match[1] ?? '');
  const length = Number(match?.[2]);
  return address && length <= maxLength(address.family) ? { address, length } : undefined;
}

/** The prefix, or undefined when `text` is not one or has host bits set. */
export function parsePrefix(text: string): Prefix | undefined {
  const cidr = parseCidr(text);
  if (!cidr) return undefined;
  const prefix = prefixOf(cidr.address, cidr.length);
  return prefix.octets.every((octet, i) => octet === cidr.address.octets[i]) ? prefix : undefined;
}

function octetsOf(value: bigint, count: number): Uint8Array {
  const octets = new Uint8Array(count);
  for (let i = count - 1, rest = value; i >= 0; i--, rest >>= 8n) octets[i] = Number(rest & 0xffn);
  return octets;
}

function attempt(parse: () => Uint8Array): IpAddress | undefined {
  try {
    return addressFromOctets(parse());
  } catch {
    return undefined; // ip-num throws plain Errors for every malformed text
  }
}

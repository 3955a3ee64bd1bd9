/**
 * Values as JSON, with what JSON has no form for: maps, sets, octets, 64-bit numbers, times that never come.
 * Each becomes an object of one key that nothing else has:
 *
 *   Map         {"~map":[[key,value],...]}
 *   Set         {"~set":[value,...]}
 *   Uint8Array  {"~octets":"hex"}
 *   bigint      {"~integer":"decimal"}
 *   Infinity    {"~never":true}
 */

import { formatHex } from '../wire/hex.ts';

const MAP = '~map';
const SET = '~set';
const OCTETS = '~octets';
const INTEGER = '~integer';
const NEVER = '~never';

/** One line without its end. What is undefined is left out. `detailOf`: what is kept of a `detail`. */
export function valueText(
  value: unknown,
  detailOf: (detail: string) => string = (detail) => detail,
): string {
  return JSON.stringify(value, (key, each: unknown) =>
    key === 'detail' && typeof each === 'string' ? detailOf(each) : tagged(each),
  );
}

/** Equal for equal values, whatever the order in which their keys came to be. */
export function comparableText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => ordered(tagged(each)));
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What `valueText` made it of. Throws SyntaxError. */
export function readValue(text: string): unknown {
  return JSON.parse(text, (_key, each: unknown) => untagged(each));
}

function tagged(value: unknown): unknown {
  if (value instanceof Map) return { [MAP]: [...value] };
  if (value instanceof Set) return { [SET]: [...value] };
  if (value instanceof Uint8Array) return { [OCTETS]: formatHex(value) };
  if (typeof value === 'bigint') return { [INTEGER]: value.toString() };
  return value === Number.POSITIVE_INFINITY ? { [NEVER]: true } : value;
}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (OCTETS in value && typeof value[OCTETS] === 'string') return octetsOf(value[OCTETS]);
  if (INTEGER in value && typeof value[INTEGER] === 'string') return BigInt(value[INTEGER]);
  if (NEVER in value) return Number.POSITIVE_INFINITY;
  if (SET in value && Array.isArray(value[SET])) return new Set(value[SET]);
  if (!(MAP in value) || !Array.isArray(value[MAP])) return value;
  return new Map(value[MAP].filter(isPair));
}

/** Of hexadecimal text. Throws SyntaxError. */
export function octetsOf(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex))
    throw new SyntaxError('octets are no octets');
  const octets = new Uint8Array(hex.length / 2);
  for (let i = 0; i < octets.length; i++) {
    octets[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  return octets;
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

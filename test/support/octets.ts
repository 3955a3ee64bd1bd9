/** Octets as tests write them: annotated hexadecimal, and messages inside a hostile buffer. */

import { RemoteError } from '../../src/wire/errors.ts';

/** `de ad be ef # comment`, over any number of lines. */
export function octets(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hexadecimal: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A whole message around `body`, written by hand so that no encoder vouches for itself. */
export function message(type: number, body: Uint8Array | string): Uint8Array {
  const rest = typeof body === 'string' ? octets(body) : body;
  const length = 19 + rest.length;
  return Uint8Array.of(...Array(16).fill(0xff), length >>> 8, length & 0xff, type, ...rest);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What a decoder makes of its message, as a value: the result, or the error it deserves. */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly code: number; readonly subcode: number; readonly data: readonly number[] };

type Decoder<T> = (bytes: Uint8Array, start: number, end: number) => T;

/**
 * Decodes `octets` in the middle of a larger buffer, twice, with other surroundings: the outcome
 * must not depend on them, and must not change with them later. Anything thrown but RemoteError
 * goes through.
 */
export function decodeInside<T>(decode: Decoder<T>, octets: Uint8Array): Outcome<T> {
  const [zeros, ones] = [0x00, 0xff].map((poison) => outcomeInside(decode, octets, poison));
  if (!zeros || !ones || JSON.stringify(zeros) !== JSON.stringify(ones)) {
    throw new Error(`the outcome depends on what is outside the message: ${JSON.stringify(ones)}`);
  }
  return zeros;
}

function outcomeInside<T>(decode: Decoder<T>, octets: Uint8Array, poison: number): Outcome<T> {
  const bytes = new Uint8Array(octets.length + 80).fill(poison);
  bytes.set(octets, 40);
  try {
    const value = decode(bytes, 40, 40 + octets.length);
    bytes.fill(poison ^ 0x55); // a decoder that keeps a view instead of a copy is found out
    return { value };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const { code, subcode, data } = error;
    const outcome = { code, subcode, data: [...data] };
    bytes.fill(poison ^ 0x55);
    return outcome;
  }
}

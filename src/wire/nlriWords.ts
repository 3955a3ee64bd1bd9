/** Prefixes in numbers, as `NlriCursor` tells them and the RIB keeps them, back into octets. */

/**
 * The address as four signed 32-bit numbers, host bits zero; an IPv4 address is the first of them.
 */
export interface NlriWords {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  /** Bits. */
  readonly length: number;
}

/** Octets that a prefix of `length` bits takes, without a path identifier. */
export function nlriLength(length: number): number {
  return 1 + ((length + 7) >> 3);
}

/** Returns the offset after the prefix. */
export function putNlriWords(
  target: Uint8Array,
  offset: number,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  length: number,
): number {
  target[offset] = length;
  const at = offset + 1;
  const end = offset + nlriLength(length);
  for (let i = at; i < end; i++) {
    const octet = i - at;
    const word = octet < 4 ? word0 : octet < 8 ? word1 : octet < 12 ? word2 : word3;
    target[i] = word >>> (24 - (octet & 3) * 8);
  }
  return end;
}

/**
 * Prefixes as UPDATEs carry them (RFC 4271 §4.3, RFC 4760 §5), with a path identifier where the
 * session has negotiated one (RFC 7911 §3).
 *
 *   +---------------------------+
 *   | Path Identifier (4)       |   ADD-PATH only
 *   +---------------------------+
 *   | Length in bits (1)        |
 *   +---------------------------+
 *   | Prefix (0..16)            |   as many octets as the length needs
 *   +---------------------------+
 *
 * Bits of the last octet beyond the length are irrelevant (RFC 4271 §4.3): they are masked away
 * here, once, so that no reader has to remember.
 */

import { addressFromOctets } from '../net/address.ts';
import { addressOctets, type Family } from '../net/family.ts';
import { maxLength, type Prefix, prefixOf } from '../net/prefix.ts';
import { putUint32, uint32 } from './octets.ts';

const PATH_ID_OCTETS = 4;
/** With ADD-PATH, the identifier of our own route, of which there is one for a prefix (RFC 7911 §3). */
export const OWN_PATH_ID = 1;

/**
 * How many prefixes `start..end` holds, or -1 when it is not syntactically correct: a length that
 * the family cannot have, or a prefix that runs past the end (RFC 7606 §5.3).
 */
export function checkNlri(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: Family,
  addPath: boolean,
): number {
  const longest = maxLength(family);
  const before = addPath ? PATH_ID_OCTETS : 0;
  let count = 0;
  let at = start;
  while (at < end) {
    at += before;
    if (at >= end) return -1;
    const length = bytes[at]!;
    if (length > longest) return -1;
    at += 1 + ((length + 7) >> 3);
    if (at > end) return -1;
    count++;
  }
  return count;
}

/**
 * Walks prefixes without an object for each; one cursor serves for ever. After `next()` returned
 * true the fields describe one prefix:
 *
 *   word0      word1      word2      word3      the address, host bits zero, as signed
 *   [31..0]    [31..0]    [31..0]    [31..0]    32-bit numbers; IPv4 is word0 alone
 */
export class NlriCursor {
  /** Bits. */
  length = 0;
  /** Where the first octet of the prefix stands. */
  offset = 0;
  /** Unsigned 32-bit; 0 without ADD-PATH. */
  pathId = 0;
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #family: Family = 'ipv4';
  #addPath = false;
  #longest: number = 32;

  /** Starts before the first prefix of `start..end`. */
  reset(bytes: Uint8Array, start: number, end: number, family: Family, addPath: boolean): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#family = family;
    this.#addPath = addPath;
    this.#longest = maxLength(family);
  }

  /** False at the end, or at the first prefix that `checkNlri` would refuse; for good. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    if (this.#addPath) {
      if (this.#end - at <= PATH_ID_OCTETS) return this.#stop();
      this.pathId = uint32(bytes, at);
      at += PATH_ID_OCTETS;
    } else {
      this.pathId = 0;
    }
    if (at >= this.#end) return this.#stop();
    const length = bytes[at]!;
    const offset = at + 1;
    const after = offset + ((length + 7) >> 3);
    if (length > this.#longest || after > this.#end) return this.#stop();
    this.length = length;
    this.offset = offset;
    this.#at = after;
    this.word0 = word(bytes, offset, length);
    if (this.#longest > 32) {
      this.word1 = word(bytes, offset + 4, length - 32);
      this.word2 = word(bytes, offset + 8, length - 64);
      this.word3 = word(bytes, offset + 12, length - 96);
    }
    return true;
  }

  /** The same as a value: for display, never on the way of a table. */
  prefix(): Prefix {
    const octets = new Uint8Array(addressOctets(this.#family));
    const count = (this.length + 7) >> 3;
    octets.set(this.#bytes.subarray(this.offset, this.offset + count));
    return prefixOf(addressFromOctets(octets), this.length);
  }

  #stop(): false {
    this.#at = this.#end;
    return false;
  }
}

/** 32 bits of a prefix from `at` on, of which `bits` are its own (fewer than 1: none of them). */
function word(bytes: Uint8Array, at: number, bits: number): number {
  if (bits <= 0) return 0;
  let value = bytes[at]! << 24;
  if (bits > 8) value |= bytes[at + 1]! << 16;
  if (bits > 16) value |= bytes[at + 2]! << 8;
  if (bits > 24) value |= bytes[at + 3]!;
  // Shift counts are taken modulo 32, so a whole word must not reach the shift.
  return bits >= 32 ? value : value & (-1 << (32 - bits));
}

/** Octets that `prefix` takes as NLRI. */
export function nlriOctets(prefix: Prefix, addPath: boolean): number {
  return (addPath ? PATH_ID_OCTETS : 0) + 1 + ((prefix.length + 7) >> 3);
}

/** Returns the offset after what was written; `pathId` exactly where ADD-PATH was negotiated. */
export function encodeNlri(
  target: Uint8Array,
  offset: number,
  prefix: Prefix,
  pathId?: number,
): number {
  let at = pathId === undefined ? offset : putUint32(target, offset, pathId);
  target[at++] = prefix.length;
  const count = (prefix.length + 7) >> 3;
  for (let i = 0; i < count; i++) target[at++] = prefix.octets[i]!;
  return at;
}

/** All of them, one after the other, as our own routes. */
export function encodePrefixes(prefixes: readonly Prefix[], addPath: boolean): Uint8Array {
  let length = 0;
  for (const prefix of prefixes) length += nlriOctets(prefix, addPath);
  const target = new Uint8Array(length);
  let at = 0;
  for (const prefix of prefixes) {
    at = encodeNlri(target, at, prefix, addPath ? OWN_PATH_ID : undefined);
  }
  return target;
}

/**
 * Where each attribute of a stored set is: the set's octets have been judged, so that nothing is
 * left to do but find them. Columns of 256, by type code, valid where the stamp is this set's:
 *
 *   stamps      [code] -> generation
 *   starts      [code] -> the flags octet
 *   valueStarts [code] -> the first octet of the value
 *   ends        [code] -> after the value
 *   codes       [0..count] -> the type codes that are there, in the order of the octets
 */

import { AttributeFlag } from './constants.ts';
import { uint16 } from './octets.ts';

export class AttributeIndex {
  readonly codes = new Uint8Array(256);
  count = 0;
  #generation = 0;
  readonly #stamps = new Int32Array(256);
  readonly #starts = new Int32Array(256);
  readonly #valueStarts = new Int32Array(256);
  readonly #ends = new Int32Array(256);

  /** Finds the attributes at `start..end`; the set before is forgotten. Of two, the first counts. */
  locate(bytes: Uint8Array, start: number, end: number): void {
    this.count = 0;
    if (++this.#generation === 0x7fff_ffff) {
      this.#stamps.fill(0);
      this.#generation = 1;
    }
    for (let at = start; at + 3 <= end; ) {
      const extended = (bytes[at]! & AttributeFlag.extendedLength) !== 0;
      const value = at + (extended ? 4 : 3);
      const next = value + (extended ? uint16(bytes, at + 2) : bytes[at + 2]!);
      if (next > end) return;
      this.#file(bytes[at + 1]!, at, value, next);
      at = next;
    }
  }

  has(code: number): boolean {
    return this.#stamps[code] === this.#generation;
  }

  /** The flags octet of an attribute that is there; so for the two below. */
  attributeStart(code: number): number {
    return this.#starts[code]!;
  }

  valueStart(code: number): number {
    return this.#valueStarts[code]!;
  }

  attributeEnd(code: number): number {
    return this.#ends[code]!;
  }

  #file(code: number, start: number, valueStart: number, end: number): void {
    if (this.has(code)) return;
    this.#stamps[code] = this.#generation;
    this.#starts[code] = start;
    this.#valueStarts[code] = valueStart;
    this.#ends[code] = end;
    this.codes[this.count++] = code;
  }
}

/** Writes path attributes one behind the other into one growing stretch of scratch memory. */

import { AttributeFlag } from './constants.ts';
import { putUint16, putUint32 } from './octets.ts';

/** Flags, type code and a length of two octets. */
const LONG_HEADER = 4;

export class AttributeWriter {
  readonly octets: Uint8Array;
  /** How much of them is written. */
  length = 0;

  constructor(octets: number) {
    this.octets = new Uint8Array(octets);
  }

  /** The header of an attribute whose value has `length` octets, at most 255. */
  begin(flags: number, code: number, length: number): void {
    this.octets[this.length++] = flags & ~AttributeFlag.extendedLength;
    this.octets[this.length++] = code;
    this.octets[this.length++] = length;
  }

  /** The header of an attribute whose length is known at its `endLong`; returns where it is. */
  beginLong(flags: number, code: number): number {
    const header = this.length;
    this.octets[header] = flags & ~AttributeFlag.extendedLength;
    this.octets[header + 1] = code;
    this.length += LONG_HEADER;
    return header;
  }

  /** The value ends here; a short one moves up to a header of three octets. */
  endLong(header: number): void {
    const { octets } = this;
    const length = this.length - header - LONG_HEADER;
    if (length > 255) {
      octets[header] = octets[header]! | AttributeFlag.extendedLength;
      putUint16(octets, header + 2, length);
      return;
    }
    octets[header + 2] = length;
    octets.copyWithin(header + 3, header + LONG_HEADER, this.length);
    this.length--;
  }

  put16(value: number): void {
    this.length = putUint16(this.octets, this.length, value);
  }

  put32(value: number): void {
    this.length = putUint32(this.octets, this.length, value);
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const { octets } = this;
    let at = this.length;
    for (let from = start; from < end; from++) octets[at++] = bytes[from]!;
    this.length = at;
  }

  /** Whether one of the values that were written from `start` on, a `unit` long each, is this one. */
  holds(start: number, unit: number, bytes: Uint8Array, value: number): boolean {
    for (let at = start; at < this.length; at += unit) {
      let i = 0;
      while (i < unit && this.octets[at + i] === bytes[value + i]) i++;
      if (i === unit) return true;
    }
    return false;
  }
}

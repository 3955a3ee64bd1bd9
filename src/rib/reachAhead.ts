/**
 * An UPDATE's IPv6 routes before it is judged: where they are, and the octets that its attribute set
 * will have in the arena (see `contents.ts`) if nothing is wrong with it.
 */

import { Afi, Safi } from '../net/family.ts';
import { AttributeCode, MAX_MESSAGE_LENGTH } from '../wire/constants.ts';
import { uint16 } from '../wire/octets.ts';
import { lengthAt, valueAt } from './attributeScan.ts';
import { putReachNextHop } from './contents.ts';

/** An UPDATE with more attributes than a plain message has room for is fed without this. */
const ROOM = MAX_MESSAGE_LENGTH;

export class ReachAhead {
  nlriStart = 0;
  nlriEnd = 0;
  /** At `0..setEnd`. */
  readonly set = new Uint8Array(ROOM);
  setEnd = 0;

  /** Reads the attributes at `start..end`; false: they announce no IPv6 routes that can be told. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.nlriStart = this.nlriEnd = 0;
    if (end - start > ROOM) return false;
    let to = 0;
    for (let at = start; at + 3 <= end; ) {
      const code = bytes[at + 1]!;
      const value = valueAt(bytes, at);
      const next = value + lengthAt(bytes, at);
      if (next > end) return false;
      if (code === AttributeCode.mpReachNlri) {
        if (!this.#locate(bytes, value, next)) return false;
        to = putReachNextHop(bytes, value, this.set, to);
      } else if (code !== AttributeCode.nextHop && code !== AttributeCode.mpUnreachNlri) {
        for (let from = at; from < next; from++) this.set[to++] = bytes[from]!;
      }
      at = next;
    }
    this.setEnd = to;
    return this.nlriEnd > 0;
  }

  /** MP_REACH_NLRI (RFC 4760 §3) with its value at `value..end`. */
  #locate(bytes: Uint8Array, value: number, end: number): boolean {
    if (this.nlriEnd > 0 || end - value < 5) return false;
    if (uint16(bytes, value) !== Afi.ipv6 || bytes[value + 2] !== Safi.unicast) return false;
    this.nlriStart = value + 4 + bytes[value + 3]! + 1;
    this.nlriEnd = end;
    return this.nlriStart <= end;
  }
}

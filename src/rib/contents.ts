/**
 * The octets of an UPDATE's attribute set, as they are compared and kept: every attribute that was
 * not discarded, without the routes. Usually that is a stretch of the message itself; where it is
 * not, the stretch is put together in scratch memory.
 *
 *   IPv4 in the NLRI field   all attributes but MP_REACH_NLRI and MP_UNREACH_NLRI
 *   MP_REACH_NLRI            all attributes but NEXT_HOP and MP_UNREACH_NLRI, and of MP_REACH_NLRI
 *                            AFI, SAFI and next hop:  flags, 14, length, AFI (2), SAFI, length, next hop
 */

import { AttributeCode, AttributeFlag, MAX_EXTENDED_MESSAGE_LENGTH } from '../wire/constants.ts';
import { putUint32 } from '../wire/octets.ts';
import { type UpdateView, Verdict } from '../wire/update.ts';
import { lengthAt, valueAt } from './attributeScan.ts';

const NEXT_HOP_LENGTH_OFFSET = 3;

export class SetContents {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #scratch = new Uint8Array(MAX_EXTENDED_MESSAGE_LENGTH);

  /** The set of the routes in the NLRI field (`multiprotocol` false) or in MP_REACH_NLRI. */
  take(bytes: Uint8Array, update: UpdateView, multiprotocol: boolean): void {
    const plain =
      !multiprotocol &&
      update.verdict === Verdict.ok &&
      update.mpReachEnd === 0 &&
      update.mpUnreachEnd === 0;
    if (plain) {
      this.bytes = bytes;
      this.start = update.attributesStart;
      this.end = update.attributesEnd;
    } else {
      this.bytes = this.#scratch;
      this.start = 0;
      this.end = this.#assemble(bytes, update, multiprotocol);
    }
  }

  /** Adds ONLY_TO_CUSTOMER, which is not there. */
  addOnlyToCustomer(asn: number): void {
    const scratch = this.#scratch;
    if (this.bytes !== scratch) {
      const length = this.end - this.start;
      for (let i = 0; i < length; i++) scratch[i] = this.bytes[this.start + i]!;
      this.bytes = scratch;
      this.start = 0;
      this.end = length;
    }
    scratch[this.end] = AttributeFlag.optional | AttributeFlag.transitive;
    scratch[this.end + 1] = AttributeCode.onlyToCustomer;
    scratch[this.end + 2] = 4;
    this.end = putUint32(scratch, this.end + 3, asn);
  }

  #assemble(bytes: Uint8Array, update: UpdateView, multiprotocol: boolean): number {
    const scratch = this.#scratch;
    let to = 0;
    for (let at = update.attributesStart; at + 3 <= update.attributesEnd; ) {
      const code = bytes[at + 1]!;
      const value = valueAt(bytes, at);
      const next = value + lengthAt(bytes, at);
      if (next > update.attributesEnd) break;
      // A discarded attribute is not in the view any more, and a second one never was.
      const counts = update.has(code) && update.attributeStart(code) === at;
      if (code === AttributeCode.mpReachNlri) {
        if (multiprotocol) to = putReachNextHop(bytes, value, scratch, to);
      } else if (counts && !isLeftOut(code, multiprotocol)) {
        for (let from = at; from < next; from++) scratch[to++] = bytes[from]!;
      }
      at = next;
    }
    return to;
  }
}

/**
 * MP_REACH_NLRI, whose value is at `value`, without its routes: into `target` at `to`. Returns the
 * offset after it.
 */
export function putReachNextHop(
  bytes: Uint8Array,
  value: number,
  target: Uint8Array,
  to: number,
): number {
  const length = NEXT_HOP_LENGTH_OFFSET + 1 + bytes[value + NEXT_HOP_LENGTH_OFFSET]!;
  let at = to;
  const extended = length > 255 ? AttributeFlag.extendedLength : 0;
  target[at++] = AttributeFlag.optional | extended;
  target[at++] = AttributeCode.mpReachNlri;
  if (extended !== 0) target[at++] = length >> 8;
  target[at++] = length;
  for (let i = 0; i < length; i++) target[at++] = bytes[value + i]!;
  return at;
}

function isLeftOut(code: number, multiprotocol: boolean): boolean {
  if (code === AttributeCode.mpUnreachNlri) return true;
  return multiprotocol && code === AttributeCode.nextHop;
}

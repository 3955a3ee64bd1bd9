/**
 * UPDATE (RFC 4271 §4.3) as offsets into the buffer it arrived in, judged by RFC 7606.
 *
 *   +-----------------------------------------------------+
 *   |   Withdrawn Routes Length (2 octets)                |
 *   +-----------------------------------------------------+
 *   |   Withdrawn Routes (variable)                       |
 *   +-----------------------------------------------------+
 *   |   Total Path Attribute Length (2 octets)            |
 *   +-----------------------------------------------------+
 *   |   Path Attributes (variable)                        |
 *   +-----------------------------------------------------+
 *   |   Network Layer Reachability Information (variable) |
 *   +-----------------------------------------------------+
 *
 * `updateDecode.ts` fills it.
 */

import { Afi, type Family } from '../net/family.ts';
import { ErrorCode, HEADER_LENGTH, MAX_MESSAGE_LENGTH } from './constants.ts';
import { RemoteError } from './errors.ts';
import { describeFault, Fault, faultRow } from './fault.ts';

/** RFC 7606 §2, weakest first; the strongest of an UPDATE's faults decides. */
export const Verdict = { ok: 0, attributeDiscard: 1, treatAsWithdraw: 2, sessionReset: 3 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

const WORDS = ['ok', 'attribute-discard', 'treat-as-withdraw', 'session-reset'] as const;

export function verdictWord(verdict: Verdict): (typeof WORDS)[number] {
  return WORDS[verdict];
}

/** Error code and subcode come before the Data field of a NOTIFICATION. */
const MAX_DATA = MAX_MESSAGE_LENGTH - HEADER_LENGTH - 2;

const NOTHING = new Uint8Array(0);

/**
 * Scratch for one UPDATE after another; `begin` makes it blank. All offsets are into the buffer
 * that was decoded and mean something as long as that does; `end` offsets are exclusive, and a
 * section that is absent is empty. After a verdict of `sessionReset` only the fault counts.
 *
 * The attributes are found by type code in columns of 256, valid where the stamp is this UPDATE's:
 *
 *   stamps      [code] -> generation
 *   starts      [code] -> the flags octet
 *   valueStarts [code] -> the first octet of the value
 *   ends        [code] -> after the value
 */
export class UpdateView {
  verdict: Verdict = Verdict.ok;
  /** The first of the strongest faults, and the attribute it is about: its type code, or 0. */
  fault: Fault = Fault.none;
  faultAttribute = 0;
  faultStart = 0;
  faultEnd = 0;
  /** Treat-as-withdraw was called for, but nothing is announced that could be withdrawn. */
  nothingToWithdraw = false;
  /** The recognised attributes that were filed, as bits: see `attributeBit`. */
  recognised = 0;
  /** Whose initial routes are complete (RFC 4724 §2). */
  endOfRib: Family | undefined;

  /** IPv4 unicast. */
  withdrawnStart = 0;
  withdrawnEnd = 0;
  attributesStart = 0;
  attributesEnd = 0;
  /** IPv4 unicast. */
  nlriStart = 0;
  nlriEnd = 0;
  /** NEXT_HOP's value; length 0: absent, or ignored beside MP_REACH_NLRI (RFC 4760 §3). */
  nextHopStart = 0;
  nextHopLength = 0;

  /** The whole attribute, flags and all, so that it can be left out of what is compared or kept. */
  mpReachStart = 0;
  mpReachEnd = 0;
  /** 0: no MP_REACH_NLRI. Families that are not spoken are located too, but their NLRI is not read. */
  mpReachAfi = 0;
  mpReachSafi = 0;
  mpReachNextHopStart = 0;
  mpReachNextHopLength = 0;
  mpReachNlriStart = 0;
  mpReachNlriEnd = 0;

  mpUnreachStart = 0;
  mpUnreachEnd = 0;
  /** 0: no MP_UNREACH_NLRI. */
  mpUnreachAfi = 0;
  mpUnreachSafi = 0;
  mpUnreachNlriStart = 0;
  mpUnreachNlriEnd = 0;

  #bytes: Uint8Array = NOTHING;
  #generation = 0;
  readonly #stamps = new Int32Array(256);
  readonly #starts = new Int32Array(256);
  readonly #valueStarts = new Int32Array(256);
  readonly #ends = new Int32Array(256);

  /** Forgets the UPDATE before; the next one is in `bytes`. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    if (++this.#generation === 0x7fff_ffff) {
      this.#stamps.fill(0);
      this.#generation = 1;
    }
    this.verdict = Verdict.ok;
    this.fault = Fault.none;
    this.faultAttribute = this.faultStart = this.faultEnd = 0;
    this.nothingToWithdraw = false;
    this.recognised = 0;
    this.endOfRib = undefined;
    this.withdrawnStart = this.withdrawnEnd = 0;
    this.attributesStart = this.attributesEnd = 0;
    this.nlriStart = this.nlriEnd = 0;
    this.nextHopStart = this.nextHopLength = 0;
    this.mpReachStart = this.mpReachEnd = this.mpReachAfi = this.mpReachSafi = 0;
    this.mpReachNextHopStart = this.mpReachNextHopLength = 0;
    this.mpReachNlriStart = this.mpReachNlriEnd = 0;
    this.mpUnreachStart = this.mpUnreachEnd = this.mpUnreachAfi = this.mpUnreachSafi = 0;
    this.mpUnreachNlriStart = this.mpUnreachNlriEnd = 0;
  }

  /** Leaves out the routes of a family that is not kept; attributes stay as they are. */
  keepFamilies(ipv4: boolean, ipv6: boolean): void {
    if (!ipv4) {
      this.withdrawnEnd = this.withdrawnStart;
      this.nlriEnd = this.nlriStart;
    }
    if (!isKept(this.mpReachAfi, ipv4, ipv6)) this.mpReachNlriEnd = this.mpReachNlriStart;
    if (!isKept(this.mpUnreachAfi, ipv4, ipv6)) this.mpUnreachNlriEnd = this.mpUnreachNlriStart;
  }

  /** Files an attribute; false when its type code came before, and then the first one stays. */
  file(code: number, start: number, valueStart: number, end: number): boolean {
    if (this.#stamps[code] === this.#generation) return false;
    this.#stamps[code] = this.#generation;
    this.#starts[code] = start;
    this.#valueStarts[code] = valueStart;
    this.#ends[code] = end;
    return true;
  }

  /** Whether the UPDATE carries it, and it was not discarded. */
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

  /** Attribute discard: from here on the UPDATE does not carry it. */
  discard(code: number): void {
    this.#stamps[code] = 0;
  }

  /** RFC 7606 §3(h): the strongest verdict wins; of equals, the fault that was found first. */
  report(verdict: Verdict, fault: Fault, attribute: number, start: number, end: number): void {
    if (verdict <= this.verdict) return;
    this.verdict = verdict;
    this.fault = fault;
    this.faultAttribute = attribute;
    this.faultStart = start;
    this.faultEnd = end;
  }

  /** RFC 7606 §5.2: the fault stays, and now it ends the session. */
  escalate(): void {
    this.verdict = Verdict.sessionReset;
    this.nothingToWithdraw = true;
  }

  /** What the neighbour is to be told, RFC 4271 §6.3; for a verdict of `sessionReset` only. */
  error(): RemoteError {
    const { subcode, data } = faultRow(this.fault);
    return new RemoteError(ErrorCode.updateMessage, subcode, this.#data(data), faultText(this));
  }

  #data(kind: 'attribute' | 'typeCode' | 'none'): Uint8Array {
    if (kind === 'none') return NOTHING;
    if (kind === 'typeCode') return Uint8Array.of(this.faultAttribute);
    // An attribute of an extended message may be longer than the NOTIFICATION that we may send.
    const end = Math.min(this.faultEnd, this.faultStart + MAX_DATA);
    return this.#bytes.slice(this.faultStart, end);
  }
}

/** The fault that decided, in words. */
export function faultText(view: UpdateView): string {
  const text = describeFault(view.fault, view.faultAttribute);
  return view.nothingToWithdraw ? `${text}, in an UPDATE that announces no route` : text;
}

function isKept(afi: number, ipv4: boolean, ipv6: boolean): boolean {
  return afi === Afi.ipv4 ? ipv4 : ipv6;
}

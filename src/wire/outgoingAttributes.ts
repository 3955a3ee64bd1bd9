/**
 * Makes the attributes of a received route into those it is passed on with, for one kind of
 * receiver: octets to octets, in the order of the type codes (RFC 4271 §5).
 *
 *                            to another AS            inside of ours
 *   ORIGIN                   as it came               as it came
 *   AS_PATH, AS4_PATH        our AS before it         as it came, in the receiver's width
 *   NEXT_HOP                 ours                     ours, or as it came
 *   MULTI_EXIT_DISC          as configured, or none   as it came
 *   LOCAL_PREF               none                     our degree of preference
 *   AGGREGATOR               as it came, in the receiver's width; AS4_AGGREGATOR likewise
 *   communities of any kind  those that may (`outgoingCommunities.ts`), and those that are configured
 *   ORIGINATOR_ID, CLUSTER_LIST, MP_REACH_NLRI, MP_UNREACH_NLRI: none
 *   ONLY_TO_CUSTOMER         as it came; else what it counts as, or ours (RFC 9234 §5)
 *   other, transitive        as they came; Partial where we do not know them (RFC 4271 §9)
 *   other, not transitive    none
 */

import type { IpAddress } from '../net/address.ts';
import { AS_TRANS } from '../net/asn.ts';
import type { Communities } from '../net/community.ts';
import type { Family } from '../net/family.ts';
import { type AddedCommunities, addedCommunities } from './addedCommunities.ts';
import type { AsWidth } from './asPath.ts';
import { asWidth, attributeRow } from './attribute.ts';
import { AttributeWriter } from './attributeWriter.ts';
import { AttributeCode, AttributeFlag } from './constants.ts';
import type { CodecContext } from './context.ts';
import { IncomingSet } from './incomingSet.ts';
import { putCommunities } from './outgoingCommunities.ts';
import { exceedsTwoOctets, type Prepend, putPath } from './outgoingPath.ts';
import { isIpv6Host, isLinkLocal } from './updateJudge.ts';

/** What is equal for all routes that a kind of receiver is passed. */
export interface OutgoingEncoding {
  /** Of the sessions to the receivers. */
  readonly context: CodecContext;
  readonly localAs: number;
  /** Copies of our AS beyond the first; only to another AS. */
  readonly prepend: number;
  /** Ours; undefined: routes of the family cannot be passed on with ourselves as next hop. */
  readonly nextHop: Readonly<Record<Family, IpAddress | undefined>>;
  /** Whether the next hop becomes ours; to another AS it always does. */
  readonly nextHopSelf: boolean;
  /** Only to another AS. */
  readonly med: number | undefined;
  readonly communities: Communities;
  /** What OTC says where there is none: our AS; undefined: the receiver is sent none. */
  readonly onlyToCustomer: number | undefined;
}

/** Enough for every number of a 65535-octet set to grow from two octets to four, twice. */
const SCRATCH_OCTETS = 1 << 18;
/** 127.0.0.0/8. */
const LOOPBACK_NET = 127;

const Code = AttributeCode;
const WELL_KNOWN = AttributeFlag.transitive;
const OPTIONAL_TRANSITIVE = AttributeFlag.optional | AttributeFlag.transitive;

export class OutgoingAttributes {
  family: Family = 'ipv4';
  /** An IPv6 one, for MP_REACH_NLRI; an IPv4 one is NEXT_HOP among the attributes. */
  readonly nextHop = new Uint8Array(16);
  /** Whether the next hop is IPv4, and the routes go into the NLRI field. */
  classic = true;
  readonly #writer = new AttributeWriter(SCRATCH_OCTETS);
  readonly #encoding: OutgoingEncoding;
  readonly #internal: boolean;
  readonly #width: AsWidth;
  readonly #prepend: Prepend;
  readonly #added: readonly AddedCommunities[];
  readonly #incoming = new IncomingSet();
  readonly #codes = new Uint8Array(256);
  readonly #nextHop4 = new Uint8Array(4);
  #preference = 0;
  /** What OTC says; 0: it is there already, or is not to be. */
  #onlyToCustomer = 0;

  constructor(encoding: OutgoingEncoding) {
    const { context, localAs, prepend, communities } = encoding;
    this.#encoding = encoding;
    this.#internal = context.internal;
    this.#width = asWidth(context);
    this.#prepend = { asn: localAs, count: context.internal ? 0 : 1 + prepend };
    this.#added = addedCommunities(communities);
  }

  /** The outgoing attributes are the first `length` octets of these; valid until the next `convert`. */
  get octets(): Uint8Array {
    return this.#writer.octets;
  }

  get length(): number {
    return this.#writer.length;
  }

  /**
   * The set at `start..end`, as `IncomingSet` takes it. `preference` is what LOCAL_PREF says inside
   * of our AS; `onlyToCustomer` what OTC counts as where it is not there, 0: nothing. False: there
   * is no next hop that it could be passed on with.
   */
  convert(
    bytes: Uint8Array,
    start: number,
    end: number,
    twoOctetAs: boolean,
    preference: number,
    onlyToCustomer = 0,
  ): boolean {
    this.#preference = preference;
    this.#writer.length = 0;
    this.#incoming.take(bytes, start, end, twoOctetAs);
    this.#onlyToCustomer = this.#incoming.index.has(Code.onlyToCustomer)
      ? 0
      : onlyToCustomer || (this.#encoding.onlyToCustomer ?? 0);
    if (!this.#chooseNextHop()) return false;
    const count = this.#plan();
    for (let i = 0; i < count; i++) this.#put(this.#codes[i]!);
    return true;
  }

  /** The type codes that may have to be written, ascending, each once; returns how many. */
  #plan(): number {
    const { index } = this.#incoming;
    let count = 0;
    for (let i = 0; i < index.count; i++) count = this.#include(index.codes[i]!, count);
    count = this.#include(Code.asPath, count);
    if (this.classic) count = this.#include(Code.nextHop, count);
    if (this.#internal) count = this.#include(Code.localPref, count);
    else if (this.#encoding.med !== undefined) count = this.#include(Code.multiExitDisc, count);
    for (const { code } of this.#added) count = this.#include(code, count);
    if (this.#onlyToCustomer !== 0) count = this.#include(Code.onlyToCustomer, count);
    if (this.#width === 2) {
      count = this.#include(Code.as4Path, count);
      count = this.#include(Code.as4Aggregator, count);
    }
    return count;
  }

  #include(code: number, count: number): number {
    const codes = this.#codes;
    let at = count;
    while (at > 0 && codes[at - 1]! > code) at--;
    if (at > 0 && codes[at - 1] === code) return count;
    codes.copyWithin(at + 1, at, count);
    codes[at] = code;
    return count + 1;
  }

  #put(code: number): void {
    switch (code) {
      case Code.asPath:
        this.#putPath(code, WELL_KNOWN, this.#width);
        break;
      case Code.nextHop:
        this.#putNextHop();
        break;
      case Code.multiExitDisc:
        this.#putMed();
        break;
      case Code.localPref:
        if (this.#internal) this.#putNumber(WELL_KNOWN, code, this.#preference);
        break;
      case Code.aggregator:
        this.#putAggregator();
        break;
      case Code.as4Path:
        this.#putAs4Path();
        break;
      case Code.as4Aggregator:
        this.#putAs4Aggregator();
        break;
      case Code.communities:
      case Code.extendedCommunities:
      case Code.ipv6ExtendedCommunities:
      case Code.largeCommunities:
        this.#putCommunities(code);
        break;
      case Code.onlyToCustomer:
        this.#putOnlyToCustomer(code);
        break;
      case Code.originatorId:
      case Code.clusterList:
      case Code.mpReachNlri:
      case Code.mpUnreachNlri:
        break;
      default:
        this.#passOn(code);
        break;
    }
  }

  /** RFC 4271 §5: what is not ours to change. */
  #passOn(code: number): void {
    const { index, bytes } = this.#incoming;
    if ((bytes[index.attributeStart(code)]! & AttributeFlag.transitive) !== 0) this.#repeat(code);
  }

  /** The attribute with the value that it has. */
  #repeat(code: number): void {
    const { index, bytes } = this.#incoming;
    const start = index.attributeStart(code);
    const at = this.#writer.length;
    this.#copy(start, index.attributeEnd(code));
    this.octets[at] = flagsOf(code, bytes[start]!);
  }

  #putPath(code: number, flags: number, width: AsWidth): void {
    const writer = this.#writer;
    const header = writer.beginLong(flags, code);
    const { path, pathStart, pathEnd } = this.#incoming;
    const { octets, length } = writer;
    writer.length = putPath(octets, length, path, pathStart, pathEnd, this.#prepend, width);
    writer.endLong(header);
  }

  /** RFC 6793 §4.2.2: only where AS_PATH cannot say it, and never to who reads four octets. */
  #putAs4Path(): void {
    if (this.#width === 4) return;
    const { path, pathStart, pathEnd } = this.#incoming;
    if (!exceedsTwoOctets(path, pathStart, pathEnd, this.#prepend)) return;
    this.#putPath(Code.as4Path, OPTIONAL_TRANSITIVE, 4);
  }

  /** RFC 4271 §5.1.4: what another AS told us stays inside of ours. */
  #putMed(): void {
    const { med } = this.#encoding;
    const code = Code.multiExitDisc;
    if (this.#internal) this.#repeat(code);
    else if (med !== undefined) this.#putNumber(AttributeFlag.optional, code, med);
  }

  #putAggregator(): void {
    const { index, bytes, aggregator, aggregatorAs } = this.#incoming;
    if (aggregator === undefined) return;
    const flags = flagsOf(Code.aggregator, bytes[index.attributeStart(Code.aggregator)]!);
    this.#writer.begin(flags, Code.aggregator, this.#width + 4);
    if (this.#width === 4) this.#writer.put32(aggregatorAs);
    else this.#writer.put16(aggregatorAs > 0xffff ? AS_TRANS : aggregatorAs);
    this.#copyAggregatorAddress(aggregator);
  }

  #putAs4Aggregator(): void {
    const { aggregator, aggregatorAs } = this.#incoming;
    if (this.#width === 4 || aggregator === undefined || aggregatorAs <= 0xffff) return;
    this.#writer.begin(OPTIONAL_TRANSITIVE, Code.as4Aggregator, 8);
    this.#writer.put32(aggregatorAs);
    this.#copyAggregatorAddress(aggregator);
  }

  #copyAggregatorAddress(aggregator: number): void {
    const end = this.#incoming.index.attributeEnd(aggregator);
    this.#copy(end - 4, end);
  }

  #putCommunities(code: number): void {
    const added = this.#added.find((some) => some.code === code);
    // What nearly every route has is left as it is.
    if (!added && code === Code.communities) this.#passOn(code);
    else putCommunities(this.#writer, code, this.#incoming, added, this.#internal);
  }

  #putOnlyToCustomer(code: number): void {
    if (this.#onlyToCustomer === 0) this.#passOn(code);
    else this.#putNumber(OPTIONAL_TRANSITIVE, code, this.#onlyToCustomer);
  }

  /** False: there is none. */
  #chooseNextHop(): boolean {
    const { family, bytes, nextHopStart, nextHopLength } = this.#incoming;
    if (!family) return false;
    this.family = family;
    if (this.#encoding.nextHopSelf) {
      const own = this.#encoding.nextHop[family];
      if (own) this.#target(own.family === 'ipv4').set(own.octets);
      return own !== undefined;
    }
    const classic = nextHopLength === 4;
    const target = this.#target(classic);
    if (!isPassable(bytes, nextHopStart, nextHopLength)) return false;
    for (let i = 0; i < target.length; i++) target[i] = bytes[nextHopStart + i]!;
    // RFC 8950 §4: to who said that it can read it.
    return classic || family === 'ipv6' || this.#encoding.context.extendedNextHop;
  }

  #target(classic: boolean): Uint8Array {
    this.classic = classic;
    return classic ? this.#nextHop4 : this.nextHop;
  }

  #putNextHop(): void {
    if (!this.classic) return;
    this.#writer.begin(WELL_KNOWN, Code.nextHop, 4);
    this.#writer.copy(this.#nextHop4, 0, 4);
  }

  #putNumber(flags: number, code: number, value: number): void {
    this.#writer.begin(flags, code, 4);
    this.#writer.put32(value);
  }

  #copy(start: number, end: number): void {
    this.#writer.copy(this.#incoming.bytes, start, end);
  }
}

/**
 * The flags of an attribute that came with these. RFC 4271 §4.3: the four low bits are 0, and so is
 * Partial where it is not both optional and transitive; §9: who does not know it sets Partial.
 */
function flagsOf(code: number, flags: number): number {
  const own = flags & (OPTIONAL_TRANSITIVE | AttributeFlag.extendedLength);
  if ((own & OPTIONAL_TRANSITIVE) !== OPTIONAL_TRANSITIVE) return own;
  return own | (attributeRow(code) ? flags & AttributeFlag.partial : AttributeFlag.partial);
}

/**
 * Whether another router could use the next hop. A loopback address is nobody's outside of a host, and
 * Quagga ends the session over one (RFC 4271 §6.3). Of IPv6 next hops, of 16 or 32 octets, the first goes
 * on: a link-local one is good on its own link alone (RFC 2545 §3), and :: stands where the sender had no
 * other.
 */
function isPassable(bytes: Uint8Array, at: number, length: number): boolean {
  if (length === 4) return bytes[at] !== LOOPBACK_NET;
  return length >= 16 && isIpv6Host(bytes, at) && !isLinkLocal(bytes, at) && !isLoopback(bytes, at);
}

/** ::1. */
function isLoopback(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 15; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 15] === 1;
}

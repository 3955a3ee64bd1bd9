/**
 * Reads an attribute set once, when it is new, for everything that decision and policy will ask:
 * see `facts.ts`. The octets have been judged (RFC 7606); what is malformed all the same is
 * passed over, and nothing outside of `start..end` is read.
 */

import { AS_TRANS, isPrivateAsn, isReservedAsn } from '../net/asn.ts';
import { AttributeCode, AttributeFlag, SegmentType } from '../wire/constants.ts';
import { uint16, uint32 } from '../wire/octets.ts';
import { AttributeClass, Fact } from './facts.ts';
import type { OwnAddresses } from './ownAddresses.ts';

/** Who we are, as far as it changes what an attribute set means. */
export interface LocalIdentity {
  readonly asn: number;
  /** Unsigned 32-bit. */
  readonly bgpIdentifier: number;
  readonly addresses: OwnAddresses;
}

/** RFC 4271 §9.1.1 leaves the value open; every implementation takes this one. */
export const DEFAULT_LOCAL_PREF = 100;
/** Longer than any honest path. */
const MAX_HOPS = 64;
const MAX_OWN_AS = 15;
/** Path lengths are compared up to here; the two bits below them are ORIGIN's. */
const MAX_LENGTH = 0x3fff;

/** RFC 9494 §4. */
export const LLGR_STALE_COMMUNITY = 0xffff0006;
const NO_LLGR = 0xffff0007;
const GRACEFUL_SHUTDOWN = 0xffff0000;
const BLACKHOLE = 0xffff029a;
const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;

export class AttributeScan {
  /** Degree of preference (RFC 4271 §9.1.1), unsigned 32-bit. */
  preference = DEFAULT_LOCAL_PREF;
  /** AS_PATH length (14 bits) and ORIGIN (2 bits): less is better. */
  pathKey = 0;
  /** The AS that the path begins with; 0 when it is empty or begins with a set. */
  neighbourAs = 0;
  facts = 0;
  readonly #local: LocalIdentity;
  #hops = 0;
  #origin = 0;
  #own = 0;

  constructor(local: LocalIdentity) {
    this.#local = local;
  }

  /** `attributes` are those at `start..end`, without a path identifier before them. */
  scan(bytes: Uint8Array, start: number, end: number, attributeClass: number): void {
    this.preference = DEFAULT_LOCAL_PREF;
    this.neighbourAs = 0;
    this.facts = attributeClass;
    this.#hops = 0;
    this.#origin = 0;
    this.#own = 0;
    for (let at = start; at + 3 <= end; ) {
      const value = valueAt(bytes, at);
      const after = value + lengthAt(bytes, at);
      if (after > end) break;
      this.#attribute(bytes, bytes[at + 1]!, value, after);
      at = after;
    }
    if ((attributeClass & AttributeClass.twoOctetAs) !== 0) this.#mergeAs4Path(bytes, start, end);
    if (this.#hops > MAX_HOPS) this.facts |= Fact.asPathTooLong;
    if (this.#own > 0) this.facts |= Fact.ownAs | (Math.min(this.#own, MAX_OWN_AS) << 24);
    // RFC 8326 §4.3: the receiver gives such a route the lowest preference.
    const internal = (attributeClass & AttributeClass.internal) !== 0;
    if (!internal && (this.facts & Fact.gracefulShutdown) !== 0) this.preference = 0;
    this.pathKey = (Math.min(this.#hops, MAX_LENGTH) << 2) | this.#origin;
  }

  #attribute(bytes: Uint8Array, code: number, value: number, after: number): void {
    switch (code) {
      case AttributeCode.origin:
        this.#origin = bytes[value]! & 3;
        break;
      case AttributeCode.asPath: {
        const size = (this.facts & AttributeClass.twoOctetAs) !== 0 ? 2 : 4;
        this.#asPath(bytes, value, after, size);
        break;
      }
      case AttributeCode.nextHop:
        if (this.#local.addresses.has(bytes, value, after)) this.facts |= Fact.nextHopOurs;
        break;
      case AttributeCode.mpReachNlri:
        if (this.#mpNextHopIsOurs(bytes, value, after)) this.facts |= Fact.nextHopOurs;
        break;
      case AttributeCode.multiExitDisc:
        this.facts |= Fact.multiExitDisc;
        break;
      case AttributeCode.localPref:
        // RFC 4271 §5.1.5: from an external neighbour it is ignored.
        if ((this.facts & AttributeClass.internal) !== 0) this.preference = uint32(bytes, value);
        break;
      case AttributeCode.communities:
        for (let at = value; at + 4 <= after; at += 4) this.#community(uint32(bytes, at));
        break;
      case AttributeCode.originatorId:
        this.facts |= Fact.originatorId;
        if (uint32(bytes, value) === this.#local.bgpIdentifier) this.facts |= Fact.originatorIsUs;
        break;
      case AttributeCode.clusterList:
        this.facts |= Fact.clusterList;
        break;
      case AttributeCode.onlyToCustomer:
        this.facts |= Fact.onlyToCustomer;
        break;
    }
  }

  #asPath(bytes: Uint8Array, start: number, end: number, size: number): void {
    let first = true;
    for (let at = start; at + 2 <= end; first = false) {
      const type = bytes[at]!;
      const count = bytes[at + 1]!;
      const after = at + 2 + count * size;
      if (after > end) return;
      if (type === SegmentType.asSequence) {
        this.#hops += count;
        if (first && count > 0) this.neighbourAs = asnAt(bytes, at + 2, size);
      } else if (type === SegmentType.asSet) {
        this.#hops += 1; // RFC 4271 §9.1.2.2(a): a set counts as one
        this.facts |= Fact.asSet;
      } else if (type === SegmentType.confedSet) {
        this.facts |= Fact.asSet; // RFC 9774 §3 means both kinds
      }
      const confederation = type === SegmentType.confedSequence || type === SegmentType.confedSet;
      for (let asn = at + 2; asn < after && !confederation; asn += size) {
        this.#asn(asnAt(bytes, asn, size), size);
      }
      at = after;
    }
  }

  #asn(asn: number, size: number): void {
    if (asn === this.#local.asn) this.#own++;
    if (asn === 0) this.facts |= Fact.asZero;
    else if (isPrivateAsn(asn)) this.facts |= Fact.privateAs;
    // In two octets AS_TRANS stands for a number that AS4_PATH has.
    else if (isReservedAsn(asn) && !(size === 2 && asn === AS_TRANS)) this.facts |= Fact.reservedAs;
  }

  /**
   * RFC 6793 §4.2.3: AS4_PATH has the path's end with its true numbers, unless it is longer than
   * AS_PATH or out of date. The length is AS_PATH's either way.
   */
  #mergeAs4Path(bytes: Uint8Array, start: number, end: number): void {
    const header = findAs4Path(bytes, start, end);
    if (header < 0) return;
    const [hops, neighbourAs, own] = [this.#hops, this.neighbourAs, this.#own];
    this.#hops = 0;
    this.#own = 0;
    const value = valueAt(bytes, header);
    const facts = this.facts;
    this.#asPath(bytes, value, value + lengthAt(bytes, header), 4);
    const longer = this.#hops > hops;
    // Equal lengths: AS4_PATH stands for the whole path, its first number included.
    if (longer) this.facts = facts;
    if (longer || this.#hops < hops) this.neighbourAs = neighbourAs;
    // Our own AS may be in both; in AS_PATH as AS_TRANS.
    this.#own = longer ? own : Math.max(own, this.#own);
    this.#hops = hops;
  }

  #community(value: number): void {
    if (value < GRACEFUL_SHUTDOWN) {
      return;
    }
    if (value === GRACEFUL_SHUTDOWN) this.facts |= Fact.gracefulShutdown;
    else if (value === LLGR_STALE_COMMUNITY) this.facts |= Fact.llgrStale;
    else if (value === NO_LLGR) this.facts |= Fact.noLlgr;
    else if (value === BLACKHOLE) this.facts |= Fact.blackhole;
    else if (value === NO_EXPORT) this.facts |= Fact.noExport;
    else if (value === NO_ADVERTISE) this.facts |= Fact.noAdvertise;
  }

  /** MP_REACH_NLRI: AFI (2), SAFI (1), length of the next hop (1), next hop. */
  #mpNextHopIsOurs(bytes: Uint8Array, value: number, after: number): boolean {
    const nextHop = value + 4;
    const length = nextHop <= after ? bytes[value + 3]! : 0;
    // A global address, and perhaps a link-local one behind it (RFC 2545 §3).
    const global = length === 32 ? 16 : length;
    const { addresses } = this.#local;
    return nextHop + global <= after && addresses.has(bytes, nextHop, nextHop + global);
  }
}

function asnAt(bytes: Uint8Array, at: number, size: number): number {
  return size === 4 ? uint32(bytes, at) : uint16(bytes, at);
}

/**
 * RFC 6811 §2: the AS that the path ends with; 0 when it is empty or ends with a set. `attributes`
 * are those at `start..end`, AS numbers of `size` octets.
 */
export function originAs(bytes: Uint8Array, start: number, end: number, size: 2 | 4): number {
  const as4Path = size === 2 ? findAs4Path(bytes, start, end) : -1;
  const header = as4Path < 0 ? findAttribute(bytes, start, end, AttributeCode.asPath) : as4Path;
  if (header < 0) return 0;
  const width = as4Path < 0 ? size : 4;
  const after = valueAt(bytes, header) + lengthAt(bytes, header);
  let origin = 0;
  for (let at = valueAt(bytes, header); at + 2 <= after; ) {
    const next = at + 2 + bytes[at + 1]! * width;
    if (next > after) break;
    origin = bytes[at] === SegmentType.asSequence ? asnAt(bytes, next - width, width) : 0;
    at = next;
  }
  return origin;
}

/**
 * Where the header of the AS4_PATH stands that is to be heeded, or -1. It is not where a two-octet
 * speaker has aggregated since, so that it is about routes that this one replaced.
 */
function findAs4Path(bytes: Uint8Array, start: number, end: number): number {
  const aggregator = findAttribute(bytes, start, end, AttributeCode.aggregator);
  if (aggregator >= 0 && findAttribute(bytes, start, end, AttributeCode.as4Aggregator) >= 0) {
    // RFC 6793 §4.2.3: AGGREGATOR and AS4_AGGREGATOR together, the former without AS_TRANS
    const value = valueAt(bytes, aggregator);
    if (lengthAt(bytes, aggregator) < 2 || uint16(bytes, value) !== AS_TRANS) return -1;
  }
  return findAttribute(bytes, start, end, AttributeCode.as4Path);
}

/** Where the header of the first attribute with this code stands, or -1. */
export function findAttribute(bytes: Uint8Array, start: number, end: number, code: number): number {
  for (let at = start; at + 3 <= end; at = valueAt(bytes, at) + lengthAt(bytes, at)) {
    if (bytes[at + 1] === code) return valueAt(bytes, at) + lengthAt(bytes, at) <= end ? at : -1;
  }
  return -1;
}

/** Where the value of the attribute whose header is at `header` stands. */
export function valueAt(bytes: Uint8Array, header: number): number {
  return header + ((bytes[header]! & AttributeFlag.extendedLength) !== 0 ? 4 : 3);
}

/** Octets of that value. */
export function lengthAt(bytes: Uint8Array, header: number): number {
  const extended = (bytes[header]! & AttributeFlag.extendedLength) !== 0;
  return extended ? uint16(bytes, header + 2) : bytes[header + 2]!;
}

/**
 * A new attribute set read once, for what `attributeScan.ts` reads from it, if there is nothing unusual
 * about it: attributes in order (RFC 7606) of a kind that full tables are made of, AS numbers that
 * anybody may have, a next hop that is not ours. Of all other sets TypeScript finds out what they are.
 */

import { attributeClass, localAs, mayBeOurs } from './peer';

export let preference: u32 = 0;
/** AS_PATH length (14 bits) and ORIGIN (2 bits). */
export let pathKey: u32 = 0;
export let neighbourAs: u32 = 0;
export let facts: u32 = 0;

let hops: u32 = 0;
let origin: u32 = 0;

const DEFAULT_LOCAL_PREF: u32 = 100;
const MAX_HOPS: u32 = 64;
const INTERNAL: u32 = 1 << 29;
const MULTI_EXIT_DISC: u32 = 1 << 14;

const EXTENDED: u32 = 0x10;
/** Optional and Transitive. */
const KIND: u32 = 0xc0;
const WELL_KNOWN: u32 = 0x40;
const OPTIONAL: u32 = 0x80;
const OPTIONAL_TRANSITIVE: u32 = 0xc0;

const ORIGIN: u32 = 1;
const AS_PATH: u32 = 2;
const NEXT_HOP: u32 = 3;
const MED: u32 = 4;
const LOCAL_PREF: u32 = 5;
const ATOMIC_AGGREGATE: u32 = 6;
const AGGREGATOR: u32 = 7;
const COMMUNITIES: u32 = 8;
const MP_REACH: u32 = 14;
const EXTENDED_COMMUNITIES: u32 = 16;
const LARGE_COMMUNITIES: u32 = 32;
/** Codes are noted as bits. */
const CODES: u32 = 64;

const AS_SEQUENCE: u32 = 2;
/** RFC 1997, RFC 8326, RFC 9494: those that mean something are among these. */
const WELL_KNOWN_COMMUNITIES: u32 = 0xffff_0000;

/** False: it is TypeScript's. The set is as `contents.ts` makes it. */
export function readSet(start: u32, end: u32): bool {
  preference = DEFAULT_LOCAL_PREF;
  facts = attributeClass;
  neighbourAs = hops = origin = 0;
  let seen: u64 = 0;
  let from = start;
  while (from + 3 <= end) {
    const flags: u32 = load<u8>(from);
    const code: u32 = load<u8>(from, 1);
    const extended = (flags & EXTENDED) != 0;
    const length: u32 = extended ? bswap<u16>(load<u16>(from, 2)) : load<u8>(from, 2);
    const value = from + (extended ? 4 : 3);
    const after = value + length;
    if (after > end || code >= CODES || ((seen >> code) & 1) != 0) return false;
    if (!readAttribute(code, flags & KIND, value, length)) return false;
    seen |= (<u64>1) << code;
    from = after;
  }
  const reach = ((seen >> NEXT_HOP) & 1) | ((seen >> MP_REACH) & 1);
  if (from != end || (seen & ((1 << ORIGIN) | (1 << AS_PATH))) != 6 || reach == 0) return false;
  pathKey = (hops << 2) | origin;
  return true;
}

function readAttribute(code: u32, kind: u32, value: u32, length: u32): bool {
  switch (code) {
    case ORIGIN:
      origin = load<u8>(value);
      return kind == WELL_KNOWN && length == 1 && origin <= 2;
    case AS_PATH:
      return kind == WELL_KNOWN && readPath(value, value + length);
    case NEXT_HOP:
      return kind == WELL_KNOWN && length == 4 && isIpv4Host(value);
    case MED:
      facts |= MULTI_EXIT_DISC;
      return kind == OPTIONAL && length == 4;
    case LOCAL_PREF:
      // RFC 7606 §7.5: from an external neighbour it is discarded.
      preference = bswap<u32>(load<u32>(value));
      return kind == WELL_KNOWN && length == 4 && (attributeClass & INTERNAL) != 0;
    case ATOMIC_AGGREGATE:
      return kind == WELL_KNOWN && length == 0;
    case AGGREGATOR:
      return kind == OPTIONAL_TRANSITIVE && length == 8 && load<u32>(value) != 0;
    case COMMUNITIES:
      return kind == OPTIONAL_TRANSITIVE && arePlain(value, length);
    case MP_REACH:
      return kind == OPTIONAL && isIpv6Host(value + 4);
    case EXTENDED_COMMUNITIES:
      return kind == OPTIONAL_TRANSITIVE && length != 0 && (length & 7) == 0;
    case LARGE_COMMUNITIES:
      return kind == OPTIONAL_TRANSITIVE && length != 0 && length % 12 == 0;
  }
  return false;
}

/** AS_SEQUENCEs of numbers that are neither reserved nor private nor ours. */
function readPath(start: u32, end: u32): bool {
  for (let from = start; from < end; ) {
    const count: u32 = load<u8>(from, 1);
    const after = from + 2 + (count << 2);
    if (after > end || count == 0 || load<u8>(from) != AS_SEQUENCE) return false;
    for (let place = from + 2; place < after; place += 4) {
      if (!isPlainAs(bswap<u32>(load<u32>(place)))) return false;
    }
    if (from == start) neighbourAs = bswap<u32>(load<u32>(from, 2));
    hops += count;
    from = after;
  }
  return hops <= MAX_HOPS;
}

/** Below all that `asn.ts` has a name for, but for 0 and AS_TRANS, or between the ranges of RFC 6996. */
function isPlainAs(asn: u32): bool {
  if (asn == localAs) return false;
  if (asn < 64_512) return asn != 0 && asn != 23_456;
  return asn > 65_535 && asn < 4_200_000_000;
}

function arePlain(value: u32, length: u32): bool {
  for (let place = value; place < value + length; place += 4) {
    if (bswap<u32>(load<u32>(place)) >= WELL_KNOWN_COMMUNITIES) return false;
  }
  return length != 0 && (length & 3) == 0;
}

/** RFC 4271 §6.3, as `updateJudge.ts` has it. */
function isIpv4Host(value: u32): bool {
  const first: u32 = load<u8>(value);
  return first != 0 && first < 224 && !mayBeOurs(load<u8>(value, 3));
}

/** A global address, whatever comes behind it; nothing that begins with zeros. */
function isIpv6Host(value: u32): bool {
  const first: u32 = load<u8>(value);
  return first != 0 && first != 0xff && !mayBeOurs(load<u8>(value, 15));
}

/** The neighbour whose UPDATEs are at hand, as far as it matters here; `lane.ts` in `src/rib` fills it in. */

import { peer } from './memory';

export let attributeClass: u32 = 0;
export let column: u32 = 0;
/** One bit a family: what was negotiated. */
export let families: u32 = 0;
/** The mark of its paths, by family. */
export let ipv4Generation: u32 = 0;
export let ipv6Generation: u32 = 0;
/** The AS that the path has to begin with, by a rule or because more is to be done otherwise; 0: any. */
let firstAs: u32 = 0;
/** The same, but an empty path is as good; 0: any. */
let sentAs: u32 = 0;
/** Facts of a set that TypeScript has to look at. */
let facts: u32 = 0;
let ownAs: u32 = 0;
/** Ours. */
export let localAs: u32 = 0;
/** Prefixes up to this length that have no head are taken; below 0: each is judged by TypeScript. */
let ipv4Longest: i32 = -1;
let ipv6Longest: i32 = -1;
export let longestMessage: u32 = 0;

const HEADS: u32 = 64;
const IPV6_HEADS: u32 = HEADS + 256;
const OWN_ENDS: u32 = IPV6_HEADS + 4096;

/** Reads what TypeScript has written. */
export function meet(): void {
  attributeClass = load<u32>(peer);
  column = load<u32>(peer, 4);
  families = load<u32>(peer, 8);
  ipv4Generation = load<u32>(peer, 12);
  ipv6Generation = load<u32>(peer, 16);
  firstAs = load<u32>(peer, 20);
  sentAs = load<u32>(peer, 24);
  facts = load<u32>(peer, 28);
  ownAs = load<u32>(peer, 32);
  ipv4Longest = load<i32>(peer, 36);
  ipv6Longest = load<i32>(peer, 40);
  longestMessage = load<u32>(peer, 44);
  localAs = load<u32>(peer, 48);
}

/** Whether a set with these facts, whose path begins with this AS, is accepted without another look. */
export function takesSet(setFacts: u32, neighbourAs: u32): bool {
  if ((setFacts & facts) != 0 || ((setFacts >> 24) & 15) > ownAs) return false;
  if (firstAs != 0 && neighbourAs != firstAs) return false;
  return sentAs == 0 || neighbourAs == sentAs || neighbourAs == 0;
}

/** Whether the prefix is accepted without another look. */
export function takesIpv4(word0: u32, length: u32): bool {
  return <i32>length <= ipv4Longest && load<u8>(peer + HEADS + (word0 >> 24)) == 0;
}

export function takesIpv6(word0: u32, length: u32): bool {
  return <i32>length <= ipv6Longest && load<u8>(peer + IPV6_HEADS + (word0 >> 20)) == 0;
}

/** Whether the address that ends with this octet may be one of ours. */
export function mayBeOurs(lastOctet: u32): bool {
  return load<u8>(peer + OWN_ENDS + lastOctet) != 0;
}

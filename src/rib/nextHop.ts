/** The next hop in an attribute set, for those who forward by it. */

import { AttributeCode } from '../wire/constants.ts';
import { uint32 } from '../wire/octets.ts';
import type { AttributeArena } from './attributeArena.ts';
import { lengthAt, valueAt } from './attributeScan.ts';

/** Of MP_REACH_NLRI: where the length of the next hop is, and the next hop behind it. */
const LENGTH_OFFSET = 3;
const GLOBAL_AND_LINK_LOCAL = 32;

/** Octets of the address that packets are given to, as it is on the link; undefined: there is none. */
export function nextHopOf(arena: AttributeArena, set: number): Uint8Array | undefined {
  const { octets } = arena;
  const end = arena.attributesEnd(set);
  for (let at = arena.attributesStart(set); at + LENGTH_OFFSET <= end; ) {
    const code = octets[at + 1]!;
    const value = valueAt(octets, at);
    if (code === AttributeCode.nextHop) return octets.slice(value, value + 4);
    if (code === AttributeCode.mpReachNlri) return reachNextHop(octets, value);
    at = value + lengthAt(octets, at);
  }
  return undefined;
}

function reachNextHop(octets: Uint8Array, value: number): Uint8Array | undefined {
  const length = octets[value + LENGTH_OFFSET]!;
  const at = value + LENGTH_OFFSET + 1;
  // RFC 2545 §3: a link-local address follows where we share the link with the next hop.
  const second = at + length / 2;
  if (length === GLOBAL_AND_LINK_LOCAL && uint32(octets, second) >>> 22 === LINK_LOCAL) {
    return octets.slice(second, at + length);
  }
  return length === 4 || length === 16 || length === GLOBAL_AND_LINK_LOCAL
    ? octets.slice(at, at + Math.min(16, length))
    : undefined;
}

/** The first ten bits of fe80::/10. */
const LINK_LOCAL = 0x3fa;

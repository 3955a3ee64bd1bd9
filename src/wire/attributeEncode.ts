/**
 * Path attributes from values, in the order of their type codes (RFC 4271 §5: "in ascending order
 * of attribute type"). MP_REACH_NLRI is not among them: it holds prefixes and is written with them.
 */

import type { IpAddress } from '../net/address.ts';
import type { Communities } from '../net/community.ts';
import { asPathOctets, encodeAsPath, needsAs4Path } from './asPath.ts';
import { asWidth } from './attribute.ts';
import { AttributeCode, AttributeFlag } from './constants.ts';
import type { CodecContext } from './context.ts';
import { putUint16, putUint32 } from './octets.ts';

export interface PathAttributes {
  /** One of `Origin`. */
  readonly origin: number;
  /** One AS_SEQUENCE, nearest AS first. */
  readonly asPath: readonly number[];
  /** IPv4: becomes NEXT_HOP. IPv6: goes into MP_REACH_NLRI, which is not written here. */
  readonly nextHop: IpAddress;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: Communities;
  /** ONLY_TO_CUSTOMER (RFC 9234); undefined: none is sent. */
  readonly onlyToCustomer: number | undefined;
}

const WELL_KNOWN = AttributeFlag.transitive;
const OPTIONAL_TRANSITIVE = AttributeFlag.optional | AttributeFlag.transitive;
const Code = AttributeCode;

/** The attributes back to back, as they stand in an UPDATE of a session with this `context`. */
export function encodePathAttributes(
  attributes: PathAttributes,
  context: CodecContext,
): Uint8Array {
  const { origin, asPath, nextHop, med, localPref, communities, onlyToCustomer } = attributes;
  const { standard, extended, large } = communities;
  const parts: Uint8Array[] = [
    encode(WELL_KNOWN, Code.origin, Uint8Array.of(origin)),
    encode(WELL_KNOWN, Code.asPath, pathValue(asPath, asWidth(context))),
  ];
  if (nextHop.family === 'ipv4') parts.push(encode(WELL_KNOWN, Code.nextHop, nextHop.octets));
  if (med !== undefined) {
    parts.push(encode(AttributeFlag.optional, Code.multiExitDisc, uint32Value([med])));
  }
  if (localPref !== undefined) {
    parts.push(encode(WELL_KNOWN, Code.localPref, uint32Value([localPref])));
  }
  // RFC 7606 §4: an attribute that would be empty is an error; it is left out.
  if (standard.length > 0) {
    parts.push(encode(OPTIONAL_TRANSITIVE, Code.communities, uint32Value(standard)));
  }
  if (extended.length > 0) {
    const words = extended.flatMap((c) => [Number(c >> 32n), Number(c & 0xffff_ffffn)]);
    parts.push(encode(OPTIONAL_TRANSITIVE, Code.extendedCommunities, uint32Value(words)));
  }
  if (!context.fourOctetAs && needsAs4Path(asPath)) {
    parts.push(encode(OPTIONAL_TRANSITIVE, Code.as4Path, pathValue(asPath, 4)));
  }
  if (large.length > 0) {
    parts.push(encode(OPTIONAL_TRANSITIVE, Code.largeCommunities, uint32Value(large.flat())));
  }
  if (onlyToCustomer !== undefined) {
    parts.push(encode(OPTIONAL_TRANSITIVE, Code.onlyToCustomer, uint32Value([onlyToCustomer])));
  }
  return joined(parts);
}

function encode(flags: number, code: number, value: Uint8Array): Uint8Array {
  const extended = value.length > 0xff;
  const headerLength = extended ? 4 : 3;
  const attribute = new Uint8Array(headerLength + value.length);
  attribute[0] = extended ? flags | AttributeFlag.extendedLength : flags;
  attribute[1] = code;
  if (extended) putUint16(attribute, 2, value.length);
  else attribute[2] = value.length;
  attribute.set(value, headerLength);
  return attribute;
}

function pathValue(asPath: readonly number[], width: 2 | 4): Uint8Array {
  const value = new Uint8Array(asPathOctets(asPath.length, width));
  encodeAsPath(value, 0, asPath, width);
  return value;
}

function uint32Value(words: readonly number[]): Uint8Array {
  const value = new Uint8Array(words.length * 4);
  for (const [index, word] of words.entries()) putUint32(value, index * 4, word);
  return value;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

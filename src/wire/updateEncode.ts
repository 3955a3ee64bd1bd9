/**
 * UPDATEs from values: as many prefixes in a message as fit. IPv4 routes go the classic way, IPv6
 * routes, and IPv4 routes with an IPv6 next hop, in MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760).
 *
 *   classic         header | 0        | length | attributes, NEXT_HOP among them | NLRI
 *   multiprotocol   header | 0        | length | MP_REACH_NLRI | attributes      |
 *   withdrawal      header | length, routes    | length, MP_UNREACH_NLRI         |
 *
 * RFC 7606 §5.1: the multiprotocol attribute is the first one, and never two kinds of routes share
 * a message. The messages that are emitted are new arrays of exactly their length: the receiver may
 * keep them.
 */

import type { IpAddress } from '../net/address.ts';
import { afiSafiOf, type Family } from '../net/family.ts';
import {
  AttributeCode,
  AttributeFlag,
  HEADER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
} from './constants.ts';
import type { CodecContext } from './context.ts';
import { MIN_UPDATE_LENGTH, writeHeader } from './header.ts';
import { putUint16 } from './octets.ts';

/** Before each prefix with ADD-PATH (RFC 7911 §3). */
const PATH_ID_OCTETS = 4;

/** Flags, type code and a two-octet length. */
const ATTRIBUTE_HEADER = 4;

/** AFI and SAFI. */
const MP_UNREACH_FIXED = 3;

/**
 * Announces `nlri`, prefixes of `family` as `encodePrefixes` gives them for this session.
 * `attributes` is what `encodePathAttributes` made for the same next hop. Throws a plain Error, since
 * the fault is ours, when the attributes leave no room for a prefix, or the next hop is of the other
 * family.
 */
export function packUpdates(
  attributes: Uint8Array,
  nextHop: IpAddress,
  family: Family,
  nlri: Uint8Array,
  context: CodecContext,
  emit: (message: Uint8Array) => void,
): void {
  const extended = family === 'ipv4' && context.extendedNextHop;
  if (nextHop.family !== family && !extended) {
    throw new Error(`an ${family} route cannot have the next hop ${nextHop.text}`);
  }
  const addPath = context.addPath[family];
  // RFC 8950 §3: with an IPv6 next hop, IPv4 routes go in MP_REACH_NLRI.
  const classic = nextHop.family === 'ipv4';
  const fixed = attributes.length + (classic ? 0 : ATTRIBUTE_HEADER + mpReachFixed(nextHop));
  pack(nlri, roomFor(MIN_UPDATE_LENGTH + fixed, context), addPath, (run) => {
    const message = blankUpdate(fixed + run.length);
    const at = classic
      ? putClassic(message, attributes)
      : putMpReach(message, attributes, nextHop, family, run.length);
    message.set(run, at);
    emit(message);
  });
}

/** Withdraws `nlri`, as above. */
export function packWithdrawals(
  family: Family,
  nlri: Uint8Array,
  context: CodecContext,
  emit: (message: Uint8Array) => void,
): void {
  const addPath = context.addPath[family];
  if (family === 'ipv4') {
    pack(nlri, roomFor(MIN_UPDATE_LENGTH, context), addPath, (run) => {
      const message = blankUpdate(run.length);
      const at = putUint16(message, HEADER_LENGTH, run.length);
      message.set(run, at); // no path attributes: length 0
      emit(message);
    });
    return;
  }
  const fixed = ATTRIBUTE_HEADER + MP_UNREACH_FIXED;
  pack(nlri, roomFor(MIN_UPDATE_LENGTH + fixed, context), addPath, (run) => {
    const message = mpUnreachUpdate(family, run.length);
    message.set(run, MIN_UPDATE_LENGTH + fixed);
    emit(message);
  });
}

/** RFC 4724 §2: all of the family's initial routes have been sent. */
export function encodeEndOfRib(family: Family): Uint8Array {
  return family === 'ipv4' ? blankUpdate(0) : mpUnreachUpdate(family, 0);
}

function roomFor(taken: number, context: CodecContext): number {
  return (context.extendedMessages ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH) - taken;
}

/** Tells each run of whole prefixes that fits into `room` octets, as long as it can be. */
function pack(
  nlri: Uint8Array,
  room: number,
  addPath: boolean,
  write: (run: Uint8Array) => void,
): void {
  const before = addPath ? PATH_ID_OCTETS : 0;
  let from = 0;
  let to = 0;
  while (to < nlri.length) {
    const next = to + before + 1 + ((nlri[to + before]! + 7) >> 3);
    if (next - from <= room) {
      to = next;
      continue;
    }
    if (to === from) throw new Error('the path attributes leave no room for a prefix');
    write(nlri.subarray(from, to));
    from = to;
  }
  if (to > from) write(nlri.subarray(from, to));
}

/** An UPDATE that has `octets` beyond its two length fields; both are 0. */
function blankUpdate(octets: number): Uint8Array {
  const message = new Uint8Array(MIN_UPDATE_LENGTH + octets);
  writeHeader(message, 0, message.length, MessageType.update);
  return message;
}

/** Everything but the prefixes; returns where they go. */
function putClassic(message: Uint8Array, attributes: Uint8Array): number {
  const at = putUint16(message, MIN_UPDATE_LENGTH - 2, attributes.length);
  message.set(attributes, at);
  return at + attributes.length;
}

/** Everything but the prefixes, `octets` of them; returns where they go. */
function putMpReach(
  message: Uint8Array,
  attributes: Uint8Array,
  nextHop: IpAddress,
  family: Family,
  octets: number,
): number {
  const value = mpReachFixed(nextHop) + octets;
  let at = putUint16(message, MIN_UPDATE_LENGTH - 2, message.length - MIN_UPDATE_LENGTH);
  at = putMultiprotocol(message, at, AttributeCode.mpReachNlri, value, family);
  message[at++] = nextHop.octets.length;
  message.set(nextHop.octets, at);
  at += nextHop.octets.length + 1; // the reserved octet stays 0
  message.set(attributes, at + octets);
  return at;
}

/** AFI, SAFI, the next hop's length, itself, and the reserved octet. */
function mpReachFixed(nextHop: IpAddress): number {
  return 2 + 1 + 1 + nextHop.octets.length + 1;
}

/** `octets` of withdrawn routes are still to be filled in at its end. */
function mpUnreachUpdate(family: Family, octets: number): Uint8Array {
  const value = MP_UNREACH_FIXED + octets;
  const message = blankUpdate(ATTRIBUTE_HEADER + value);
  const at = putUint16(message, MIN_UPDATE_LENGTH - 2, ATTRIBUTE_HEADER + value);
  putMultiprotocol(message, at, AttributeCode.mpUnreachNlri, value, family);
  return message;
}

/** Header, AFI and SAFI of either multiprotocol attribute, whose value is `length` octets. */
function putMultiprotocol(
  target: Uint8Array,
  offset: number,
  code: number,
  length: number,
  family: Family,
): number {
  let at = offset;
  // RFC 4271 §4.3: Extended Length may be used with short values, and keeps the offsets fixed.
  target[at++] = AttributeFlag.optional | AttributeFlag.extendedLength;
  target[at++] = code;
  at = putUint16(target, at, length);
  const { afi, safi } = afiSafiOf(family);
  at = putUint16(target, at, afi);
  target[at++] = safi;
  return at;
}

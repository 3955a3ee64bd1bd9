/**
 * As much of BGP's encoding as the feeder needs, and none of the program's own: what is measured
 * must not vouch for itself.
 */

import { nlriOf } from './nlri.ts';

export const HEADER = 19;
export const MessageType = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;

const MARKER = Buffer.alloc(16, 0xff);
const AS_TRANS = 23456;

/** RFC 4271 §4.1. */
function message(type: number, body: Uint8Array): Buffer {
  const rest = Buffer.alloc(3);
  rest.writeUInt16BE(HEADER + body.length);
  rest[2] = type;
  return Buffer.concat([MARKER, rest, body]);
}

export const KEEPALIVE = message(MessageType.keepalive, Buffer.alloc(0));

/** Cease/Administrative Shutdown (RFC 4486, RFC 9003 with no words). */
export const SHUTDOWN = message(MessageType.notification, Buffer.from([6, 2, 0]));

/** End-of-RIB for both families (RFC 4724 §2). */
export const END_OF_RIB = Buffer.concat([
  message(MessageType.update, Buffer.from([0, 0, 0, 0])),
  message(MessageType.update, Buffer.from([0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1])),
]);

/** RFC 4271 §4.2, for IPv4 and IPv6 unicast and AS numbers of four octets. */
export function open(asn: number, holdTime: number, identifier: readonly number[]): Buffer {
  const wide = Buffer.alloc(4);
  wide.writeUInt32BE(asn);
  const capabilities = [
    ...[1, 4, 0, 1, 0, 1], // RFC 4760 §8
    ...[1, 4, 0, 2, 0, 1],
    ...[65, 4, ...wide], // RFC 6793 §3
  ];
  const parameters = [2, capabilities.length, ...capabilities];
  const body = Buffer.from([4, 0, 0, 0, 0, ...identifier, parameters.length, ...parameters]);
  body.writeUInt16BE(asn > 0xffff ? AS_TRANS : asn, 1);
  body.writeUInt16BE(holdTime, 3);
  return message(MessageType.open, body);
}

/** One IPv4 prefix with a path of one hop. */
export function announcement(prefix: string, asn: number, nextHop: readonly number[]): Buffer {
  const path = Buffer.alloc(6);
  path.set([2, 1]);
  path.writeUInt32BE(asn, 2);
  const attributes = [0x40, 1, 1, 0, 0x40, 2, 6, ...path, 0x40, 3, 4, ...nextHop];
  const lengths = [0, 0, 0, attributes.length];
  return message(MessageType.update, Buffer.from([...lengths, ...attributes, ...nlriOf(prefix)]));
}

/** One IPv4 prefix. */
export function withdrawal(prefix: string): Buffer {
  const nlri = nlriOf(prefix);
  return message(MessageType.update, Buffer.from([0, nlri.length, ...nlri, 0, 0]));
}

export type Change = 'announced' | 'withdrawn';

/** Told of each run of prefixes in an UPDATE: octets `from` to `to`. */
export type NlriVisitor = (change: Change, from: number, to: number) => void;

/** Visits the prefixes of the UPDATE that starts at `start`, of both families. */
export function visitNlri(octets: Buffer, start: number, visit: NlriVisitor): void {
  const end = start + octets.readUInt16BE(start + 16);
  const withdrawn = start + HEADER + 2;
  const attributes = withdrawn + octets.readUInt16BE(start + HEADER) + 2;
  const nlri = attributes + octets.readUInt16BE(attributes - 2);
  visit('withdrawn', withdrawn, attributes - 2);
  for (let at = attributes; at < nlri; ) {
    const extended = (octets[at]! & 0x10) !== 0;
    const value = at + (extended ? 4 : 3);
    const next = value + (extended ? octets.readUInt16BE(at + 2) : octets[at + 2]!);
    // RFC 4760 §3: AFI, SAFI, next hop with its length, a reserved octet; §4: AFI, SAFI.
    if (octets[at + 1] === 14) visit('announced', value + 5 + octets[value + 3]!, next);
    if (octets[at + 1] === 15) visit('withdrawn', value + 3, next);
    at = next;
  }
  visit('announced', nlri, end);
}

/**
 * The message header (RFC 4271 §4.1): how every encoder writes it and how the framer judges it.
 *
 *   +--------------------------------+------------------+----------+
 *   | Marker (16 octets, all ones)   | Length (2)       | Type (1) |
 *   +--------------------------------+------------------+----------+
 *
 * Length counts the whole message, these 19 octets included.
 */

import {
  ErrorCode,
  HEADER_LENGTH,
  HeaderSubcode,
  MAX_MESSAGE_LENGTH,
  MessageType,
} from './constants.ts';
import { RemoteError } from './errors.ts';
import { octets16, uint16 } from './octets.ts';

/** Where the Length field stands, counted from the start of the message; the marker ends there. */
const LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;

/** The shortest of each: RFC 4271 §4.2, §4.3, §4.5. */
export const MIN_OPEN_LENGTH = 29;
export const MIN_UPDATE_LENGTH = 23;
export const MIN_NOTIFICATION_LENGTH = 21;

/** `length` is the whole message in octets, header included. Writes 19 octets at `offset`. */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  length: number,
  type: number,
): void {
  target.fill(0xff, offset, offset + LENGTH_OFFSET);
  target[offset + LENGTH_OFFSET] = length >>> 8;
  target[offset + LENGTH_OFFSET + 1] = length & 0xff;
  target[offset + TYPE_OFFSET] = type;
}

/** The Length field of the header at `start`. */
export function messageLength(bytes: Uint8Array, start: number): number {
  return uint16(bytes, start + LENGTH_OFFSET);
}

/** The Type field of the header at `start`. */
export function messageType(bytes: Uint8Array, start: number): number {
  return bytes[start + TYPE_OFFSET]!;
}

/**
 * Judges the 19 octets at `start` in RFC 4271 §6.1's order; reads nothing else. `maxLength` is
 * what the session allows: 4096, or 65535 where both sides have said so.
 */
export function checkHeader(bytes: Uint8Array, start: number, maxLength: number): void {
  for (let at = start; at < start + LENGTH_OFFSET; at++) {
    if (bytes[at] !== 0xff) throw notSynchronized();
  }
  const length = messageLength(bytes, start);
  const type = messageType(bytes, start);
  if (length < HEADER_LENGTH || length > maxLength) throw badMessageLength(length, type);
  switch (type) {
    case MessageType.update:
      if (length < MIN_UPDATE_LENGTH) throw badMessageLength(length, type);
      return;
    case MessageType.keepalive:
      if (length !== HEADER_LENGTH) throw badMessageLength(length, type);
      return;
    case MessageType.open:
      // RFC 8654 §4: OPEN and KEEPALIVE are never extended.
      if (length < MIN_OPEN_LENGTH || length > MAX_MESSAGE_LENGTH) {
        throw badMessageLength(length, type);
      }
      return;
    case MessageType.notification:
      if (length < MIN_NOTIFICATION_LENGTH) throw badMessageLength(length, type);
      return;
    case MessageType.routeRefresh:
      // RFC 7313 §5 has its own error for a wrong length, with the whole message in it.
      return;
    default:
      throw badMessageType(type);
  }
}

function notSynchronized(): RemoteError {
  return new RemoteError(
    ErrorCode.messageHeader,
    HeaderSubcode.connectionNotSynchronized,
    new Uint8Array(0),
    'the marker of a message is not all ones',
  );
}

/** RFC 4271 §6.1: the Data field is the Length field. */
export function badMessageLength(length: number, type: number): RemoteError {
  return new RemoteError(
    ErrorCode.messageHeader,
    HeaderSubcode.badMessageLength,
    Uint8Array.of(...octets16(length)),
    `a message of type ${type} cannot be ${length} octets long`,
  );
}

/** RFC 4271 §6.1: the Data field is the Type field. */
function badMessageType(type: number): RemoteError {
  return new RemoteError(
    ErrorCode.messageHeader,
    HeaderSubcode.badMessageType,
    Uint8Array.of(type),
    `there is no message type ${type}`,
  );
}

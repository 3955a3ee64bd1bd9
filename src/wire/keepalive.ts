/** KEEPALIVE (RFC 4271 §4.4): the header alone. */

import { HEADER_LENGTH, MessageType } from './constants.ts';
import { writeHeader } from './header.ts';

/** A fresh array each time: typed arrays cannot be frozen, and one every 30 s costs nothing. */
export function encodeKeepalive(): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH);
  writeHeader(message, 0, HEADER_LENGTH, MessageType.keepalive);
  return message;
}

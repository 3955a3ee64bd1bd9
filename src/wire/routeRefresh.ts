/**
 * ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2) as a value, and its octets.
 *
 *   +---------+---------+------+
 *   | AFI (2) | Subtype | SAFI |
 *   +---------+---------+------+
 */

import type { AfiSafi } from '../net/family.ts';
import { ErrorCode, HEADER_LENGTH, MAX_MESSAGE_LENGTH, MessageType } from './constants.ts';
import { RemoteError } from './errors.ts';
import { MIN_NOTIFICATION_LENGTH, writeHeader } from './header.ts';
import { octets16, uint16 } from './octets.ts';

/** RFC 7313 §3.2: what used to be reserved, and zero, in RFC 2918. */
export const RouteRefreshSubtype = { request: 0, begin: 1, end: 2 } as const;

export interface RouteRefreshMessage extends AfiSafi {
  /** RFC 7313 §5: a subtype that is not in `RouteRefreshSubtype` is to be ignored, and logged. */
  readonly subtype: number;
}

const ROUTE_REFRESH_LENGTH = HEADER_LENGTH + 4;
const SUBTYPE_OFFSET = HEADER_LENGTH + 2;

/** RFC 7313 §5. */
const INVALID_MESSAGE_LENGTH = 1;

/** `start..end` is the whole message. */
export function decodeRouteRefresh(
  bytes: Uint8Array,
  start: number,
  end: number,
): RouteRefreshMessage {
  const excess = end - start - ROUTE_REFRESH_LENGTH;
  // RFC 7313 §5: what is to be ignored may be longer.
  const isKnown = () => bytes[start + SUBTYPE_OFFSET]! <= RouteRefreshSubtype.end;
  if (excess < 0 || (excess > 0 && isKnown())) throw invalidLength(bytes, start, end);
  return {
    afi: uint16(bytes, start + HEADER_LENGTH),
    subtype: bytes[start + SUBTYPE_OFFSET]!,
    safi: bytes[start + HEADER_LENGTH + 3]!,
  };
}

export function encodeRouteRefresh({ afi, safi, subtype }: RouteRefreshMessage): Uint8Array {
  const message = new Uint8Array(ROUTE_REFRESH_LENGTH);
  writeHeader(message, 0, ROUTE_REFRESH_LENGTH, MessageType.routeRefresh);
  message.set([...octets16(afi), subtype, safi], HEADER_LENGTH);
  return message;
}

/**
 * RFC 7313 §5: the Data field is the whole message, as far as one NOTIFICATION can hold it. The
 * section speaks of subtypes 1 and 2; RFC 2918 says nothing for a plain request, and the longer
 * form of RFC 5291 (ORF) is legal only where it was offered, which we never do.
 */
function invalidLength(bytes: Uint8Array, start: number, end: number): RemoteError {
  const room = MAX_MESSAGE_LENGTH - MIN_NOTIFICATION_LENGTH;
  return new RemoteError(
    ErrorCode.routeRefresh,
    INVALID_MESSAGE_LENGTH,
    bytes.slice(start, Math.min(end, start + room)),
    `a ROUTE-REFRESH cannot be ${end - start} octets long`,
  );
}

/**
 * NOTIFICATION (RFC 4271 §4.5) as a value, its octets, and what people read.
 *
 *   +------------+---------------+-----------------+
 *   | Error code | Error subcode | Data (variable) |
 *   +------------+---------------+-----------------+
 *
 * After Administrative Shutdown and Administrative Reset the data is a shutdown communication
 * (RFC 9003); after Hard Reset it is code, subcode and data of another NOTIFICATION (RFC 8538).
 */

import { afiSafiOf, type Family } from '../net/family.ts';
import { formatAfiSafi } from './afiSafiText.ts';
import { decodeCapabilities } from './capabilityDecode.ts';
import { formatCapability } from './capabilityText.ts';
import {
  CeaseSubcode,
  ErrorCode,
  HEADER_LENGTH,
  HeaderSubcode,
  MAX_MESSAGE_LENGTH,
  MessageType,
  OpenSubcode,
} from './constants.ts';
import { RemoteError } from './errors.ts';
import { decodeForeignText } from './foreignText.ts';
import { badMessageLength, MIN_NOTIFICATION_LENGTH, writeHeader } from './header.ts';
import { formatHex, spacedHex } from './hex.ts';
import { notificationName } from './notificationText.ts';
import { octets16, octets32, uint16, uint32 } from './octets.ts';

export interface NotificationMessage {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** RFC 9003 §2: one octet says how long the text is. */
const MAX_COMMUNICATION_OCTETS = 255;

/** What is printed of data that has no better form. */
const MAX_HEX_OCTETS = 32;

/** `start..end` is the whole message; the data is copied. */
export function decodeNotification(
  bytes: Uint8Array,
  start: number,
  end: number,
): NotificationMessage {
  if (end - start < MIN_NOTIFICATION_LENGTH) {
    throw badMessageLength(end - start, MessageType.notification);
  }
  return {
    code: bytes[start + HEADER_LENGTH]!,
    subcode: bytes[start + HEADER_LENGTH + 1]!,
    data: bytes.slice(start + MIN_NOTIFICATION_LENGTH, end),
  };
}

/**
 * Data that would make the message longer than 4096 octets is cut: it only serves diagnosis, and
 * whether the neighbour takes longer messages (RFC 8654) is not known when an OPEN is refused.
 */
export function encodeNotification({ code, subcode, data }: NotificationMessage): Uint8Array {
  const length = Math.min(MIN_NOTIFICATION_LENGTH + data.length, MAX_MESSAGE_LENGTH);
  const message = new Uint8Array(length);
  writeHeader(message, 0, length, MessageType.notification);
  message[HEADER_LENGTH] = code;
  message[HEADER_LENGTH + 1] = subcode;
  message.set(data.subarray(0, length - MIN_NOTIFICATION_LENGTH), MIN_NOTIFICATION_LENGTH);
  return message;
}

const encoder = new TextEncoder();

/**
 * The data of an Administrative Shutdown or Reset that says `text` (RFC 9003 §2): cut to 255
 * octets at a character boundary; empty for an empty text.
 */
export function encodeCommunication(text: string): Uint8Array {
  const octets = new Uint8Array(1 + MAX_COMMUNICATION_OCTETS);
  // encodeInto stops before the first character that does not fit as a whole.
  const { written } = encoder.encodeInto(text, octets.subarray(1));
  if (written === 0) return new Uint8Array(0);
  octets[0] = written;
  return octets.slice(0, 1 + written);
}

/**
 * The data of Maximum Number of Prefixes Reached.
 *
 *   +---------+----------+---------------------+
 *   | AFI (2) | SAFI (1) | Prefix limit (4)    |
 *   +---------+----------+---------------------+
 */
export function encodePrefixLimit(family: Family, limit: number): Uint8Array {
  const { afi, safi } = afiSafiOf(family);
  return Uint8Array.of(...octets16(afi), safi, ...octets32(limit)); // RFC 4486 §4
}

/**
 * What the neighbour's operator says (RFC 9003), safe to print, also from within a Hard Reset;
 * undefined where there is nothing or its length is wrong (§4: to be logged, never an error).
 */
export function communicationOf(notification: NotificationMessage): string | undefined {
  const { code, subcode, data } = hardResetOf(notification) ?? notification;
  if (code !== ErrorCode.cease) return undefined;
  if (
    subcode !== CeaseSubcode.administrativeShutdown &&
    subcode !== CeaseSubcode.administrativeReset
  ) {
    return undefined;
  }
  const length = data[0] ?? 0;
  if (length === 0 || length > data.length - 1) return undefined;
  return decodeForeignText(data.subarray(1, 1 + length));
}

/** The Hard Reset (RFC 8538 §3.1) that says for `inner` that nothing is to be kept. */
export function hardReset({ code, subcode, data }: NotificationMessage): NotificationMessage {
  return {
    code: ErrorCode.cease,
    subcode: CeaseSubcode.hardReset,
    data: Uint8Array.of(code, subcode, ...data),
  };
}

/** Whether nothing is to be kept (RFC 8538 §3.1), whatever the data says. */
export function isHardReset({ code, subcode }: NotificationMessage): boolean {
  return code === ErrorCode.cease && subcode === CeaseSubcode.hardReset;
}

/** The NOTIFICATION within a Hard Reset (RFC 8538 §3.1); undefined: it is none, or holds none. */
export function hardResetOf(notification: NotificationMessage): NotificationMessage | undefined {
  const { data } = notification;
  if (!isHardReset(notification)) return undefined;
  const [innerCode, innerSubcode] = data;
  if (innerCode === undefined || innerSubcode === undefined) return undefined;
  return { code: innerCode, subcode: innerSubcode, data: data.subarray(2) };
}

/**
 * `Cease/Administrative Shutdown: "maintenance until 14:00"`. One line; whatever the neighbour
 * put into the message is safe to print.
 */
export function formatNotification(notification: NotificationMessage): string {
  const inner = hardResetOf(notification);
  if (!inner) return formatSingle(notification);
  return `${notificationName(notification.code, notification.subcode)} (${formatSingle(inner)})`;
}

function formatSingle(notification: NotificationMessage): string {
  const name = notificationName(notification.code, notification.subcode);
  const communication = communicationOf(notification);
  if (communication !== undefined) return `${name}: ${JSON.stringify(communication)}`;
  if (notification.data.length === 0) return name;
  return `${name} (${explainData(notification) ?? `data ${shortHex(notification.data)}`})`;
}

/** The data in words, where an RFC gives it a meaning and it has the length for it. */
function explainData({ code, subcode, data }: NotificationMessage): string | undefined {
  if (code === ErrorCode.messageHeader) {
    if (subcode === HeaderSubcode.badMessageLength && data.length === 2) {
      return `length ${uint16(data, 0)}`;
    }
    if (subcode === HeaderSubcode.badMessageType && data.length === 1) return `type ${data[0]}`;
  }
  if (code === ErrorCode.openMessage) {
    if (subcode === OpenSubcode.unsupportedVersion && data.length === 2) {
      return `version ${uint16(data, 0)} is supported`;
    }
    if (subcode === OpenSubcode.unsupportedCapability) return capabilitiesText(data);
  }
  // RFC 4486 §4: AFI (2), SAFI (1), the neighbour's limit (4).
  if (code === ErrorCode.cease && subcode === CeaseSubcode.maxPrefixes && data.length === 7) {
    const family = formatAfiSafi({ afi: uint16(data, 0), safi: data[2]! });
    return `${family}, limit ${uint32(data, 3)}`;
  }
  return undefined;
}

/** RFC 5492 §5: the capabilities that the neighbour misses. */
function capabilitiesText(data: Uint8Array): string | undefined {
  try {
    return decodeCapabilities(data, 0, data.length).map(formatCapability).join(', ');
  } catch (error) {
    if (error instanceof RemoteError) return undefined;
    throw error;
  }
}

function shortHex(data: Uint8Array): string {
  const text = spacedHex(formatHex(data, 0, Math.min(data.length, MAX_HEX_OCTETS)));
  return data.length > MAX_HEX_OCTETS ? `${text} ... (${data.length} octets)` : text;
}

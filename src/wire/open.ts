/**
 * OPEN (RFC 4271 §4.2) as a value, and its octets.
 *
 *   +---------+-----------------+---------------+--------------------+
 *   | Version | My AS (2)       | Hold Time (2) | BGP Identifier (4) |
 *   +---------+-----------------+---------------+--------------------+
 *   | Length  | Optional Parameters: type (1), length (1), value     |
 *   +---------+------------------------------------------------------+
 *
 * With more than 255 octets of parameters (RFC 9072) the last part is
 *
 *   +---------+----------+------------+------------------------------+
 *   | 255     | 255      | Length (2) | type (1), length (2), value  |
 *   +---------+----------+------------+------------------------------+
 *
 * What can be judged without knowing our own configuration is judged here; the rest is
 * negotiation and belongs to `fsm`.
 */

import { type Capability, capabilitiesOf, encodeCapability } from './capability.ts';
import { decodeCapabilities } from './capabilityDecode.ts';
import {
  BGP_VERSION,
  ErrorCode,
  MAX_MESSAGE_LENGTH,
  MessageType,
  OpenSubcode,
} from './constants.ts';
import { RemoteError } from './errors.ts';
import { badMessageLength, MIN_OPEN_LENGTH, writeHeader } from './header.ts';
import { octets16, octets32, uint16, uint32 } from './octets.ts';

export interface OpenMessage {
  readonly version: number;
  /** The two-octet field: AS_TRANS when the real number needs four octets (RFC 6793). */
  readonly myAs: number;
  /** Seconds. */
  readonly holdTime: number;
  /** Unsigned 32-bit number. */
  readonly bgpIdentifier: number;
  /** In the order received. */
  readonly capabilities: readonly Capability[];
}

/** RFC 5492 §4: the one parameter type that is left; Authentication (1) is gone with RFC 1771. */
const CAPABILITIES_PARAMETER = 2;
/** RFC 9072 §2: in the place of the first parameter's type, "the extended format is in use". */
const EXTENDED_LENGTH = 255;

/** Where the Optional Parameters Length stands, counted from the start of the message. */
const PARAMETERS_OFFSET = 28;

/** The AS number in the four-octet capability (RFC 6793), if there is one. */
export function fourOctetAsOf(open: OpenMessage): number | undefined {
  return capabilitiesOf(open.capabilities, 'fourOctetAs').at(-1)?.asn;
}

/** `start..end` is the whole message. Throws RemoteError as RFC 4271 §6.2 has it. */
export function decodeOpen(bytes: Uint8Array, start: number, end: number): OpenMessage {
  const open = readOpen(bytes, start, end);
  judgeOpen(open);
  return open;
}

/** The fields, whatever they say; throws RemoteError for another version and for bad syntax. */
export function readOpen(bytes: Uint8Array, start: number, end: number): OpenMessage {
  if (end - start < MIN_OPEN_LENGTH) throw badMessageLength(end - start, MessageType.open);
  const version = bytes[start + 19]!;
  if (version !== BGP_VERSION) throw unsupportedVersion(version);
  return {
    version,
    myAs: uint16(bytes, start + 20),
    holdTime: uint16(bytes, start + 22),
    bgpIdentifier: uint32(bytes, start + 24),
    capabilities: decodeParameters(bytes, start + PARAMETERS_OFFSET, end),
  };
}

/** What no configuration could make acceptable. */
export function judgeOpen(open: OpenMessage): void {
  // RFC 7607 §2: AS 0 is nobody, in the field and in the capability that stands in for it.
  if (open.myAs === 0 || fourOctetAsOf(open) === 0) {
    throw openError(OpenSubcode.badPeerAs, 'AS 0 cannot be a neighbour');
  }
  // RFC 4271 §6.2: "MUST reject Hold Time values of one or two seconds".
  if (open.holdTime === 1 || open.holdTime === 2) {
    throw openError(OpenSubcode.unacceptableHoldTime, `a hold time of ${open.holdTime} s`);
  }
  // RFC 6286 §2.2: any number but zero.
  if (open.bgpIdentifier === 0) {
    throw openError(OpenSubcode.badBgpIdentifier, 'the BGP Identifier is 0.0.0.0');
  }
}

/** `at` is where the Optional Parameters Length stands. */
function decodeParameters(bytes: Uint8Array, at: number, end: number): Capability[] {
  // RFC 9072 §2: type 255 decides; the length before it "MUST be ignored", but is never zero.
  const isExtended = bytes[at] !== 0 && end - at >= 4 && bytes[at + 1] === EXTENDED_LENGTH;
  const from = isExtended ? at + 4 : at + 1;
  const length = isExtended ? uint16(bytes, at + 2) : bytes[at]!;
  if (from + length !== end) {
    throw malformed(`the optional parameters have ${end - from} octets and say ${length}`);
  }
  const headLength = isExtended ? 3 : 2;
  const capabilities: Capability[] = [];
  let next = from;
  while (next < end) {
    if (end - next < headLength) throw malformed('an optional parameter has no length');
    const type = bytes[next]!;
    const valueStart = next + headLength;
    next = valueStart + (isExtended ? uint16(bytes, valueStart - 2) : bytes[valueStart - 1]!);
    if (next > end) throw malformed(`optional parameter ${type} is longer than the message`);
    if (type !== CAPABILITIES_PARAMETER) throw unsupportedParameter(type);
    // RFC 5492 §4: several parameters, each with several capabilities, are all read.
    capabilities.push(...decodeCapabilities(bytes, valueStart, next));
  }
  return capabilities;
}

/**
 * All capabilities in one parameter, as RFC 5492 §4 wishes; the extended form (RFC 9072) only
 * where the short one cannot hold them, since older speakers do not know it. Throws RangeError
 * when the message would be longer than 4096 octets: our own mistake.
 */
export function encodeOpen(open: OpenMessage): Uint8Array {
  const parameters = encodeParameters(open.capabilities.map(encodeCapability));
  const length = PARAMETERS_OFFSET + parameters.length;
  if (length > MAX_MESSAGE_LENGTH) throw new RangeError(`an OPEN cannot be ${length} octets long`);
  const message = new Uint8Array(length);
  writeHeader(message, 0, length, MessageType.open);
  message.set([open.version, ...octets16(open.myAs), ...octets16(open.holdTime)], 19);
  message.set(octets32(open.bgpIdentifier), 24);
  message.set(parameters, PARAMETERS_OFFSET);
  return message;
}

/** From the Optional Parameters Length on. */
function encodeParameters(capabilities: readonly Uint8Array[]): number[] {
  if (capabilities.length === 0) return [0];
  const value = capabilities.flatMap((octets) => [...octets]);
  const shortLength = 2 + value.length;
  if (shortLength <= 255) return [shortLength, CAPABILITIES_PARAMETER, value.length, ...value];
  return [
    ...[EXTENDED_LENGTH, EXTENDED_LENGTH, ...octets16(3 + value.length)],
    ...[CAPABILITIES_PARAMETER, ...octets16(value.length), ...value],
  ];
}

/** RFC 4271 §6.2: the Data field is the version that we do speak. */
function unsupportedVersion(version: number): RemoteError {
  return new RemoteError(
    ErrorCode.openMessage,
    OpenSubcode.unsupportedVersion,
    Uint8Array.of(0, BGP_VERSION),
    `BGP version ${version} instead of ${BGP_VERSION}`,
  );
}

function unsupportedParameter(type: number): RemoteError {
  return openError(
    OpenSubcode.unsupportedOptionalParameter,
    `optional parameter ${type} is not known`,
  );
}

/** RFC 4271 §6.2: recognised but malformed. */
function malformed(message: string): RemoteError {
  return openError(OpenSubcode.unspecific, message);
}

function openError(subcode: number, message: string): RemoteError {
  return new RemoteError(ErrorCode.openMessage, subcode, new Uint8Array(0), message);
}

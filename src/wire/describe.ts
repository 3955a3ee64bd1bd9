/**
 * One message for people and for JSON: its fields, and what a session would do with it. The
 * decoders are the ones that the sessions use; UPDATE is in `describeUpdate.ts`.
 */

import { formatIdentifier } from '../net/address.ts';
import { formatAfiSafi } from './afiSafiText.ts';
import type { Capability } from './capability.ts';
import { formatCapability } from './capabilityText.ts';
import { CapabilityCode, HeaderSubcode, MessageType } from './constants.ts';
import type { CodecContext } from './context.ts';
import { type DescribedVerdict, describeUpdate, type UpdateDescription } from './describeUpdate.ts';
import { RemoteError } from './errors.ts';
import { messageType } from './header.ts';
import { formatHex } from './hex.ts';
import {
  communicationOf,
  decodeNotification,
  formatNotification,
  type NotificationMessage,
} from './notification.ts';
import { fourOctetAsOf, judgeOpen, type OpenMessage, readOpen } from './open.ts';
import { decodeRouteRefresh } from './routeRefresh.ts';

export type MessageDescription = {
  /** The whole message, header included. */
  readonly length: number;
  readonly verdict: DescribedVerdict;
} & MessageFields;

type MessageFields =
  | ({ readonly type: 'OPEN' } & OpenDescription)
  | ({ readonly type: 'UPDATE' } & Omit<UpdateDescription, 'verdict'>)
  | ({ readonly type: 'NOTIFICATION' } & NotificationDescription)
  | { readonly type: 'KEEPALIVE' }
  | ({ readonly type: 'ROUTE-REFRESH' } & RouteRefreshDescription)
  | MalformedDescription;

type MessageName = 'OPEN' | 'UPDATE' | 'NOTIFICATION' | 'KEEPALIVE' | 'ROUTE-REFRESH';

/** What a decoder refused as a whole, and what does not even begin like a message. */
interface MalformedDescription {
  readonly type: MessageName | 'UNKNOWN';
  readonly malformed: true;
  /** Hexadecimal digits, from the marker on. */
  readonly octets: string;
}

interface OpenDescription {
  readonly version: number;
  /** The two-octet field. */
  readonly myAs: number;
  /** The AS number that counts: the capability's, if there is one (RFC 6793). */
  readonly asn: number;
  /** Seconds. */
  readonly holdTime: number;
  readonly bgpIdentifier: string;
  readonly capabilities: readonly DescribedCapability[];
}

/** The fields of `Capability` of that kind; an unknown one's value is hexadecimal digits. */
type DescribedCapability =
  | (Exclude<Capability, { readonly kind: 'unknown' }> & CapabilityNote)
  | ({ readonly kind: 'unknown'; readonly value: string } & CapabilityNote);

interface CapabilityNote {
  readonly code: number;
  readonly text: string;
}

interface NotificationDescription {
  readonly code: number;
  readonly subcode: number;
  /** Hexadecimal digits. */
  readonly data: string;
  readonly text: string;
  /** RFC 9003. */
  readonly communication?: string;
}

interface RouteRefreshDescription {
  readonly afi: number;
  readonly safi: number;
  readonly family: string;
  readonly subtype: number;
  readonly meaning: string;
}

const NAMES: Readonly<Record<number, MessageName>> = {
  [MessageType.open]: 'OPEN',
  [MessageType.update]: 'UPDATE',
  [MessageType.notification]: 'NOTIFICATION',
  [MessageType.keepalive]: 'KEEPALIVE',
  [MessageType.routeRefresh]: 'ROUTE-REFRESH',
};

const OK: DescribedVerdict = { kind: 'ok' };

/** The message at `start..end`, of a type and a length that the framer let through. */
export function describeMessage(
  bytes: Uint8Array,
  type: number,
  start: number,
  end: number,
  context: CodecContext,
): MessageDescription {
  const length = end - start;
  try {
    switch (type) {
      case MessageType.open:
        return { type: 'OPEN', length, ...describeOpen(readOpen(bytes, start, end)) };
      case MessageType.update:
        return { type: 'UPDATE', length, ...describeUpdate(bytes, start, end, context) };
      case MessageType.notification: {
        const fields = describeNotification(decodeNotification(bytes, start, end));
        return { type: 'NOTIFICATION', length, ...fields, verdict: OK };
      }
      case MessageType.routeRefresh: {
        const fields = describeRouteRefresh(bytes, start, end);
        return { type: 'ROUTE-REFRESH', length, ...fields, verdict: OK };
      }
      default: // KEEPALIVE, of which there is nothing else to say
        return { type: 'KEEPALIVE', length, verdict: OK };
    }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return describeMalformed(bytes.subarray(start, end), NAMES[type], error);
  }
}

/** What no framer takes for a message: from its first octet on. */
export function describeMisframed(octets: Uint8Array, error: RemoteError): MessageDescription {
  // Only with a bad length does the type mean anything.
  const isLength = error.subcode === HeaderSubcode.badMessageLength;
  return describeMalformed(octets, isLength ? NAMES[messageType(octets, 0)] : undefined, error);
}

function describeMalformed(
  octets: Uint8Array,
  type: MessageName | undefined,
  error: RemoteError,
): MessageDescription {
  return {
    type: type ?? 'UNKNOWN',
    malformed: true,
    length: octets.length,
    octets: formatHex(octets),
    verdict: resetVerdict(error),
  };
}

function resetVerdict({ code, subcode, data, message }: RemoteError): DescribedVerdict {
  const text = message;
  return { kind: 'session-reset', code, subcode, data: formatHex(data), text, faults: [message] };
}

function describeOpen(open: OpenMessage): OpenDescription & { verdict: DescribedVerdict } {
  return {
    version: open.version,
    myAs: open.myAs,
    asn: fourOctetAsOf(open) ?? open.myAs,
    holdTime: open.holdTime,
    bgpIdentifier: formatIdentifier(open.bgpIdentifier),
    capabilities: open.capabilities.map(describeCapability),
    verdict: openVerdict(open),
  };
}

function openVerdict(open: OpenMessage): DescribedVerdict {
  try {
    judgeOpen(open);
    return OK;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return resetVerdict(error);
  }
}

function describeCapability(capability: Capability): DescribedCapability {
  const text = formatCapability(capability);
  if (capability.kind === 'unknown') {
    return { kind: 'unknown', code: capability.code, value: formatHex(capability.value), text };
  }
  return { ...capability, code: CapabilityCode[capability.kind], text };
}

function describeNotification(notification: NotificationMessage): NotificationDescription {
  const communication = communicationOf(notification);
  return {
    code: notification.code,
    subcode: notification.subcode,
    data: formatHex(notification.data),
    text: formatNotification(notification),
    ...(communication !== undefined && { communication }),
  };
}

/** RFC 7313 §3.2. */
const REFRESH_MEANINGS = ['request', 'begin', 'end'] as const;

function describeRouteRefresh(
  bytes: Uint8Array,
  start: number,
  end: number,
): RouteRefreshDescription {
  const { afi, safi, subtype } = decodeRouteRefresh(bytes, start, end);
  // RFC 7313 §5: an unknown subtype is ignored.
  const meaning = REFRESH_MEANINGS[subtype] ?? 'unknown subtype, ignored';
  return { afi, safi, family: formatAfiSafi({ afi, safi }), subtype, meaning };
}

/**
 * Capabilities (RFC 5492) as values; one that is not known here keeps its octets.
 *
 *   +------------------------------+
 *   | Capability Code (1 octet)    |
 *   +------------------------------+
 *   | Capability Length (1 octet)  |
 *   +------------------------------+
 *   | Capability Value (variable)  |
 *   +------------------------------+
 */

import type { AfiSafi } from '../net/family.ts';
import { CapabilityCode } from './constants.ts';
import { octets16, octets32 } from './octets.ts';

export type Capability =
  | ({ readonly kind: 'multiprotocol' } & AfiSafi) // RFC 4760
  | { readonly kind: 'routeRefresh' } // RFC 2918
  | { readonly kind: 'enhancedRouteRefresh' } // RFC 7313
  | { readonly kind: 'fourOctetAs'; readonly asn: number } // RFC 6793
  | { readonly kind: 'extendedMessage' } // RFC 8654
  | {
      readonly kind: 'extendedNextHop'; // RFC 8950
      readonly entries: readonly (AfiSafi & { readonly nextHopAfi: number })[];
    }
  | { readonly kind: 'role'; readonly role: number } // RFC 9234
  | {
      readonly kind: 'gracefulRestart'; // RFC 4724, 8538
      readonly restarting: boolean;
      readonly notification: boolean;
      /** Seconds. */
      readonly restartTime: number;
      readonly entries: readonly (AfiSafi & { readonly forwarding: boolean })[];
    }
  | {
      readonly kind: 'longLivedGracefulRestart'; // RFC 9494
      readonly entries: readonly (AfiSafi & {
        readonly forwarding: boolean;
        /** Seconds. */
        readonly staleTime: number;
      })[];
    }
  | {
      readonly kind: 'addPath'; // RFC 7911; 1 receive, 2 send, 3 both
      readonly entries: readonly (AfiSafi & { readonly sendReceive: number })[];
    }
  /** draft-walton-bgp-hostname-capability; the texts are safe to print. */
  | { readonly kind: 'fqdn'; readonly host: string; readonly domain: string }
  /** draft-abraitis-bgp-version-capability; the text is safe to print. */
  | { readonly kind: 'softwareVersion'; readonly version: string }
  | { readonly kind: 'unknown'; readonly code: number; readonly value: Uint8Array };

type CapabilityKind = Capability['kind'];
type CapabilityOfKind<K extends CapabilityKind> = Extract<Capability, { readonly kind: K }>;

/** Those of one kind, in the order received. */
export function capabilitiesOf<K extends CapabilityKind>(
  capabilities: readonly Capability[],
  kind: K,
): readonly CapabilityOfKind<K>[] {
  return capabilities.filter((c): c is CapabilityOfKind<K> => c.kind === kind);
}

/**
 * Code, length and value, as in an OPEN and as in the Data field of Unsupported Capability
 * (RFC 5492 §5). Throws RangeError when the value is longer than 255 octets: our own mistake.
 */
export function encodeCapability(capability: Capability): Uint8Array {
  const code = capability.kind === 'unknown' ? capability.code : CapabilityCode[capability.kind];
  const value = encodeValue(capability);
  if (value.length > 255) {
    throw new RangeError(`capability ${code} has ${value.length} octets, more than 255`);
  }
  return Uint8Array.of(code, value.length, ...value);
}

function encodeValue(capability: Capability): ArrayLike<number> & Iterable<number> {
  switch (capability.kind) {
    case 'multiprotocol':
      return [...octets16(capability.afi), 0, capability.safi];
    case 'routeRefresh':
    case 'enhancedRouteRefresh':
    case 'extendedMessage':
      return [];
    case 'fourOctetAs':
      return octets32(capability.asn);
    case 'extendedNextHop':
      return capability.entries.flatMap((entry) => [
        ...octets16(entry.afi),
        ...octets16(entry.safi),
        ...octets16(entry.nextHopAfi),
      ]);
    case 'role':
      return [capability.role];
    case 'gracefulRestart':
      return gracefulRestartValue(capability);
    case 'longLivedGracefulRestart':
      return capability.entries.flatMap(({ afi, safi, forwarding, staleTime }) => [
        ...[...octets16(afi), safi, forwarding ? 0x80 : 0],
        ...[(staleTime >>> 16) & 0xff, ...octets16(staleTime)],
      ]);
    case 'addPath':
      return capability.entries.flatMap(({ afi, safi, sendReceive }) => [
        ...octets16(afi),
        safi,
        sendReceive,
      ]);
    case 'fqdn':
      return [...lengthPrefixed(capability.host), ...lengthPrefixed(capability.domain)];
    case 'softwareVersion':
      return lengthPrefixed(capability.version);
    case 'unknown':
      return capability.value;
  }
}

function gracefulRestartValue(capability: CapabilityOfKind<'gracefulRestart'>): number[] {
  const flags = (capability.restarting ? 0x80 : 0) | (capability.notification ? 0x40 : 0);
  return [
    flags | ((capability.restartTime >>> 8) & 0x0f),
    capability.restartTime & 0xff,
    ...capability.entries.flatMap(({ afi, safi, forwarding }) => [
      ...octets16(afi),
      safi,
      forwarding ? 0x80 : 0,
    ]),
  ];
}

const encoder = new TextEncoder();

/** The length octet is checked with the whole value: a text that is too long makes that too long. */
function lengthPrefixed(text: string): number[] {
  const octets = encoder.encode(text);
  return [octets.length, ...octets];
}

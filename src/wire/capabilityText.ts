/** Capabilities as one line of text each. */

import { formatAfi, formatAfiSafi } from './afiSafiText.ts';
import type { Capability } from './capability.ts';
import { formatHex, spacedHex } from './hex.ts';

/** RFC 9234 §4.1. */
const ROLES = ['provider', 'route server', 'route server client', 'customer', 'peer'] as const;

/** RFC 7911 §4, from the sender's point of view. */
const SEND_RECEIVE: Readonly<Record<number, string>> = {
  1: 'receive',
  2: 'send',
  3: 'send and receive',
};

/** `multiprotocol ipv4 unicast`, `four-octet AS 64500`, `capability 131 (00 01)`. */
export function formatCapability(capability: Capability): string {
  switch (capability.kind) {
    case 'multiprotocol':
      return `multiprotocol ${formatAfiSafi(capability)}`;
    case 'routeRefresh':
      return 'route refresh';
    case 'enhancedRouteRefresh':
      return 'enhanced route refresh';
    case 'fourOctetAs':
      return `four-octet AS ${capability.asn}`;
    case 'extendedMessage':
      return 'extended message';
    case 'extendedNextHop':
      return withList('extended next hop', capability.entries, (entry) => {
        return `${formatAfiSafi(entry)} over ${formatAfi(entry.nextHopAfi)}`;
      });
    case 'role':
      return `role ${ROLES[capability.role] ?? capability.role}`;
    case 'gracefulRestart':
      return formatGracefulRestart(capability);
    case 'longLivedGracefulRestart':
      return withList('long-lived graceful restart', capability.entries, (entry) => {
        return `${formatAfiSafi(entry)} ${entry.staleTime} s${forwarding(entry)}`;
      });
    case 'addPath':
      return withList('add-path', capability.entries, (entry) => {
        return `${formatAfiSafi(entry)} ${SEND_RECEIVE[entry.sendReceive] ?? entry.sendReceive}`;
      });
    case 'fqdn':
      return `host name ${capability.host}${capability.domain === '' ? '' : `.${capability.domain}`}`;
    case 'softwareVersion':
      return `software version ${capability.version}`;
    case 'unknown':
      return `capability ${capability.code}${capability.value.length === 0 ? '' : ` (${spacedHex(formatHex(capability.value))})`}`;
  }
}

function formatGracefulRestart(
  capability: Extract<Capability, { kind: 'gracefulRestart' }>,
): string {
  const flags = [
    ...(capability.restarting ? ['restarting'] : []),
    ...(capability.notification ? ['survives NOTIFICATION'] : []), // RFC 8538 §2
  ];
  const head = [`graceful restart ${capability.restartTime} s`, ...flags].join(', ');
  return withList(head, capability.entries, (entry) => formatAfiSafi(entry) + forwarding(entry));
}

function forwarding(entry: { readonly forwarding: boolean }): string {
  return entry.forwarding ? ', forwarding preserved' : '';
}

function withList<T>(head: string, list: readonly T[], format: (entry: T) => string): string {
  return list.length === 0 ? head : `${head}: ${list.map(format).join('; ')}`;
}

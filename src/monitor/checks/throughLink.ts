/** Sockets of probes that must leave by one interface, whatever the routes prefer (SO_BINDTODEVICE). */

import { createConnection, isIPv6, Socket } from 'node:net';
import { loadSockopt } from '../../session/sockopt.ts';
import type { Target } from './connect.ts';

/**
 * A connection on its way. Without `device`, where the routes lead. Throws where the socket cannot be
 * had for a fault of ours: then nothing was found of the other side, good or bad.
 */
export function connecting({ host, port, source, device }: Target): Socket {
  const from = source === undefined ? {} : { localAddress: source };
  // It is an address: there is no other family to try.
  const way = { host, port, autoSelectFamily: false, ...from };
  if (device === undefined) return createConnection(way);
  const sockopt = loadSockopt();
  if (!sockopt) throw new Error(NO_SOCKOPT);
  const fd = sockopt.openThrough(isIPv6(host) ? 'ipv6' : 'ipv4', device);
  if (typeof fd === 'string') throw new Error(`${fd} is refused for ${device}`);
  return new Socket({ fd }).connect(way);
}

const NO_SOCKOPT =
  'the optional package koffi, which binds a socket to an interface, cannot be loaded';

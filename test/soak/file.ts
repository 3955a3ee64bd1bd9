/** The daemon's file for the soak: everything is let in, so that the model need not know policy. */

import type { Random } from '../fuzz/random.ts';
import type { Downstream } from './downstream.ts';
import { HOLD_TIME } from './peer.ts';
import type { Upstream } from './upstream.ts';

export const LOCAL_AS = 64500;
export const RECEIVER_AS = 64701;

/** For those whose routes no policy is to keep out. */
export const OPEN_IMPORT = {
  bogons: 'accept',
  'own-prefixes': 'accept',
  'long-paths': 'accept',
  'as-set': 'accept',
  'first-as': 'accept',
  'private-as': 'accept',
  'reserved-as': 'accept',
  'max-length': { ipv4: 32, ipv6: 128 },
  'allow-own-as': 10,
};

/** Each time with other attributes of our own prefix, which reach running sessions. */
export function fileOf(
  socket: string,
  port: number,
  upstreams: readonly Upstream[],
  downstreams: readonly Downstream[],
  random: Random,
): object {
  const common = {
    families: ['ipv4', 'ipv6'],
    'next-hop': { ipv6: '2001:db8::1' },
    'local-address': '127.0.0.1',
    'hold-time': `${HOLD_TIME}s`,
    'connect-retry': '1s',
    accept: 'full',
    import: OPEN_IMPORT,
    'max-prefixes': { ipv4: 'none', ipv6: 'none' },
  };
  const upstream = ({ name, asn, address, port }: Upstream) => [
    name,
    {
      ...common,
      asn,
      address,
      ...(port > 0 ? { port } : { passive: true }),
      prepend: random.below(3),
      med: random.below(1000),
    },
  ];
  const downstream = ({ name, asn, address }: Downstream) => [
    name,
    { ...common, asn, address, passive: true, accept: 'none' },
  ];
  return {
    asn: LOCAL_AS,
    'router-id': '192.0.2.1',
    listen: [`127.0.0.1:${port}`],
    control: { socket },
    prefixes: ['203.0.113.0/24'],
    upstreams: Object.fromEntries(upstreams.map(upstream)),
    downstreams: Object.fromEntries(downstreams.map(downstream)),
  };
}

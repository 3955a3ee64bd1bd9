/** What each recording upstream sends: what an honest one does, and what is refused, each for one reason. */

import type { Family } from '../../src/net/family.ts';
import type { FedRoute } from './feed.ts';

const EDGE = 64500;
const TRANSIT = 3356;

function far(neighbour: number, hops: number): readonly number[] {
  return [neighbour, ...Array<number>(hops - 1).fill(TRANSIT)];
}

/** The same of every neighbour, in both families; `v4` and `v6` number the address space. */
function routes(neighbour: number, v4: number, v6: string): readonly FedRoute[] {
  const honest = [neighbour, TRANSIT];
  return [
    { prefix: `20.${v4}.1.0/24`, path: honest },
    { prefix: `20.${v4}.2.0/23`, path: [neighbour] },
    { prefix: `20.${v4}.4.0/24`, path: far(neighbour, 64) },
    { prefix: `${v6}:1::/48`, path: honest },
    { prefix: `${v6}:2::/47`, path: [neighbour] },
    // More than 64 hops.
    { prefix: `20.${v4}.5.0/24`, path: far(neighbour, 65) },
    { prefix: `${v6}:5::/48`, path: far(neighbour, 70) },
    // Bogons.
    { prefix: '10.1.0.0/16', path: honest },
    { prefix: '100.64.5.0/24', path: honest },
    { prefix: '192.168.7.0/24', path: honest },
    { prefix: '240.1.0.0/16', path: honest },
    { prefix: '2001:db8:5::/48', path: honest },
    { prefix: 'fc00:1::/48', path: honest },
    // Our own, and parts of them.
    { prefix: '20.77.0.0/22', path: honest },
    { prefix: '20.77.3.0/24', path: honest },
    { prefix: '2a01:77:8::/48', path: honest },
    // Too long.
    { prefix: `20.${v4}.200.0/25`, path: honest },
    { prefix: `${v6}:200::/49`, path: honest },
    { prefix: `${v6}:201::/64`, path: honest },
    { prefix: `${v6}:202::/65`, path: honest },
    // Private and reserved numbers.
    { prefix: `20.${v4}.210.0/24`, path: [neighbour, 64512] },
    { prefix: `20.${v4}.211.0/24`, path: [neighbour, 65534, TRANSIT] },
    { prefix: `20.${v4}.212.0/24`, path: [neighbour, 4_200_000_000] },
    { prefix: `20.${v4}.213.0/24`, path: [neighbour, 4_294_967_294, TRANSIT] },
    { prefix: `20.${v4}.214.0/24`, path: [neighbour, 23456] },
    { prefix: `20.${v4}.215.0/24`, path: [neighbour, 65535] },
    { prefix: `${v6}:210::/48`, path: [neighbour, 64512] },
    { prefix: `${v6}:215::/48`, path: [neighbour, 4_294_967_295, TRANSIT] },
    // Next to those: not private, and nobody's in particular.
    { prefix: `20.${v4}.216.0/24`, path: [neighbour, 64511, 65536, 4_199_999_999] },
    // Another AS first, our own in it, an AS_SET at the end and in the middle.
    { prefix: `20.${v4}.220.0/24`, path: [TRANSIT, neighbour] },
    { prefix: `${v6}:220::/48`, path: [TRANSIT] },
    { prefix: `20.${v4}.221.0/24`, path: [neighbour, EDGE, TRANSIT] },
    { prefix: `${v6}:221::/48`, path: [neighbour, EDGE] },
    { prefix: `20.${v4}.222.0/24`, path: [neighbour, [TRANSIT, 174]] },
    { prefix: `20.${v4}.223.0/24`, path: [neighbour, [174], TRANSIT] },
    { prefix: `${v6}:222::/48`, path: [neighbour, [TRANSIT, 65551]] },
  ];
}

export function ofFamily(all: readonly FedRoute[], family: Family): readonly FedRoute[] {
  return all.filter(({ prefix }) => prefix.includes(':') === (family === 'ipv6'));
}

function defaults(path: readonly number[]): readonly FedRoute[] {
  return [
    { prefix: '0.0.0.0/0', path },
    { prefix: '::/0', path },
  ];
}

export const FEEDS = {
  a: [
    ...defaults([64496, TRANSIT]),
    ...routes(64496, 2, '2a02'),
    // The next hop is an address of ours.
    { prefix: '20.2.230.0/24', path: [64496, TRANSIT], nextHop: '198.51.100.2' },
  ],
  b: ofFamily([...defaults([64497]), ...routes(64497, 3, '2a03')], 'ipv4'),
  c: ofFamily([...defaults([64498]), ...routes(64498, 4, '2a04')], 'ipv6'),
} as const satisfies Record<string, readonly FedRoute[]>;

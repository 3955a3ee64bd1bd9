/** AFI/SAFI pairs as people write them; pairs without a name stay numbers. */

import type { AfiSafi } from '../net/family.ts';

/** IANA "Address Family Numbers", those that BGP carries. */
const AFI_NAMES: Readonly<Record<number, string>> = {
  1: 'ipv4',
  2: 'ipv6',
  25: 'l2vpn',
  16388: 'bgp-ls',
};

/** IANA "SAFI Values". */
const SAFI_NAMES: Readonly<Record<number, string>> = {
  1: 'unicast',
  2: 'multicast',
  4: 'labelled-unicast',
  5: 'multicast-vpn',
  65: 'vpls',
  70: 'evpn',
  71: 'bgp-ls',
  72: 'bgp-ls-vpn',
  73: 'sr-policy',
  128: 'vpn',
  129: 'multicast-ip-vpn',
  132: 'route-target',
  133: 'flowspec',
  134: 'flowspec-vpn',
};

/** `ipv4 unicast`, `l2vpn evpn`, `afi 99 safi 7`. */
export function formatAfiSafi({ afi, safi }: AfiSafi): string {
  return `${formatAfi(afi)} ${SAFI_NAMES[safi] ?? `safi ${safi}`}`;
}

export function formatAfi(afi: number): string {
  return AFI_NAMES[afi] ?? `afi ${afi}`;
}

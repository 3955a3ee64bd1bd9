/**
 * `struct tcp_md5sig`, what the kernel is told a TCP MD5 key with (RFC 2385, linux/tcp.h), in host
 * order but for the address:
 *
 *      0 sockaddr_storage (128): family (2), port (2), IPv4 address (4) | flow (4), IPv6 address (16)
 *    128 flags (1), prefix length (1), key length (2), interface (4)
 *    136 key (80)
 */

import type { IpAddress } from '../net/address.ts';
import { MAX_SECRET, type Secret } from './secret.ts';

const KEY = 136;
export const MD5SIG_OCTETS = KEY + MAX_SECRET;

const FAMILY = { ipv4: 2, ipv6: 10 } as const;
const ADDRESS = { ipv4: 4, ipv6: 8 } as const;
const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/** Of connections with `address`, whatever the port. Undefined: the key there is forgotten. */
export function md5Signature(address: IpAddress, md5: Secret | undefined): Uint8Array {
  const octets = new Uint8Array(MD5SIG_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint16(0, FAMILY[address.family], LITTLE_ENDIAN);
  octets.set(address.octets, ADDRESS[address.family]);
  view.setUint16(130, md5?.copyTo(octets, KEY) ?? 0, LITTLE_ENDIAN);
  return octets;
}

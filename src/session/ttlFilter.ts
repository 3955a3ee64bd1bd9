/**
 * GTSM for a listening socket (RFC 5082): a classic BPF program that drops what claims to come from
 * one of these addresses and was forwarded on its way. IP_MINTTL would do so for everybody who may
 * connect, and on the accepted socket it comes too late for what is in its buffer by then.
 */

import {
  encodeFilter,
  type Instruction,
  IP_HEADER,
  JUMP_EQUAL,
  LOAD_OCTET,
  LOAD_WORD,
  NOTHING,
  RETURN,
  TTL_OFFSET,
  WHOLE,
} from '../host/socketFilter.ts';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { GTSM_TTL } from './tcpOptions.ts';

const SOURCE = { ipv4: 12, ipv6: 8 } as const;
const WORDS = { ipv4: 1, ipv6: 4 } as const;

/** See `encodeFilter`. The addresses are of the family. */
export function ttlFilter(family: Family, addresses: readonly IpAddress[]): Uint8Array {
  return encodeFilter([
    [LOAD_OCTET, 0, 0, IP_HEADER + TTL_OFFSET[family]],
    [JUMP_EQUAL, 0, 1, GTSM_TTL],
    [RETURN, 0, 0, WHOLE],
    ...addresses.flatMap((address) => dropFrom(family, address)),
    [RETURN, 0, 0, WHOLE],
  ]);
}

/** Word after word; the first that differs jumps past the end. */
function dropFrom(family: Family, { octets }: IpAddress): readonly Instruction[] {
  const words = WORDS[family];
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const compare = Array.from({ length: words }, (_, i): readonly Instruction[] => [
    [LOAD_WORD, 0, 0, IP_HEADER + SOURCE[family] + i * 4],
    [JUMP_EQUAL, 0, (words - 1 - i) * 2 + 1, view.getUint32(i * 4)],
  ]);
  return [...compare.flat(), [RETURN, 0, 0, NOTHING]];
}

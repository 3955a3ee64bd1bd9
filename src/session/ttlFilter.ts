/**
 * GTSM for a listening socket (RFC 5082): a classic BPF program that drops what claims to come from
 * one of these addresses and was forwarded on its way. IP_MINTTL would do so for everybody who may
 * connect, and on the accepted socket it comes too late for what is in its buffer by then.
 *
 *   struct sock_filter: code (2) | jump if true (1) | jump if false (1) | k (4)
 */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { GTSM_TTL } from './tcpOptions.ts';

const LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const LOAD_OCTET = 0x30; // BPF_LD | BPF_B | BPF_ABS
const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K
const WHOLE = 0xffff_ffff;
const NOTHING = 0;

/** SKF_NET_OFF: offsets from here on count from the IP header. */
const IP_HEADER = 0xfff0_0000;
const TTL = { ipv4: 8, ipv6: 7 } as const;
const SOURCE = { ipv4: 12, ipv6: 8 } as const;
const WORDS = { ipv4: 1, ipv6: 4 } as const;

export const INSTRUCTION_OCTETS = 8;
const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

/** The program, `octets.length / 8` instructions. The addresses are of the family. */
export function ttlFilter(family: Family, addresses: readonly IpAddress[]): Uint8Array {
  const program: readonly Instruction[] = [
    [LOAD_OCTET, 0, 0, IP_HEADER + TTL[family]],
    [JUMP_EQUAL, 0, 1, GTSM_TTL],
    [RETURN, 0, 0, WHOLE],
    ...addresses.flatMap((address) => dropFrom(family, address)),
    [RETURN, 0, 0, WHOLE],
  ];
  const octets = new Uint8Array(program.length * INSTRUCTION_OCTETS);
  const view = new DataView(octets.buffer);
  program.forEach(([code, ifTrue, ifFalse, k], i) => {
    const at = i * INSTRUCTION_OCTETS;
    view.setUint16(at, code, LITTLE_ENDIAN);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, k, LITTLE_ENDIAN);
  });
  return octets;
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

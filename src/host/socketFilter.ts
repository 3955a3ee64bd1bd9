/**
 * Programs in classic BPF that the kernel runs on each packet before a socket has it: what they drop was
 * never there (socket(7), SO_ATTACH_FILTER).
 *
 *   struct sock_filter: code (2) | jump if true (1) | jump if false (1) | k (4)
 */

import { type LoadedLibc, octetsOf, SOL_SOCKET } from './libc.ts';

/** Jumps count the instructions that are left out. */
export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

export const LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const LOAD_OCTET = 0x30; // BPF_LD | BPF_B | BPF_ABS
export const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const RETURN = 0x06; // BPF_RET | BPF_K
/** What is returned: how many octets of the packet are kept. */
export const WHOLE = 0xffff_ffff;
export const NOTHING = 0;

/** SKF_NET_OFF: offsets from here on count from the IP header. */
export const IP_HEADER = 0xfff0_0000;
/** Where the TTL, or the hop limit, is in it. */
export const TTL_OFFSET = { ipv4: 8, ipv6: 7 } as const;

const SO_ATTACH_FILTER = 26;
const INSTRUCTION_OCTETS = 8;
/** sizeof(struct sock_fprog): a length, padding, a pointer. */
const PROGRAM_OCTETS = 16;

export function encodeFilter(program: readonly Instruction[]): Uint8Array {
  const octets = new Uint8Array(program.length * INSTRUCTION_OCTETS);
  program.forEach(([code, ifTrue, ifFalse, k], i) => {
    const at = i * INSTRUCTION_OCTETS;
    octets.set(octetsOf(Uint16Array.of(code)), at);
    octets.set([ifTrue, ifFalse], at + 2);
    octets.set(octetsOf(Uint32Array.of(k)), at + 4);
  });
  return octets;
}

/** Gives a socket a program as `encodeFilter` has it, instead of the one before; false: not taken. */
export type AttachFilter = (fd: number, filter: Uint8Array) => boolean;

export function filterAttacher({ koffi, library }: LoadedLibc): AttachFilter {
  const program = koffi.struct({ len: 'uint16_t', filter: 'const uint8_t *' });
  const attach = library.func('setsockopt', 'int', [
    ...['int', 'int', 'int'],
    koffi.pointer(program),
    'uint32_t',
  ]);
  return (fd, filter) => {
    const value = { len: filter.length / INSTRUCTION_OCTETS, filter };
    return attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, value, PROGRAM_OCTETS) === 0;
  };
}

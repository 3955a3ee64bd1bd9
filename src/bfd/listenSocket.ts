/**
 * The UDP sockets that BFD listens on. RFC 5881 §5: what comes with another TTL than 255 was
 * forwarded, and is dropped, here by a filter in the kernel: IP_MINTTL does nothing on UDP. The
 * filter is there before the socket has an address, so that nothing gets past it. Needs koffi.
 */

import { createSocket, type Socket } from 'node:dgram';
import { openLibc } from '../host/libc.ts';
import type { Family } from '../net/family.ts';

const AF = { ipv4: 2, ipv6: 10 } as const;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/** Offsets count from the network header; where the TTL is in it. */
const SKF_NET_OFF = 0xfff0_0000;
const TTL_OFFSET = { ipv4: 8, ipv6: 7 } as const;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  attach(fd: number, level: number, name: number, program: FilterProgram, size: number): number;
  bind(fd: number, address: Uint8Array, size: number): number;
  close(fd: number): number;
}

interface FilterProgram {
  readonly len: number;
  readonly filter: Uint8Array;
}

/** sizeof(struct sock_fprog). */
const PROGRAM_OCTETS = 16;

let loaded: Libc | undefined;

function libc(): Libc {
  if (loaded) return loaded;
  const { koffi, library } = openLibc();
  const program = koffi.struct({ len: 'uint16_t', filter: 'const uint8_t *' });
  loaded = {
    socket: library.func('socket', 'int', ['int', 'int', 'int']),
    setsockopt: library.func('setsockopt', 'int', [
      ...['int', 'int', 'int', 'const uint8_t *', 'uint32_t'],
    ]),
    attach: library.func('setsockopt', 'int', [
      ...['int', 'int', 'int'],
      koffi.pointer(program),
      'uint32_t',
    ]),
    bind: library.func('bind', 'int', ['int', 'const uint8_t *', 'uint32_t']),
    close: library.func('close', 'int', ['int']),
  };
  return loaded;
}

/**
 * Listens on every address of the family. `onlyNear`: packets with TTL 255 alone. Throws an Error
 * that says what is in the way.
 */
export function listenOn(family: Family, port: number, onlyNear: boolean): Promise<Socket> {
  const c = libc();
  const fd = c.socket(AF[family], SOCK_DGRAM_CLOEXEC_NONBLOCK, 0);
  if (fd < 0) throw new Error(`no ${family} socket can be had`);
  const fault = prepare(c, fd, family, port, onlyNear);
  if (fault) {
    c.close(fd);
    throw new Error(fault);
  }
  const socket = createSocket(family === 'ipv4' ? 'udp4' : 'udp6');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ fd, exclusive: true }, () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

function prepare(
  c: Libc,
  fd: number,
  family: Family,
  port: number,
  onlyNear: boolean,
): string | undefined {
  if (family === 'ipv6') {
    const yes = new Uint8Array(Int32Array.of(1).buffer);
    if (c.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, yes, 4) !== 0) return 'IPV6_V6ONLY fails';
  }
  if (onlyNear) {
    const filter = nearFilter(family);
    const program = { len: filter.length / 8, filter };
    if (c.attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM_OCTETS) !== 0) {
      return 'the kernel takes no packet filter: strangers could pretend to be neighbours';
    }
  }
  const address = anyAddress(family, port);
  if (c.bind(fd, address, address.length) === 0) return undefined;
  return `UDP port ${port} (${family}) cannot be had: another BFD daemon has it`;
}

/** `ldb [net + TTL]; jeq 255, 0, 1; ret all; ret nothing`, as the host lays out `struct sock_filter`. */
export function nearFilter(family: Family): Uint8Array {
  const program: readonly (readonly [number, number, number, number])[] = [
    [0x30, 0, 0, SKF_NET_OFF + TTL_OFFSET[family]],
    [0x15, 0, 1, 255],
    [0x06, 0, 0, 0xffff],
    [0x06, 0, 0, 0],
  ];
  const octets = new Uint8Array(program.length * 8);
  program.forEach(([code, yes, no, k], i) => {
    octets.set(new Uint8Array(Uint16Array.of(code).buffer), i * 8);
    octets.set([yes, no], i * 8 + 2);
    octets.set(new Uint8Array(Uint32Array.of(k).buffer), i * 8 + 4);
  });
  return octets;
}

/** `struct sockaddr_in` or `sockaddr_in6` of the unspecified address. */
function anyAddress(family: Family, port: number): Uint8Array {
  const octets = new Uint8Array(family === 'ipv4' ? 16 : 28);
  octets.set(new Uint8Array(Uint16Array.of(AF[family]).buffer));
  new DataView(octets.buffer).setUint16(2, port);
  return octets;
}

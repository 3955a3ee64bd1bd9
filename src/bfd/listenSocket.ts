/**
 * The UDP sockets that BFD listens on. RFC 5881 §5: what comes with another TTL than 255 was
 * forwarded, and is dropped, here by a filter in the kernel: IP_MINTTL does nothing on UDP. The
 * filter is there before the socket has an address, so that nothing gets past it. Needs koffi.
 */

import { createSocket, type Socket } from 'node:dgram';
import { AF, octetsOf, openLibc, SOCK_CLOEXEC, SOCK_NONBLOCK } from '../host/libc.ts';
import {
  type AttachFilter,
  encodeFilter,
  filterAttacher,
  IP_HEADER,
  JUMP_EQUAL,
  LOAD_OCTET,
  NOTHING,
  RETURN,
  TTL_OFFSET,
  WHOLE,
} from '../host/socketFilter.ts';
import type { Family } from '../net/family.ts';

const SOCK_DGRAM = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  readonly attachFilter: AttachFilter;
  bind(fd: number, address: Uint8Array, size: number): number;
  close(fd: number): number;
}

let loaded: Libc | undefined;

function libc(): Libc {
  if (loaded) return loaded;
  const host = openLibc();
  const { library } = host;
  loaded = {
    socket: library.func('socket', 'int', ['int', 'int', 'int']),
    setsockopt: library.func('setsockopt', 'int', [
      ...['int', 'int', 'int', 'const uint8_t *', 'uint32_t'],
    ]),
    attachFilter: filterAttacher(host),
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
  const fd = c.socket(AF[family], SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
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
    const yes = octetsOf(Int32Array.of(1));
    if (c.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, yes, 4) !== 0) return 'IPV6_V6ONLY fails';
  }
  if (onlyNear && !c.attachFilter(fd, nearFilter(family))) {
    return 'the kernel takes no packet filter: strangers could pretend to be neighbours';
  }
  const address = anyAddress(family, port);
  if (c.bind(fd, address, address.length) === 0) return undefined;
  return `UDP port ${port} (${family}) cannot be had: another BFD daemon has it`;
}

/** Packets with TTL 255. */
export function nearFilter(family: Family): Uint8Array {
  return encodeFilter([
    [LOAD_OCTET, 0, 0, IP_HEADER + TTL_OFFSET[family]],
    [JUMP_EQUAL, 0, 1, 255],
    [RETURN, 0, 0, WHOLE],
    [RETURN, 0, 0, NOTHING],
  ]);
}

/** `struct sockaddr_in` or `sockaddr_in6` of the unspecified address. */
function anyAddress(family: Family, port: number): Uint8Array {
  const octets = new Uint8Array(family === 'ipv4' ? 16 : 28);
  octets.set(octetsOf(Uint16Array.of(AF[family])));
  new DataView(octets.buffer).setUint16(2, port);
  return octets;
}

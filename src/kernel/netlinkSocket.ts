/**
 * A socket to the kernel's routing tables (AF_NETLINK), through the optional package `koffi`; Linux
 * numbers. Its calls return when the kernel has done the work, which may take a second: they belong
 * into a thread of their own.
 */

import { MSG_DONTWAIT, octetsOf, openLibc, SOCK_CLOEXEC, SOL_SOCKET } from '../host/libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;

const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** For the answers to a whole batch that fails: one takes about a kilobyte. */
const RECEIVE_OCTETS = 8 << 20;
const SEND_OCTETS = 1 << 20;

const EAGAIN = 11;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  send(fd: number, octets: Uint8Array, length: number, flags: number): number;
  recv(fd: number, octets: Uint8Array, length: number, flags: number): number;
  if_nametoindex(name: string): number;
  close(fd: number): number;
}

export interface NetlinkSocket {
  /** The kernel has done what it was asked when this returns. 0, or why it did not take the octets. */
  send(octets: Uint8Array, length: number): number;
  /** Octets that one message of the kernel's took; 0: there is none; else the negative errno. */
  receive(into: Uint8Array): number;
  /** 0: there is none of this name. */
  interfaceNumber(name: string): number;
  close(): void;
}

/** Throws an Error that says what is in the way. */
export function openNetlink(): NetlinkSocket {
  const { c, errno } = libc();
  const fd = c.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) throw new Error(`no netlink socket can be had: ${errnoText(errno())}`);
  for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK]) {
    setNumber(c, fd, SOL_NETLINK, option, 1);
  }
  setNumber(c, fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_OCTETS);
  setNumber(c, fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_OCTETS);
  return {
    send: (octets, length) => (c.send(fd, octets, length, 0) < 0 ? errno() : 0),
    receive(into) {
      const length = c.recv(fd, into, into.length, MSG_DONTWAIT);
      if (length >= 0) return length;
      const why = errno();
      return why === EAGAIN ? 0 : -why;
    },
    interfaceNumber: (name) => c.if_nametoindex(name),
    close: () => void c.close(fd),
  };
}

function setNumber(c: Libc, fd: number, level: number, name: number, value: number): void {
  c.setsockopt(fd, level, name, octetsOf(Int32Array.of(value)), 4);
}

function libc(): { readonly c: Libc; readonly errno: () => number } {
  const { koffi, library } = openLibc();
  const c = {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    setsockopt: library.func(
      'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t size)',
    ),
    send: library.func('intptr_t send(int fd, const uint8_t *octets, size_t length, int flags)'),
    recv: library.func('intptr_t recv(int fd, uint8_t *octets, size_t length, int flags)'),
    if_nametoindex: library.func('uint32_t if_nametoindex(const char *name)'),
    close: library.func('int close(int fd)'),
  };
  return { c, errno: () => koffi.errno() };
}

/** What is seen of routes and nexthop objects. */
const TEXTS: Readonly<Record<number, string>> = {
  1: 'Operation not permitted',
  2: 'No such file or directory',
  3: 'No such process',
  12: 'Cannot allocate memory',
  17: 'File exists',
  19: 'No such device',
  22: 'Invalid argument',
  95: 'Operation not supported',
  100: 'Network is down',
  101: 'Network is unreachable',
  105: 'No buffer space available',
  113: 'No route to host',
};

export function errnoText(errno: number): string {
  return TEXTS[errno] ?? `error ${errno}`;
}

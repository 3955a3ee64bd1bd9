/**
 * The socket options that `node:net` does not reach, through the optional package `koffi` (libc
 * calls, prebuilt). Linux numbers. Without koffi, `loadSockopt` gives undefined: then sessions run
 * with the kernel's defaults where that is harmless, and not at all where it is not (`mustHave`).
 */

import type { Server, Socket } from 'node:net';
import {
  AF,
  type LoadedLibc,
  octetsOf,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
  withLibc,
} from '../host/libc.ts';
import { type AttachFilter, filterAttacher } from '../host/socketFilter.ts';
import { type IpAddress, ipv4FromNumber } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { MD5SIG_OCTETS, md5Signature } from './md5Signature.ts';
import { Secret } from './secret.ts';
import type { TcpOptions } from './tcpOptions.ts';
import { ttlFilter } from './ttlFilter.ts';

export interface Sockopt {
  /**
   * A TCP socket, not yet connected, with these options, which hold for the SYN too; give it to
   * `net.Socket`. Or the name of the option that could not be set, or `socket`.
   */
  openTcp(options: TcpOptions): number | string;
  /** A plain one, not yet connected, whose packets leave by this interface; or as `openTcp`. */
  openThrough(family: Family, device: string): number | string;
  /** Sets them on a connection; undefined: all are set. Else the name of the one that is not. */
  apply(socket: Socket, options: TcpOptions): string | undefined;
  /** Marks what a listening socket sends itself, SYN-ACKs that is. */
  markListener(server: Server, family: Family): void;
  /** The TTL of the same; undefined: the kernel's default. */
  setListenTtl(server: Server, family: Family, ttl: number | undefined): boolean;
  /** Drops what comes from these and was forwarded on its way (RFC 5082). False: not set. */
  setTtlFilter(server: Server, family: Family, addresses: readonly IpAddress[]): boolean;
  /** Segments from `address` must have this key from now on; undefined: none. False: not set. */
  setKey(server: Server, address: IpAddress, md5: Secret | undefined): boolean;
  /** Whether this kernel knows TCP MD5 at all. */
  readonly knowsMd5: boolean;
}

const SOCK_STREAM = 1;
const SO_BINDTODEVICE = 25;
const SO_DETACH_FILTER = 27;
const IPPROTO_TCP = 6;
const TCP_MD5SIG = 14;
const TCP_USER_TIMEOUT = 18;
/** Level and number. */
const IP_OPTION = {
  ipv4: { ttl: [0, 2], minTtl: [0, 21], trafficClass: [0, 1] },
  ipv6: { ttl: [41, 16], minTtl: [41, 73], trafficClass: [41, 67] },
} as const;
/** Internetwork control: what routers take for each other's (RFC 2474 §4.2.2.1). */
const CS6 = 0xc0;
/** Back to the kernel's default. */
const DEFAULT_TTL = -1;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  readonly attachFilter: AttachFilter;
  close(fd: number): number;
}

let loaded: { sockopt: Sockopt | undefined } | undefined;

/** Loads koffi on first use (about 10 ms); undefined when it is not installed or not on Linux. */
export function loadSockopt(): Sockopt | undefined {
  loaded ??= { sockopt: withLibc((libc) => sockoptOver(callsOf(libc))) };
  return loaded.sockopt;
}

function callsOf(libc: LoadedLibc): Libc {
  const { library } = libc;
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    setsockopt: library.func(
      'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t size)',
    ),
    attachFilter: filterAttacher(libc),
    close: library.func('int close(int fd)'),
  };
}

function sockoptOver(c: Libc): Sockopt {
  return {
    openTcp: (options) => openTcp(c, options),
    openThrough: (family, device) => openThrough(c, family, device),
    apply(socket, options) {
      const fd = descriptorOf(socket);
      return fd === undefined ? 'descriptor' : applyTo(c, fd, options);
    },
    markListener(server, family) {
      const fd = descriptorOf(server);
      if (fd !== undefined) setNumber(c, fd, IP_OPTION[family].trafficClass, CS6);
    },
    setListenTtl(server, family, ttl) {
      const fd = descriptorOf(server);
      return fd !== undefined && setNumber(c, fd, IP_OPTION[family].ttl, ttl ?? DEFAULT_TTL);
    },
    setTtlFilter(server, family, addresses) {
      const fd = descriptorOf(server);
      return fd !== undefined && setTtlFilter(c, fd, family, addresses);
    },
    setKey(server, address, md5) {
      const fd = descriptorOf(server);
      return fd !== undefined && setMd5(c, fd, address, md5);
    },
    get knowsMd5() {
      return knowsMd5(c);
    },
  };
}

function openThrough(c: Libc, family: Family, device: string): number | string {
  const fd = newSocket(c, family);
  if (fd < 0) return 'socket';
  if (setDevice(c, fd, device)) return fd;
  c.close(fd);
  return 'SO_BINDTODEVICE';
}

function newSocket(c: Libc, family: Family): number {
  return c.socket(AF[family], SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

function openTcp(c: Libc, options: TcpOptions): number | string {
  const fd = newSocket(c, options.address.family);
  if (fd < 0) return 'socket';
  const failed = applyTo(c, fd, options);
  if (failed === undefined) return fd;
  c.close(fd);
  return failed;
}

function applyTo(c: Libc, fd: number, options: TcpOptions): string | undefined {
  const { address, ttl, minTtl, md5, userTimeout, device } = options;
  const ip = IP_OPTION[address.family];
  // The key first: a segment that beats it on a connection that was accepted would go unsigned.
  if (md5 && !setMd5(c, fd, address, md5)) return 'TCP_MD5SIG';
  if (minTtl !== undefined && !setNumber(c, fd, ip.minTtl, minTtl)) return 'IP_MINTTL';
  if (!setNumber(c, fd, ip.ttl, ttl)) return 'IP_TTL';
  if (device !== undefined && !setDevice(c, fd, device)) return 'SO_BINDTODEVICE';
  // Without these a session is no less what the file says.
  setNumber(c, fd, ip.trafficClass, CS6);
  setNumber(c, fd, [IPPROTO_TCP, TCP_USER_TIMEOUT], userTimeout);
  return undefined;
}

function setNumber(
  c: Libc,
  fd: number,
  [level, name]: readonly [number, number],
  value: number,
): boolean {
  const octets = octetsOf(Int32Array.of(value));
  return c.setsockopt(fd, level, name, octets, octets.length) === 0;
}

function setDevice(c: Libc, fd: number, device: string): boolean {
  const name = new TextEncoder().encode(`${device}\0`);
  return c.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length) === 0;
}

function setMd5(c: Libc, fd: number, address: IpAddress, md5: Secret | undefined): boolean {
  const octets = md5Signature(address, md5);
  const set = c.setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, octets, MD5SIG_OCTETS) === 0;
  octets.fill(0);
  return set;
}

function setTtlFilter(
  c: Libc,
  fd: number,
  family: Family,
  addresses: readonly IpAddress[],
): boolean {
  if (addresses.length === 0) {
    c.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4), 4);
    return true;
  }
  return c.attachFilter(fd, ttlFilter(family, addresses));
}

/** A documentation address and no secret. */
const PROBE = ipv4FromNumber(0xc000_0201);
const PROBE_KEY = new Secret('probe');

/** Kernels may be built without it. */
function knowsMd5(c: Libc): boolean {
  const fd = c.socket(AF.ipv4, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const known = setMd5(c, fd, PROBE, PROBE_KEY);
  c.close(fd);
  return known;
}

/** `_handle.fd` is not documented by Node; everything that relies on it goes through here. */
function descriptorOf(owner: Socket | Server): number | undefined {
  const handle: unknown = Reflect.get(owner, '_handle');
  const fd: unknown = typeof handle === 'object' && handle ? Reflect.get(handle, 'fd') : undefined;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

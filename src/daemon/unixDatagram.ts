/**
 * A datagram to a unix socket, which Node has no call for: libc's through the optional package
 * `koffi`. Linux numbers.
 */

import { type LoadedLibc, MSG_DONTWAIT, octetsOf, SOCK_CLOEXEC, withLibc } from '../host/libc.ts';

/** Sends one datagram; false when the kernel did not take it. */
export type SendDatagram = (path: string, text: string) => boolean;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` in a sockaddr_un, the zero at its end included. */
const PATH_SIZE = 108;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    octets: Uint8Array,
    size: number,
    flags: number,
    address: Uint8Array,
    addressSize: number,
  ): number;
  close(fd: number): number;
}

/** Undefined without koffi, and where the system is not Linux. */
export function loadSendDatagram(): SendDatagram | undefined {
  return withLibc((libc) => sendingOver(callsOf(libc)));
}

function callsOf({ library }: LoadedLibc): Libc {
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    sendto: library.func(
      'long sendto(int fd, const uint8_t *octets, size_t size, int flags, const uint8_t *address, uint32_t addressSize)',
    ),
    close: library.func('int close(int fd)'),
  };
}

function sendingOver(c: Libc): SendDatagram {
  return (path, text) => {
    const address = addressOf(path);
    const fd = address ? c.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    if (!address || fd < 0) return false;
    const octets = Buffer.from(text);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const sent = c.sendto(fd, octets, octets.length, flags, address, address.length);
    c.close(fd);
    return Number(sent) === octets.length;
  };
}

/**
 * A sockaddr_un: the family in the machine's order, then the path. A path that begins with @ is in
 * the abstract namespace: a zero stands there instead, and none at the end. Undefined: too long.
 */
export function addressOf(path: string): Uint8Array | undefined {
  const octets = Buffer.from(path);
  const isAbstract = path.startsWith('@');
  if (octets.length + (isAbstract ? 0 : 1) > PATH_SIZE) return undefined;
  const address = new Uint8Array(2 + octets.length + (isAbstract ? 0 : 1));
  address.set(octetsOf(Uint16Array.of(AF_UNIX)));
  address.set(octets, 2);
  if (isAbstract) address[2] = 0;
  return address;
}

/**
 * Whole Ethernet frames of one interface (packet(7)), through koffi. A frame comes and goes with the
 * kernel's note on it (`struct virtio_net_hdr`): what veth leaves for hardware to do, checksums and
 * the cutting of long segments, is then done, or left again, by the kernel at the other side.
 */

import { readFileSync } from 'node:fs';
import {
  MSG_DONTWAIT,
  octetsOf,
  openLibc,
  SOCK_CLOEXEC,
  SOL_SOCKET,
  withLibc,
} from '../../host/libc.ts';
import { LabError } from '../labError.ts';

export interface PacketSocket {
  /** The next frame, or undefined after a while without one. Valid until the next call. */
  receive(): Promise<Uint8Array | undefined>;
  /** A frame as it was received. Where the interface is down it is lost, as on a cable. */
  send(frame: Uint8Array): void;
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  bind(fd: number, address: Uint8Array, size: number): number;
  send(fd: number, frame: Uint8Array, size: number, flags: number): number;
  /** Off the main thread. */
  receive(fd: number, into: Uint8Array, told: (octets: number) => void): void;
}

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL = 3;
const SO_RCVTIMEO = 20;
const SOL_PACKET = 263;
const PACKET_VNET_HDR = 15;
/** Otherwise what is sent here would be received here, and go round for ever. */
const PACKET_IGNORE_OUTGOING = 23;

/** The note, the Ethernet header, and the longest packet that the kernel has not cut yet. */
const MAX_FRAME = 10 + 18 + 65_536;
/** How long `receive` waits, in microseconds: it then sees that the process is to end. */
const PATIENCE = 200_000n;

/** Whether koffi is there, and this is Linux. */
export function canRelay(): boolean {
  return withLibc(() => true) ?? false;
}

/** Throws LabError. */
export function openPacketSocket(device: string): PacketSocket {
  const c = libc();
  const fd = c.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new LabError('packet sockets need root');
  const yes = octetsOf(Int32Array.of(1));
  const [own, notes] = [PACKET_IGNORE_OUTGOING, PACKET_VNET_HDR].map((option) =>
    c.setsockopt(fd, SOL_PACKET, option, yes, yes.length),
  );
  const wait = octetsOf(BigInt64Array.of(0n, PATIENCE));
  const waits = c.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, wait, wait.length);
  const address = linkAddress(indexOf(device));
  if (own !== 0 || notes !== 0 || waits !== 0 || c.bind(fd, address, address.length) !== 0) {
    throw new LabError(`the frames of ${device} cannot be had from this kernel`);
  }
  const into = new Uint8Array(MAX_FRAME);
  return {
    receive: () =>
      new Promise((resolve) => {
        c.receive(fd, into, (octets) => {
          resolve(octets > 0 ? into.subarray(0, octets) : undefined);
        });
      }),
    send: (frame) => {
      c.send(fd, frame, frame.length, MSG_DONTWAIT);
    },
  };
}

function libc(): Libc {
  const { koffi, library } = openLibc();
  const filled = koffi.out('uint8_t *');
  const recv = library.func('recv', 'int64_t', ['int', filled, 'uint64_t', 'int']);
  return {
    socket: library.func('socket', 'int', ['int', 'int', 'int']),
    setsockopt: library.func('setsockopt', 'int', [
      ...['int', 'int', 'int', 'const uint8_t *', 'uint32_t'],
    ]),
    bind: library.func('bind', 'int', ['int', 'const uint8_t *', 'uint32_t']),
    send: library.func('send', 'int64_t', ['int', 'const uint8_t *', 'uint64_t', 'int']),
    receive: (fd, into, told) =>
      recv.async(fd, into, into.length, 0, (error: unknown, octets: unknown) =>
        told(error || typeof octets !== 'number' ? -1 : octets),
      ),
  };
}

function indexOf(device: string): number {
  return Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'));
}

/** `struct sockaddr_ll` of an interface, for every protocol. */
function linkAddress(index: number): Uint8Array {
  const octets = new Uint8Array(20);
  octets.set(octetsOf(Uint16Array.of(AF_PACKET)));
  new DataView(octets.buffer).setUint16(2, ETH_P_ALL);
  octets.set(octetsOf(Int32Array.of(index)), 4);
  return octets;
}

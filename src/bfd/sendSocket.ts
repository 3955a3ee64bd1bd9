/**
 * The UDP socket that one session sends from: its own source port in 49152..65535, kept for its
 * life, and TTL 255 (RFC 5881 §4, §5).
 */

import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { errorCode } from '../net/errorText.ts';
import type { BfdTarget } from './messages.ts';

const FIRST_PORT = 49152;
const PORTS = 16384;
const ATTEMPTS = 20;
/** RFC 5881 §4, RFC 5883 §5. */
export const SINGLE_HOP_PORT = 3784;
export const MULTIHOP_PORT = 4784;

export class SendSocket {
  readonly #target: BfdTarget;
  readonly #chance: () => number;
  #socket: Socket | undefined;
  /** The newest packet, while the socket is being opened. */
  #waiting: Uint8Array | undefined;
  #attempts = 0;
  #closed = false;

  constructor(target: BfdTarget, chance: () => number) {
    this.#target = target;
    this.#chance = chance;
  }

  /** What cannot be sent is lost: a way that is not there is what BFD is to find out. */
  send(octets: Uint8Array): void {
    const { address, interface: link, multihop } = this.#target;
    const socket = this.#socket;
    if (!socket) {
      const opening = this.#waiting !== undefined;
      this.#waiting = octets;
      if (!opening && !this.#closed) this.#open();
      return;
    }
    const host = /^fe80:/i.test(address) && link !== undefined ? `${address}%${link}` : address;
    socket.send(octets, multihop ? MULTIHOP_PORT : SINGLE_HOP_PORT, host, () => {});
  }

  /** After what was sent has gone. */
  close(): void {
    this.#closed = true;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) setImmediate(() => socket.close());
  }

  #open(): void {
    const { family, localAddress } = this.#target;
    const socket = createSocket({ type: family === 'ipv4' ? 'udp4' : 'udp6', lookup: asItIs });
    const port = FIRST_PORT + Math.floor(this.#chance() * PORTS);
    const retry = (error: Error) => {
      socket.close();
      if (this.#socket === socket) this.#socket = undefined;
      // Our address may be gone with its link: the next packet tries again.
      const taken = errorCode(error) === 'EADDRINUSE';
      if (taken && !this.#closed && this.#attempts++ < ATTEMPTS) this.#open();
      else this.#waiting = undefined;
    };
    socket.once('error', retry);
    socket.bind({ port, ...(localAddress === undefined ? {} : { address: localAddress }) }, () => {
      if (this.#closed) {
        socket.close();
        return;
      }
      socket.setTTL(255);
      this.#attempts = 0;
      this.#socket = socket;
      const first = this.#waiting;
      this.#waiting = undefined;
      if (first) this.send(first);
    });
  }
}

/** Addresses are no names: nothing is to be asked, and nothing to be waited for. */
function asItIs(
  host: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, host, isIPv6(host) ? 6 : 4);
}

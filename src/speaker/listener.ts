/**
 * The listening sockets, one set for all neighbours. A source that is no neighbour is closed
 * before anything is read or allocated for it, and counted rather than logged one by one.
 */

import { createServer, type Server, type Socket } from 'node:net';
import type { ListenAddress } from '../config/config.ts';
import { formatEndpoint } from '../net/address.ts';
import { errorText } from '../net/errorText.ts';
import { socketErrorText } from '../session/socketError.ts';
import { type Guarded, ListenGuard } from './listenGuard.ts';

/** Takes the socket (paused) and answers true, or answers false: then it is reset. */
export type Admit = (socket: Socket, remoteAddress: string) => boolean;

/** Why a listening address could not be had, in words, with the mend. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export class Listener {
  readonly #admit: Admit;
  readonly #servers = new Map<string, Listening>();
  #addresses: readonly ListenAddress[] = [];
  #guarded: readonly Guarded[] = [];

  constructor(admit: Admit) {
    this.#admit = admit;
  }

  /**
   * Listens on exactly these addresses: others are closed, new ones opened; and demands exactly
   * this of who connects. Throws ListenError when one cannot be had; then it listens as before, as
   * far as that can be had back.
   */
  async listenOn(
    addresses: readonly ListenAddress[],
    guarded: readonly Guarded[] = [],
  ): Promise<void> {
    const before = [this.#addresses, this.#guarded] as const;
    try {
      await this.#change(addresses, guarded);
    } catch (error) {
      await this.#change(...before).catch((lost: Error) => {
        throw new ListenError(`${errorText(error)}; and on the way back: ${lost.message}`);
      });
      throw error;
    }
  }

  close(): void {
    for (const { server } of this.#servers.values()) server.close();
    this.#servers.clear();
    this.#addresses = [];
  }

  /** Addresses as bound: where port 0 was asked for, the port is the kernel's choice. */
  bound(): readonly { address: string; port: number }[] {
    return [...this.#servers.values()].flatMap(({ server }) => {
      const at = server.address();
      return at && typeof at === 'object' ? [{ address: at.address, port: at.port }] : [];
    });
  }

  async #change(addresses: readonly ListenAddress[], guarded: readonly Guarded[]): Promise<void> {
    this.#guarded = guarded;
    const wanted = new Map(addresses.map((address) => [listenText(address), address]));
    // First close, since 0.0.0.0 cannot be had while 127.0.0.1 is, nor the other way round.
    for (const [text, { server }] of this.#servers) {
      if (wanted.has(text)) continue;
      server.close();
      this.#servers.delete(text);
    }
    const missing = [...wanted].filter(([text]) => !this.#servers.has(text));
    const opened = await Promise.allSettled(missing.map((entry) => this.#open(...entry)));
    for (const result of opened) if (result.status === 'rejected') throw result.reason;
    for (const { guard } of this.#servers.values()) demand(guard, guarded);
    this.#addresses = addresses;
  }

  async #open(text: string, { address, port }: ListenAddress): Promise<void> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      socket.on('error', () => {}); // a peer that resets early; Connection listens for its own
      const remote = socket.remoteAddress;
      if (remote === undefined || !this.#admit(socket, unmapped(remote))) socket.resetAndDestroy();
    });
    const guard = new ListenGuard(server, address.family);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new ListenError(listenFault(text, port, error))));
      // Both 0.0.0.0 and [::] are wanted, so the second must not take the first's addresses.
      const host = { host: address.text, port, ipv6Only: address.family === 'ipv6' };
      server.listen({ ...host, backlog: 1024 }, () => {
        // Nothing has been accepted yet: that needs a turn of the event loop.
        const refused = guard.demand(this.#guarded);
        if (refused === undefined) return resolve();
        server.close();
        reject(new ListenError(refused));
      });
    });
    server.on('error', () => {}); // accept errors (EMFILE) come back by themselves
    this.#servers.set(text, { server, guard });
  }
}

interface Listening {
  readonly server: Server;
  readonly guard: ListenGuard;
}

/** Throws ListenError: nobody is let in without what the file demands. */
function demand(guard: ListenGuard, guarded: readonly Guarded[]): void {
  const refused = guard.demand(guarded);
  if (refused !== undefined) throw new ListenError(refused);
}

function listenText({ address, port }: ListenAddress): string {
  return formatEndpoint(address.text, port);
}

/** An IPv4 neighbour on a dual-stack socket shows as ::ffff:a.b.c.d. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function listenFault(text: string, port: number, error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `cannot listen on ${text}: another process has it (see \`ss -ltnp sport = :${port}\`); stop that one, or choose another address in \`listen\`, or \`listen: none\` to only connect out`;
  }
  if (code === 'EACCES') {
    return `cannot listen on ${text}: ports under 1024 need CAP_NET_BIND_SERVICE; run as root, grant the capability (setcap cap_net_bind_service+ep on node, or AmbientCapabilities= in systemd), or \`listen: none\` to only connect out`;
  }
  if (code === 'EAFNOSUPPORT' || (code === 'EADDRNOTAVAIL' && text.startsWith('[::]'))) {
    return `cannot listen on ${text}: IPv6 is off on this machine; say \`listen: "0.0.0.0:${port}"\`, or turn it on`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `cannot listen on ${text}: the address is not on this machine; add it to an interface or correct \`listen\``;
  }
  return `cannot listen on ${text}: ${socketErrorText(error)}`;
}

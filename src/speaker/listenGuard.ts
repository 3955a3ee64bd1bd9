/**
 * What one listening socket demands of who connects to it, neighbour by neighbour: their TCP MD5
 * keys, and a TTL that nobody from afar can have. It is in force before the first connection is
 * accepted. Every IPv6 socket is for IPv6 alone, so that no neighbour has two forms of its address.
 */

import type { Server } from 'node:net';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { type Secret, sameSecret } from '../session/secret.ts';
import { loadSockopt } from '../session/sockopt.ts';
import { GTSM_TTL } from '../session/tcpOptions.ts';

/** A neighbour as far as a listening socket is concerned. */
export interface Guarded {
  readonly address: IpAddress;
  readonly md5: Secret | undefined;
  /** GTSM (RFC 5082). */
  readonly onLink: boolean;
}

export class ListenGuard {
  readonly #server: Server;
  readonly #family: Family;
  /** As the kernel has them, by address. */
  readonly #keys = new Map<string, Guarded>();
  #filter = '';

  constructor(server: Server, family: Family) {
    this.#server = server;
    this.#family = family;
  }

  /** Demands exactly this from now on; what the kernel does not take is returned, in words. */
  demand(guarded: readonly Guarded[]): string | undefined {
    loadSockopt()?.markListener(this.#server, this.#family);
    const own = guarded.filter(({ address }) => address.family === this.#family);
    return this.#setKeys(own) ?? this.#setFilter(own);
  }

  #setKeys(guarded: readonly Guarded[]): string | undefined {
    const wanted = new Map(
      guarded.filter(({ md5 }) => md5).map((each) => [each.address.text, each]),
    );
    for (const [text, { address }] of this.#keys) {
      if (wanted.has(text)) continue;
      loadSockopt()?.setKey(this.#server, address, undefined);
      this.#keys.delete(text);
    }
    for (const [text, each] of wanted) {
      const { address, md5 } = each;
      if (sameSecret(this.#keys.get(text)?.md5, md5)) continue;
      if (loadSockopt()?.setKey(this.#server, address, md5)) {
        this.#keys.set(text, each);
        continue;
      }
      return `the kernel does not take the TCP MD5 key of ${text} (it may have room for no more: raise net.core.optmem_max)`;
    }
    return undefined;
  }

  #setFilter(guarded: readonly Guarded[]): string | undefined {
    const addresses = guarded.filter(({ onLink }) => onLink).map(({ address }) => address);
    const filter = addresses.map(({ text }) => text).join(' ');
    if (filter === this.#filter) return undefined;
    const sockopt = loadSockopt();
    // Our SYN-ACK must reach a neighbour that demands the same of us.
    sockopt?.setListenTtl(this.#server, this.#family, filter === '' ? undefined : GTSM_TTL);
    if (sockopt?.setTtlFilter(this.#server, this.#family, addresses)) {
      this.#filter = filter;
      return undefined;
    }
    const whose = addresses.map(({ text }) => text).join(', ');
    return `the kernel does not take a filter for the TTL of ${whose} (recent ones want CAP_NET_ADMIN for it)`;
  }
}

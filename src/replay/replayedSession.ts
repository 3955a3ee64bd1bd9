/**
 * One neighbour's own routes, as the session had them that is replayed: what it is to hold, what it
 * was sent, and the UPDATEs in between, by the session's own code. When it sends is for the record to
 * say: the socket decided that.
 */

import { type Config, neighboursOf } from '../config/config.ts';
import type { Family } from '../net/family.ts';
import { parseAddress } from '../net/text.ts';
import type { Difference } from '../rib/adjRibOut.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import { type Advertisement, Advertiser, type Outlet } from '../session/advertiser.ts';
import type { SessionConfig } from '../session/sessionConfig.ts';
import type { OutletFacts } from '../session/tap.ts';

export class ReplayedSession {
  readonly #name: string;
  readonly #advertiser = new Advertiser();
  #outlet: Outlet | undefined;
  /** What was sent and has not been told yet. */
  readonly #untold: Difference[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** False: the configuration has no such neighbour. */
  open({ localAddress, families, context }: OutletFacts, config: Config): boolean {
    const session = this.#configIn(config);
    const address = parseAddress(localAddress);
    if (!session || !address) return false;
    this.#outlet = { config: session, localAddress: address, families, context };
    return true;
  }

  close(): void {
    this.#advertiser.forget(['ipv4', 'ipv6']);
    this.#outlet = undefined;
  }

  adjust(config: Config): void {
    const session = this.#configIn(config);
    if (this.#outlet && session) this.#outlet = { ...this.#outlet, config: session };
  }

  setDesired(routes: readonly OwnRoutes[]): void {
    this.#advertiser.setDesired(routes);
  }

  repeat(families: readonly Family[]): void {
    this.#advertiser.repeat(families);
  }

  /** Undefined: there is nothing to send, or nobody to send it to. */
  advertise(at: number): Advertisement | undefined {
    const advertisement = this.#outlet && this.#advertiser.advertise(this.#outlet, at);
    if (advertisement) this.#untold.push(advertisement.difference);
    return advertisement;
  }

  endOfRib(): Advertisement | undefined {
    return this.#outlet && this.#advertiser.endOfRib(this.#outlet);
  }

  /** The oldest that was sent and not told; undefined: there is none. */
  told(): Difference | undefined {
    return this.#untold.shift();
  }

  /** It has been sent these, and nothing is left to tell. */
  restore(routes: readonly OwnRoutes[], at: number): void {
    this.setDesired(routes);
    this.advertise(at);
    this.#untold.length = 0;
  }

  #configIn(config: Config): SessionConfig | undefined {
    const neighbour = neighboursOf(config).find(({ name }) => name === this.#name);
    return neighbour && { localAs: config.asn, routerId: config.routerId, neighbour };
  }
}

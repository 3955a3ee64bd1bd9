/** Announces a table and withdraws it, over and over. */

import type { Daemon } from '../soak/daemon.ts';
import { Peer, type PeerOptions } from '../soak/peer.ts';
import { until } from '../support/daemons/until.ts';
import type { SentTable } from './table.ts';

const TAKEN_IN = 120_000;

export class Cycler extends Peer {
  readonly #table: SentTable;
  readonly #daemon: Daemon;

  constructor(options: PeerOptions, table: SentTable, daemon: Daemon) {
    super(options);
    this.#table = table;
    this.#daemon = daemon;
  }

  /** Until the daemon has taken in all, and has nothing of it any more. */
  async cycle(): Promise<void> {
    this.send(this.#table.announced);
    await this.#learned(this.#table.prefixes);
    this.send(this.#table.withdrawn);
    await this.#learned(0);
  }

  async #learned(count: number): Promise<void> {
    await until(`the daemon to have ${count} prefixes of the cycler`, TAKEN_IN, async () => {
      const sessions = await this.#daemon.sessions();
      const learned = sessions.find(({ name }) => name === this.name)?.learned;
      return learned && learned.ipv4.received + learned.ipv6.received === count;
    });
  }
}

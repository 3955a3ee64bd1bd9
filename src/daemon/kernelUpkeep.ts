/** All routes of ours in the kernel: anchors and defaults, and the full table where the file wants it. */

import type { Facts } from '../announcer/facts.ts';
import type { Config } from '../config/config.ts';
import { FullTable, type FullTableReport } from '../kernel/fullTable.ts';
import { FULL_PROTOCOL } from '../kernel/installMessages.ts';
import type { KernelEvent } from '../kernel/kernelEvent.ts';
import { KernelRoutes } from '../kernel/kernelRoutes.ts';
import { runIp } from '../monitor/ipCommand.ts';
import type { Clock } from '../session/clock.ts';
import type { Announcing } from './announcing.ts';
import { kernelWays } from './kernelWays.ts';

export interface KernelUpkeepOptions {
  readonly clock: Clock;
  readonly announcing: Announcing;
  readonly onEvent: (event: KernelEvent) => void;
}

export class KernelUpkeep {
  readonly #announcing: Announcing;
  readonly #routes: KernelRoutes;
  readonly #full: FullTable;
  #config: Config | undefined;

  constructor({ clock, announcing, onEvent }: KernelUpkeepOptions) {
    this.#announcing = announcing;
    const { config } = announcing;
    this.#routes = new KernelRoutes(config, { clock, onEvent });
    this.#full = new FullTable(config, {
      ...{ clock, onEvent },
      follow: (follower) => announcing.follow(follower),
      nameOf: (peer) => announcing.learned()?.nameOf(peer) ?? '',
      hasSentAll: (name) => announcing.hasSentAll(name),
    });
  }

  /** As `KernelRoutes` has it. */
  prepare(config: Config): Promise<void> {
    const isFirst = this.#config === undefined;
    if (isFirst && config.kernel && config.kernel.install !== 'full') void dropFullTable();
    return this.#routes.prepare(config);
  }

  /** `looksAnew`: the kernel may have dropped some. */
  update(looksAnew: boolean): void {
    const { config } = this.#announcing;
    const facts = this.#announcing.facts();
    // What a stop leaves is to lead somewhere.
    if (facts.stopping !== undefined) {
      this.#full.freeze();
      return;
    }
    const views = this.#announcing.outcome?.views ?? [];
    const ways = kernelWays(config, facts, views, (name, family) =>
      this.#announcing.awaitsRestartOf(name, family),
    );
    this.#routes.update(config, ways, looksAnew);
    this.#full.update(this.#hopWays(facts, ways.dead), looksAnew);
    if (config !== this.#config) this.#full.configure(config);
    this.#config = config;
  }

  /** Sessions are about to end whose routes are to stay. */
  freeze(): void {
    this.#full.freeze();
  }

  /** After everything has been withdrawn; ours go, too, if the file says so. Never rejects. */
  async stop(): Promise<void> {
    await Promise.all([this.#routes.stop(), this.#full.stop()]);
  }

  report(): FullTableReport | undefined {
    return this.#full.report();
  }

  #hopWays({ paths }: Facts, dead: ReadonlySet<string>) {
    const interfaces = new Map<string, string>();
    for (const [name, { interface: link }] of paths) {
      if (link !== undefined) interfaces.set(name, link);
    }
    const announcing = this.#announcing;
    const isLiving = (name: string) => !dead.has(name) && announcing.hasRoutesOf(name);
    return { isLiving, interfaces };
  }
}

/** A run before this one may have crashed with another file; where there is nothing, nothing happens. */
async function dropFullTable(): Promise<void> {
  await runIp('nexthop', 'flush', 'proto', String(FULL_PROTOCOL));
}

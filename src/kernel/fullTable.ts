/**
 * The Loc-RIB's best paths in the kernel's table (`install: full`), as the main thread sees it: what
 * is followed, where next hops lead, when what nobody wants any more may go, and how it stands.
 */

import type { Config } from '../config/config.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { Clock } from '../session/clock.ts';
import type { BestPathFollower } from '../speaker/bestPathFollower.ts';
import { BestPathFeed } from './bestPathFeed.ts';
import { type HopWays, hopTargets, MAX_NEIGHBOUR_HOPS } from './hopBook.ts';
import {
  type FromInstaller,
  type InstallCounts,
  type InstallTerms,
  MAIN,
} from './installMessages.ts';
import { InstallThread } from './installThread.ts';
import type { KernelEvent } from './kernelEvent.ts';

export interface FullTableOptions {
  readonly clock: Clock;
  readonly onEvent: (event: KernelEvent) => void;
  /** Whom the speaker tells best paths; undefined: nobody any more. */
  readonly follow: (follower: BestPathFollower | undefined) => void;
  readonly nameOf: (peer: PeerIndex) => string;
  /** Whether the neighbour has sent all of its initial routes. */
  readonly hasSentAll: (neighbour: string) => boolean;
}

/** What `show` shows. */
export interface FullTableReport extends InstallCounts {
  /** Whether all that was there at the start has been told from what is wanted. */
  readonly settled: boolean;
  readonly lastError: { readonly cause: string; readonly at: number } | undefined;
}

/** How long routes of a run before us are kept for upstreams that have not sent everything, in ms. */
export const SETTLE_LIMIT = 120_000;
const ASK_EVERY = 500;

const NOTHING: InstallCounts = {
  ...{ installed: { ipv4: 0, ipv6: 0 }, failed: { ipv4: 0, ipv6: 0 } },
  ...{ pending: 0, done: 0, refused: 0 },
};

export class FullTable {
  readonly #options: FullTableOptions;
  #config: Config;
  #ways: HopWays = { isLiving: () => true, interfaces: new Map() };
  #terms: InstallTerms | undefined;
  #thread: InstallThread | undefined;
  #feed: BestPathFeed | undefined;
  #counts = NOTHING;
  #lastError: FullTableReport['lastError'];
  #settled = false;
  #begun = 0;
  /** What the hops were told last. */
  #led = '';
  #cancelSettle = () => {};
  /** What went on being ended when another thread was to begin. */
  #ending: Promise<void> = Promise.resolve();
  #frozen = false;

  constructor(config: Config, options: FullTableOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** Begins, ends or begins anew, as the file says. */
  configure(config: Config): void {
    if (this.#frozen) return;
    this.#config = config;
    const terms = termsOf(config);
    if (terms?.table !== this.#terms?.table || terms?.metric !== this.#terms?.metric) {
      // What the one before has put in goes first: both would have the same next hops.
      this.#ending = this.#ending.then(() => this.#end(true)).then(() => this.#start());
    }
    this.#terms = terms;
    this.#feed?.setOwn(config.prefixes.map(({ prefix }) => prefix));
    this.#lead();
  }

  /** `looksAnew`: the kernel may have dropped some. */
  update(ways: HopWays, looksAnew: boolean): void {
    if (this.#frozen) return;
    this.#ways = ways;
    // First, so that routes whose interface is back find their next hop.
    if (looksAnew) this.#thread?.tell({ type: 'look' });
    this.#lead();
  }

  /** Whatever becomes of the sessions from now on, the routes stay. */
  freeze(): void {
    if (this.#frozen) return;
    this.#frozen = true;
    this.#cancelSettle();
    this.#options.follow(undefined);
  }

  /** After everything has been withdrawn on the wire; ours go, too, if the file says so. */
  async stop(): Promise<void> {
    this.freeze();
    await this.#ending;
    await this.#end(this.#config.kernel?.onExit === 'remove');
  }

  /** Undefined: nothing is to be put in. */
  report(): FullTableReport | undefined {
    if (!this.#terms) return undefined;
    const waiting = this.#feed?.waiting ?? 0;
    return {
      ...{ ...this.#counts, pending: this.#counts.pending + waiting },
      ...{ settled: this.#settled, lastError: this.#lastError },
    };
  }

  #start(): void {
    const terms = this.#terms;
    if (!terms || this.#frozen) return;
    this.#thread = new InstallThread({
      clock: this.#options.clock,
      terms,
      // Once this has a thread to speak to.
      onStart: () => queueMicrotask(() => this.#follow()),
      onMessage: (message) => this.#hear(message),
      onFailure: (cause) => {
        // It is started again and again, and told of once.
        if (cause !== this.#lastError?.cause) this.#fail(cause);
      },
    });
  }

  /** There is nobody who was told anything before. */
  #follow(): void {
    if (!this.#thread || this.#frozen) return;
    this.#led = '';
    const feed = new BestPathFeed({
      nameOf: this.#options.nameOf,
      onBegin: () => this.#begin(),
      onHops: () => this.#lead(),
      onTooMany: (neighbour) => this.#fail(tooManyText(neighbour)),
      onRows: (rows, count) => this.#thread?.tell({ type: 'rows', rows, count }),
    });
    this.#feed = feed;
    feed.setOwn(this.#config.prefixes.map(({ prefix }) => prefix));
    this.#options.follow(feed);
  }

  async #end(remove: boolean): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#feed = undefined;
    this.#cancelSettle();
    this.#counts = NOTHING;
    if (!thread) return;
    this.#options.follow(undefined);
    await thread.stop(remove);
  }

  #begin(): void {
    this.#settled = false;
    this.#begun = this.#options.clock.monotonic();
    this.#thread?.tell({ type: 'begin' });
    this.#settleSoon();
  }

  #settleSoon(): void {
    this.#cancelSettle();
    this.#cancelSettle = this.#options.clock.after(ASK_EVERY, () => this.#settle());
  }

  #settle(): void {
    const { clock, hasSentAll } = this.#options;
    const isLate = clock.monotonic() - this.#begun >= SETTLE_LIMIT;
    const isTold = this.#feed?.isIdle ?? false;
    if (!isTold || !(isLate || this.#config.upstreams.every(({ name }) => hasSentAll(name)))) {
      this.#settleSoon();
      return;
    }
    this.#settled = true;
    this.#thread?.tell({ type: 'settle' });
  }

  #lead(): void {
    const { hops } = this.#feed?.book ?? { hops: [] };
    if (hops.length === 0) return;
    const targets = hopTargets(hops, this.#config.upstreams, this.#ways);
    const told = targets.map(({ hop, gateway, device }) => `${hop} ${gateway} ${device}`).join();
    if (told === this.#led) return;
    this.#led = told;
    this.#thread?.tell({ type: 'hops', targets });
  }

  #hear(message: FromInstaller): void {
    const { clock, onEvent } = this.#options;
    if (message.type === 'taken') this.#feed?.returned(message.rows);
    else if (message.type === 'counts') this.#counts = message.counts;
    else if (message.type === 'failed') this.#fail(message.cause);
    else if (message.leftover > 0) {
      onEvent({ type: 'KernelLeftovers', at: clock.wall(), routes: message.leftover });
    }
  }

  #fail(cause: string): void {
    const at = this.#options.clock.wall();
    this.#lastError = { cause, at };
    this.#options.onEvent({ type: 'KernelFailed', at, cause });
  }
}

function tooManyText(neighbour: string): string {
  return `${neighbour} has named more than ${MAX_NEIGHBOUR_HOPS} next hops; its routes by others are not put in`;
}

function termsOf({ kernel }: Config): InstallTerms | undefined {
  if (kernel?.install !== 'full') return undefined;
  const { table, metric } = kernel;
  return { table: table === 'main' ? MAIN : Number(table), metric };
}

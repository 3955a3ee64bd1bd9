/**
 * Looks every second at what upstreams send whose reach the file has watched, and tells what that says
 * of them: see `announcer/tableSigns.ts`. Counts and a few look-ups: the size of a table costs nothing.
 */

import type { SignFact } from '../announcer/sign.ts';
import {
  judgeTable,
  NO_TABLE,
  type TableSample,
  type TableStanding,
  tableSigns,
  withOtherCanaries,
} from '../announcer/tableSigns.ts';
import type { Config, UpstreamConfig } from '../config/config.ts';
import type { Clock } from '../session/clock.ts';

export interface SignsChanged {
  readonly type: 'SignsChanged';
  readonly neighbour: string;
  readonly at: number;
  readonly signs: readonly SignFact[];
}

export interface TableWatchOptions {
  readonly clock: Clock;
  /** What is held of an upstream's routes now. */
  readonly sample: (upstream: UpstreamConfig) => TableSample;
  /** Told when a sign is another one, not when only its numbers are. */
  readonly onEvent: (event: SignsChanged) => void;
}

/** In ms. */
const PACE = 1000;

export class TableWatch {
  readonly #options: TableWatchOptions;
  readonly #standings = new Map<string, TableStanding>();
  /** By upstream: the states that were told last. */
  readonly #told = new Map<string, string>();
  #upstreams: readonly UpstreamConfig[] = [];
  #cancel: (() => void) | undefined;
  #lastLook = 0;

  constructor(options: TableWatchOptions) {
    this.#options = options;
  }

  /** Watches those of this file from now on; what is known of one that stays is kept, as far as it is true of it. */
  configure({ upstreams }: Config): void {
    const before = this.#upstreams;
    this.#upstreams = upstreams.filter(({ reachability }) => reachability !== undefined);
    const names = new Set(this.#upstreams.map(({ name }) => name));
    for (const upstream of before) this.#follow(upstream);
    for (const name of [...this.#standings.keys()].filter((each) => !names.has(each))) {
      this.#standings.delete(name);
      this.#tell(name, []);
    }
    if (this.#upstreams.length === 0) this.stop();
    else if (!this.#cancel) this.#wait();
  }

  /** What another one has sent says nothing of what is missing at this one. */
  #follow(before: UpstreamConfig): void {
    const { name } = before;
    const after = this.#upstreams.find((each) => each.name === name);
    const standing = this.#standings.get(name);
    if (!after || !standing) return;
    if (neighbourKey(after) !== neighbourKey(before)) this.#standings.delete(name);
    else if (canariesKey(after) !== canariesKey(before)) {
      this.#standings.set(name, withOtherCanaries(standing));
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#lastLook = this.#options.clock.monotonic();
    this.#cancel = this.#options.clock.after(PACE, () => {
      const elapsed = this.#options.clock.monotonic() - this.#lastLook;
      for (const upstream of this.#upstreams) this.#look(upstream, elapsed);
      this.#wait();
    });
  }

  #look(upstream: UpstreamConfig, elapsed: number): void {
    const { name, reachability } = upstream;
    if (!reachability) return;
    const sample = this.#options.sample(upstream);
    const before = this.#standings.get(name) ?? NO_TABLE;
    const standing = judgeTable(reachability, before, sample, elapsed);
    this.#standings.set(name, standing);
    this.#tell(name, tableSigns(reachability, standing, sample));
  }

  #tell(neighbour: string, signs: readonly SignFact[]): void {
    const states = signs.map(({ kind, state }) => `${kind} ${state}`).join();
    if (this.#told.get(neighbour) === states) return;
    this.#told.set(neighbour, states);
    this.#options.onEvent({
      type: 'SignsChanged',
      at: this.#options.clock.wall(),
      neighbour,
      signs,
    });
  }
}

function neighbourKey({ asn, address, port, families }: UpstreamConfig): string {
  return `${asn} ${address.text} ${port} ${families.join()}`;
}

function canariesKey({ reachability }: UpstreamConfig): string {
  return reachability?.canaries.map(({ text }) => text).join() ?? '';
}

/**
 * One cell, played with real daemons (see `stage.ts`): the edge has the flaps, and the damper is asked,
 * four times a second, what it makes of them.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { type Happening, happeningsOf } from '../../src/simulate/scenario.ts';
import { Topology } from '../../test/support/netns.ts';
import { type Cell, configOf } from './cell.ts';
import type { Outcome } from './outcome.ts';
import { scenarioOf } from './predicted.ts';
import { type Stage, setUp } from './stage.ts';
import type { TimeScale } from './trace.ts';
import { Watch } from './watch.ts';

/** Between two looks, in ms. */
const INTERVAL = 250;
/** How long everything must have been there before the first flap. */
const QUIET = 6_000;
/** A trace is over when every upstream has had the prefix in use for so long after its last flap. */
const SETTLED = 10_000;

/** `enter`: how many cells are set up at once is the caller's affair. `longest`, in ms. */
export async function playLive(
  cell: Cell,
  scale: TimeScale,
  enter: <T>(work: () => Promise<T>) => Promise<T>,
  longest = scale.end(cell.trace),
): Promise<Outcome> {
  const topology = await Topology.create();
  try {
    const stage = await enter(() => setUp(topology, cell, scale));
    try {
      await delay(QUIET);
      const ahead = happeningsOf(scenarioOf(cell, scale), configOf(cell, scale));
      return await new Play(stage, ahead, scale).run(longest);
    } finally {
      stage.edge.close();
      stage.damper.close();
    }
  } finally {
    await topology.remove();
  }
}

class Play {
  readonly #stage: Stage;
  /** What has not happened yet. */
  readonly #ahead: Happening[];
  readonly #watch: Watch;
  readonly #begin = performance.now();
  readonly #linked: Set<string>;
  #wellSince: number | undefined = 0;

  constructor(stage: Stage, ahead: readonly Happening[], scale: TimeScale) {
    this.#stage = stage;
    this.#ahead = [...ahead];
    this.#watch = new Watch(0, scale.profile('cisco'));
    this.#linked = new Set(stage.links.keys());
  }

  async run(longest: number): Promise<Outcome> {
    const { damper } = this.#stage;
    const before = await damper.updates();
    let settledSince = 0;
    while (this.#now() < longest && this.#now() - settledSince <= SETTLED) {
      await this.#catchUp();
      if (!(await this.#look())) settledSince = this.#now();
      const next = this.#ahead[0]?.at ?? Number.POSITIVE_INFINITY;
      await delay(Math.min(INTERVAL, Math.max(0, next - this.#now())));
    }
    const { dark, suppressions, peak } = this.#watch;
    const updates = (await damper.updates()) - before;
    return { dark: dark / 1000, updates, suppressions, peak };
  }

  /** Milliseconds since the begin. */
  #now(): number {
    return performance.now() - this.#begin;
  }

  async #catchUp(): Promise<void> {
    for (let next = this.#ahead[0]; next && next.at <= this.#now(); next = this.#ahead[0]) {
      this.#ahead.shift();
      if (next.what === 'link') await this.#changeLink(next);
      else {
        this.#wellSince = next.up ? this.#now() : undefined;
        await this.#stage.edge.service(next.up);
      }
    }
  }

  async #changeLink({ name, up }: Happening): Promise<void> {
    if (up) this.#linked.add(name);
    else this.#linked.delete(name);
    const link = this.#stage.links.get(name);
    await (up ? link?.restore() : link?.cut());
    await this.#stage.edge.linkChanged(name, up);
  }

  /** True: nothing is to happen any more, and the prefix is used at all upstreams. */
  async #look(): Promise<boolean> {
    const readings = await this.#stage.damper.readings();
    const truth = { wellSince: this.#wellSince, linked: this.#linked };
    this.#watch.look(this.#now(), truth, readings);
    return this.#ahead.length === 0 && readings.every(({ used }) => used);
  }
}

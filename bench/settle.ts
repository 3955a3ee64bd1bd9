/**
 * When a daemon is done. That the feeder's queue is empty says nothing: a socket takes megabytes, and
 * some daemons read them at once and then work for half a minute. Done is a daemon whose own counters
 * equal what was fed and whose queues are empty; after that one exact look must agree.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Holding } from './daemons/subject.ts';
import { cpuSeconds } from './processes.ts';
import type { Stage } from './stage.ts';

/** What it must hold in the end. */
export interface Expected {
  readonly paths: number;
  readonly prefixes: number;
}

export interface Work {
  /** From the order until the daemon was done, in seconds. */
  readonly wall: number;
  /** Seconds of all its processes in that time. */
  readonly cpu: number;
}

/** Between two questions, in ms: more of them would be work for the daemon. */
const POLL = 100;
/** After an exact look that did not agree, in ms: it is a walk for some. */
const VERIFY_PAUSE = 1000;
/** Between two looks at the CPU time, in ms; they cost the daemon nothing. */
const SAMPLE = 20;
/** It works as long as this share of the time between two looks was CPU time. */
const BUSY = 0.3;

/** It did not come to what it must hold. */
export class CountError extends Error {}

/**
 * Gives the order and measures until the daemon holds what is expected. `limit` is in ms; throws a
 * CountError after that.
 */
export async function workOf(
  { subject, feeder, pids }: Stage,
  order: () => void,
  expected: Expected,
  limit: number,
): Promise<Work> {
  const processes = pids();
  const activity = new Activity(processes);
  const before = cpuSeconds(processes);
  const start = performance.now();
  order();
  try {
    for (;;) {
      feeder.check();
      const asked = performance.now();
      const holding = await subject.holding();
      // What it does after its answer, such as the exact look, is not part of the work.
      const work = {
        wall: (activity.last(start) - start) / 1000,
        cpu: cpuSeconds(processes) - before,
      };
      const counted = isDone(holding, expected);
      const exact = counted ? await subject.verify() : holding;
      if (counted && isDone(exact, expected)) return work;
      if (asked > start + limit) throw new CountError(difference(exact, expected));
      await delay(asked + (counted ? VERIFY_PAUSE : POLL) - performance.now());
    }
  } finally {
    activity.stop();
  }
}

/** Waits until the daemon has nothing to do. */
export async function quiet({ pids }: Stage): Promise<void> {
  for (let before = cpuSeconds(pids()); ; ) {
    await delay(500);
    const now = cpuSeconds(pids());
    if (now - before < 0.02) return;
    before = now;
  }
}

function isDone({ paths, prefixes, idle }: Holding, expected: Expected): boolean {
  const { paths: wanted, prefixes: distinct } = expected;
  return idle && paths === wanted && (prefixes === undefined || prefixes === distinct);
}

function difference(holding: Holding, expected: Expected): string {
  const { paths, prefixes = 'uncounted', idle } = holding;
  const held = `holds ${paths} paths and ${prefixes} prefixes${idle ? '' : ', and still works'}`;
  return `${held}; fed were ${expected.paths} paths and ${expected.prefixes} prefixes`;
}

/** When processes last worked, which is finer than the questions that they answer. */
class Activity {
  readonly #timer: NodeJS.Timeout;
  #last: number | undefined;

  constructor(pids: readonly number[]) {
    let [at, cpu] = [performance.now(), cpuSeconds(pids)];
    this.#timer = setInterval(() => {
      const [nowAt, nowCpu] = [performance.now(), cpuSeconds(pids)];
      if ((nowCpu - cpu) * 1000 > (nowAt - at) * BUSY) this.#last = nowAt;
      [at, cpu] = [nowAt, nowCpu];
    }, SAMPLE);
  }

  last(otherwise: number): number {
    return this.#last ?? otherwise;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

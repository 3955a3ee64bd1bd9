/**
 * `OURS THEIRS`: BFD at 50 ms x 3 to the other address from a process whose main thread is busy for 30 ms
 * of every 35. Prints `up`, and what came of ten seconds of that as a line of JSON, a `BusyBfdOutcome`.
 */

import { Worker } from 'node:worker_threads';
import { BfdThread } from '../../src/bfd/bfdThread.ts';

export interface BusyBfdOutcome {
  /** How often BFD was lost in ten seconds. */
  readonly lost: number;
  /**
   * For how long at most another thread of this process, with nothing to do but to look, got no turn
   * in that time, before and after it, in ms: so long the machine had no time for a thread.
   */
  readonly starved: number;
}

const [ours = '', theirs = ''] = process.argv.slice(2);
/** In ms. */
const [BURST, PAUSE, LENGTH] = [200, 5, 10_000];
/** The other end's ten seconds may be over so much later, and what it lost then be ours. */
const AFTER = 2_000;

/** Looks every 5 ms, and keeps the longest delay in whole milliseconds. */
const LOOKER = `
  const { workerData } = require('node:worker_threads');
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const late = Math.round(now - last - 5);
    if (late > workerData[0]) workerData[0] = late;
    last = now;
  }, 5);`;

const starved = new Int32Array(new SharedArrayBuffer(4));
const looker = new Worker(LOOKER, { eval: true, workerData: starved });
let lost = 0;
let begun: number | undefined;
const bfd = new BfdThread({
  now: Date.now,
  onEvent: (event) => {
    if (event.type !== 'BfdChanged') return;
    if (event.fact.standing === 'lost') lost++;
    if (event.fact.standing === 'up' && begun === undefined) beBusy();
  },
});
looker.once('online', () => {
  starved[0] = 0;
  bfd.configure([
    {
      ...{ neighbour: 'other', address: theirs, family: 'ipv4', localAddress: ours },
      ...{ interval: 50_000, multiplier: 3, interface: undefined, multihop: false },
      authentication: undefined,
    },
  ]);
});

function beBusy(): void {
  console.log('up');
  begun = performance.now();
  const end = begun + LENGTH;
  let lostByThen: number | undefined;
  const work = () => {
    const until = performance.now() + BURST;
    while (performance.now() < until);
    if (performance.now() >= end) lostByThen ??= lost;
    if (performance.now() < end + AFTER) setTimeout(work, PAUSE);
    else tell({ lost: lostByThen ?? lost, starved: starved[0] ?? 0 });
  };
  work();
}

function tell(outcome: BusyBfdOutcome): void {
  console.log(JSON.stringify(outcome));
}

/**
 * `OURS THEIRS`: BFD at 50 ms x 3 to the other address from a process whose main thread is busy for 30 ms
 * of every 35. Prints `up`, and after ten seconds of that how often it was lost.
 */

import { BfdThread } from '../../src/bfd/bfdThread.ts';

const [ours = '', theirs = ''] = process.argv.slice(2);
/** In ms. */
const [BURST, PAUSE, LENGTH] = [30, 5, 10_000];

let lost = 0;
const bfd = new BfdThread({
  now: Date.now,
  onEvent: (event) => {
    if (event.type !== 'BfdChanged') return;
    if (event.fact.standing === 'lost') lost++;
    if (event.fact.standing === 'up') beBusy(performance.now() + LENGTH);
  },
});
bfd.configure([
  {
    ...{ neighbour: 'other', address: theirs, family: 'ipv4', localAddress: ours },
    ...{
      interval: 50_000,
      multiplier: 3,
      interface: undefined,
      multihop: false,
      authentication: undefined,
    },
  },
]);

function beBusy(end: number): void {
  console.log('up');
  const work = () => {
    const until = performance.now() + BURST;
    while (performance.now() < until);
    if (performance.now() < end) setTimeout(work, PAUSE);
    else console.log(`lost ${lost} times`);
  };
  work();
}

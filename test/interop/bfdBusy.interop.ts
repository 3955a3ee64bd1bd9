/**
 * BFD beside a main thread that has no time: it must not make a way look dead. A machine that gives a
 * thread no turn for as long as BFD waits does that to whatever is written for it, and is none to judge
 * by: then the ten seconds are played again.
 */

import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { BusyBfdOutcome } from '../support/busyBfdProgram.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

const LIMIT = 60_000;
const ATTEMPTS = 8;
/**
 * In ms. To be lost, 50 ms x 3, takes a hundred without a turn at least, of one end or of both together:
 * of the two at least one has then been kept waiting for this long.
 */
const STARVED = 50;

t.test(
  'ten seconds of 200 ms bursts on both main threads, 50 ms x 3',
  requireOrSkip(),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const [left, right] = [await topology.namespace('left'), await topology.namespace('right')];
    await topology.link(
      { namespace: left, interface: 'to-right', addresses: ['198.51.100.1/30'] },
      { namespace: right, interface: 'to-left', addresses: ['198.51.100.2/30'] },
    );
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const outcomes = await play(left, right);
      const told = JSON.stringify(outcomes);
      if (outcomes.every(({ lost }) => lost === 0)) return t.pass(told);
      if (outcomes.every(({ starved }) => starved < STARVED)) return lostByUs(t, told);
      t.comment(
        `attempt ${attempt}: the machine had no time for a thread that only looks: ${told}`,
      );
    }
    t.pass('nothing can be judged by it', { skip: `no time for a thread, ${ATTEMPTS} times` });
  },
);

function lostByUs(t: Test, told: string): void {
  t.fail(`lost while every thread of the process could get its turn: ${told}`);
}

async function play(left: Namespace, right: Namespace): Promise<readonly BusyBfdOutcome[]> {
  const ends = [
    start(left, '198.51.100.1', '198.51.100.2'),
    start(right, '198.51.100.2', '198.51.100.1'),
  ];
  const outcomes: BusyBfdOutcome[] = [];
  for (const end of ends) {
    const last = await end.ready(LIMIT, async () => /^up\n(\{.*\})\n/.exec(end.output)?.[1]);
    outcomes.push(JSON.parse(last));
  }
  await Promise.all(ends.map((end) => end.kill()));
  return outcomes;
}

function start(namespace: Namespace, ours: string, theirs: string) {
  const program = fileURLToPath(new URL('../support/busyBfdProgram.ts', import.meta.url));
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  return namespace.spawn(`bfd of ${ours}`, process.execPath, tsx, program, ours, theirs);
}

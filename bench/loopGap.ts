/**
 * How long our event loop is away while full tables come in, and while it drops one: what keepalives,
 * withdrawals and answers may have to wait for. Measured within our own process, by a module that is
 * loaded beside the program; the other daemons have no loop that could be asked.
 */

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, type Figure, median, type Report, type Scale } from './bench.ts';
import { multihomed } from './daemons/multihomed.ts';
import { workOf } from './settle.ts';
import { addresses, onStage, type Stage } from './stage.ts';
import { FULL, QUICK, synthetic, type Workload } from './table/store.ts';
import { expectedOf, neighboursOf } from './tableRun.ts';

const UPSTREAMS = 2;
const LIMIT = 120_000;
export const MONITOR = fileURLToPath(new URL('./loopMonitor.mjs', import.meta.url));

/** Milliseconds between two turns of a loop that wants one every millisecond. */
export interface Gaps {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Run {
  readonly ingest: Gaps;
  readonly failover: Gaps;
}

export const loopGap: Bench = {
  name: 'loop-gap',
  about:
    'how long our event loop is away during ingest from 2 upstreams, and when one of them goes',
  obstacle: () => multihomed.obstacle(),
  async run({ quick, rounds }: Scale): Promise<Report> {
    const workload = synthetic(quick ? QUICK : FULL, addresses(UPSTREAMS));
    const runs: Run[] = [];
    while (runs.length < rounds) runs.push(await gaps(workload));
    return {
      figures: [...figures('ingest', runs), ...figures('failover', runs)],
      samples: {
        'ingest, max ms': runs.map(({ ingest }) => ingest.max),
        'failover, max ms': runs.map(({ failover }) => failover.max),
      },
    };
  },
};

function figures(when: keyof Run, runs: readonly Run[]): Figure[] {
  const value = (key: keyof Gaps) => median(runs.map((run) => run[when][key]));
  return [
    { name: `${when}, p50`, value: value('p50'), unit: 'ms' },
    { name: `${when}, p99`, value: value('p99'), unit: 'ms', atMost: 5 },
    { name: `${when}, max`, value: value('max'), unit: 'ms', atMost: 20 },
  ];
}

function gaps(workload: Workload): Promise<Run> {
  const file = join(tmpdir(), `multihomed-bench-loop-${process.pid}`);
  const environment = { NODE_OPTIONS: `--import=${MONITOR}`, MULTIHOMED_BENCH_LOOP: file };
  const plan = { neighbours: neighboursOf(workload), environment };
  return onStage(multihomed, plan, async (stage) => {
    const { feeder } = stage;
    const expected = expectedOf(workload);
    await measured(stage, file); // what was before does not count
    await workOf(stage, () => feeder.order({ order: 'send' }), expected, LIMIT);
    const ingest = await measured(stage, file);
    const left = expected.prefixes;
    const close = () => feeder.order({ order: 'close', session: 0 });
    await workOf(stage, close, { paths: left, prefixes: left }, LIMIT);
    const failover = await measured(stage, file);
    await rm(file, { force: true });
    return { ingest, failover };
  });
}

/** Since the last call. */
export async function measured({ subject }: Stage, file: string): Promise<Gaps> {
  await rm(file, { force: true });
  for (const pid of subject.pids) process.kill(pid, 'SIGUSR2');
  while (!existsSync(file)) await delay(20);
  return JSON.parse(await readFile(file, 'utf8'));
}

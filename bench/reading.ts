/**
 * What asking costs: `show` beside a full table, beyond `node -e 0`; the whole table read as
 * `show routes --json` reads it, what that takes in memory, and what a withdrawal waits for it; and
 * the loop while `/v1/status` tells of 100,000 prefixes of our own. Ours alone.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ownPrefixes } from './announce.ts';
import { type Bench, type Figure, quantile, type Report, type Scale } from './bench.ts';
import { ControlSocket } from './daemons/controlSocket.ts';
import { multihomed } from './daemons/multihomed.ts';
import { type Gaps, MONITOR, measured } from './loopGap.ts';
import { PROGRAM } from './paths.ts';
import { memoryOf } from './processes.ts';
import { workOf } from './settle.ts';
import { addresses, OWN_PREFIXES, onStage, type Stage } from './stage.ts';
import { FULL, QUICK, synthetic, type Workload } from './table/store.ts';
import { expectedOf, neighboursOf } from './tableRun.ts';
import { cycle } from './withdraw.ts';

const LIMIT = 120_000;
const READER = fileURLToPath(new URL('./routesReader.mjs', import.meta.url));
const MB = 2 ** 20;
/** Between two looks at the memory, in ms. */
const SAMPLE = 20;

interface Reading {
  readonly node: readonly number[];
  readonly show: readonly number[];
  /** Of the whole table, in seconds. */
  readonly seconds: readonly number[];
  readonly lines: number;
  /** Of withdrawals, in ms: with nobody reading, and with one who reads all the time. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Beyond what it had before, in octets. */
  readonly memory: number;
}

export const reading: Bench = {
  name: 'reading',
  about: '`show`, all routes and 100,000 own prefixes read from a daemon with a full table',
  obstacle: () => multihomed.obstacle(),
  async run({ quick }: Scale): Promise<Report> {
    const workload = synthetic(quick ? QUICK : FULL, addresses(1));
    const run = await readTable(workload, quick ? 3 : 30);
    const gaps = await readStatus(quick ? 5_000 : 100_000);
    const beyond = quantile(run.show, 0.5) - quantile(run.node, 0.5);
    const figures: Figure[] = [
      { name: '`show` beyond `node -e 0`, medians', value: beyond, unit: 'ms', atMost: 100 },
      { name: 'routes read at once', value: run.lines, unit: 'lines' },
      { name: 'all of them, median', value: quantile(run.seconds, 0.5), unit: 's' },
      { name: 'memory beyond that before', value: run.memory / MB, unit: 'MB', atMost: 64 },
      { name: 'withdrawal, nobody reading, p50', value: quantile(run.alone, 0.5), unit: 'ms' },
      { name: 'withdrawal, nobody reading, p99', value: quantile(run.alone, 0.99), unit: 'ms' },
      { name: 'withdrawal beside a reader, p50', value: quantile(run.beside, 0.5), unit: 'ms' },
      {
        ...{ name: 'withdrawal beside a reader, p99', value: quantile(run.beside, 0.99) },
        ...{ unit: 'ms', atMost: quantile(run.alone, 0.99) + 5 },
      },
      { name: 'loop during /v1/status, p99', value: gaps.p99, unit: 'ms' },
      { name: 'loop during /v1/status, max', value: gaps.max, unit: 'ms', atMost: 20 },
    ];
    const samples = {
      'node -e 0, ms': run.node,
      'show, ms': run.show,
      'all routes, s': run.seconds,
      'withdrawal alone, ms': run.alone,
      'withdrawal beside a reader, ms': run.beside,
    };
    return { figures, samples };
  },
};

function readTable(workload: Workload, cycles: number): Promise<Reading> {
  return onStage(multihomed, { neighbours: neighboursOf(workload) }, async (stage) => {
    const { feeder, directory } = stage;
    const told = feeder.times('reached', 1, LIMIT);
    feeder.order({ order: 'expect', announced: OWN_PREFIXES.length });
    await told;
    await workOf(stage, () => feeder.order({ order: 'send' }), expectedOf(workload), LIMIT);
    feeder.order({ order: 'watch', prefixes: [OWN_PREFIXES[0]] });
    const [node, show] = await timesOfShow(join(directory, 'multihomed.yaml'), cycles);
    const alone = await cyclesOf(stage, cycles, () => true);
    const before = memoryOf(stage.pids()).rss;
    const watch = new Peak(stage);
    const reader = new Reader(join(directory, 'control.sock'));
    try {
      // At least one whole table.
      const beside = await cyclesOf(stage, cycles, () => reader.seconds.length > 0);
      const memory = Math.max(0, watch.stop() - before);
      const { seconds, lines } = reader;
      return { node, show, seconds, lines, alone, beside, memory };
    } finally {
      watch.stop();
      await reader.stop();
    }
  });
}

/** At least so many, and until it is enough. */
async function cyclesOf(stage: Stage, count: number, isEnough: () => boolean): Promise<number[]> {
  const samples: number[] = [];
  while (samples.length < count || !isEnough()) samples.push(await cycle(stage, 1));
  return samples;
}

/** In turns, so that whatever else the machine does meets both. The first of each is not counted. */
async function timesOfShow(file: string, rounds: number): Promise<[number[], number[]]> {
  const node: number[] = [];
  const show: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    node.push(await timeOf(['-e', '0']));
    show.push(await timeOf([PROGRAM, 'show', '-c', file]));
  }
  return [node.slice(1), show.slice(1)];
}

async function timeOf(argv: readonly string[]): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`node ${argv.join(' ')} ended with ${code}`);
  return performance.now() - from;
}

/** The most memory that the daemon was seen with. */
class Peak {
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor({ pids }: Stage) {
    const processes = pids();
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, memoryOf(processes).rss);
    }, SAMPLE);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#most;
  }
}

/** In a process of its own, so that this one is free to see what comes from the daemon. */
class Reader {
  readonly seconds: number[] = [];
  lines = 0;
  readonly #child: ChildProcess;

  constructor(socket: string) {
    const child = spawn(process.execPath, [READER, socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(child.stdout).on('line', (line) => {
      const [, lines = 0, milliseconds = 0] = line.split(' ').map(Number);
      this.lines = lines;
      this.seconds.push(milliseconds / 1000);
    });
    this.#child = child;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}

/** The loop while the whole status is read five times. */
function readStatus(count: number): Promise<Gaps> {
  const own = ownPrefixes(count);
  const file = join(tmpdir(), `multihomed-bench-status-${process.pid}`);
  const environment = { NODE_OPTIONS: `--import=${MONITOR}`, MULTIHOMED_BENCH_LOOP: file };
  const neighbours = [{ peerAs: 3000, table: undefined }];
  return onStage(multihomed, { neighbours, own, environment }, async (stage) => {
    const reached = stage.feeder.times('reached', 1, LIMIT);
    stage.feeder.order({ order: 'expect', announced: own.length });
    await reached;
    const control = new ControlSocket(join(stage.directory, 'control.sock'));
    await delay(1000); // the state of what has just been announced is written down
    await measured(stage, file);
    for (let i = 0; i < 5; i++) {
      const status: { announcements: readonly unknown[] } = JSON.parse(
        await control.get('/v1/status'),
      );
      if (status.announcements.length !== own.length) throw new Error('announcements are missing');
    }
    return measured(stage, file);
  });
}

/**
 * One daemon takes in the tables of some neighbours, and where there are two of them, loses one.
 * Ingest, memory and failover are told from the same runs: loading the tables is what takes long.
 */

import type { Scale } from './bench.ts';
import type { SubjectKind } from './daemons/subject.ts';
import { cpuSeconds, type Memory, machineBusySeconds, memoryOf } from './processes.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { type Work, workOf } from './settle.ts';
import { addresses, onStage, type Stage } from './stage.ts';
import { FULL, QUICK, synthetic, type Workload } from './table/store.ts';

export interface TableRun {
  readonly ingest: Work;
  /** CPU seconds that other processes of the machine used a second, meanwhile. */
  readonly others: number;
  /** With its sessions up and nothing in its tables, and with everything. */
  readonly idle: Memory;
  readonly loaded: Memory;
  readonly paths: number;
  /** Undefined: there were not two neighbours. */
  readonly failover: Work | undefined;
}

/** How long an ingest may take, in ms. */
const LIMIT = 180_000;
const QUICK_LIMIT = 120_000;

export const PEERS = [1, 2, 4] as const;

export function upstreamsText(count: number): string {
  return count === 1 ? '1 upstream' : `${count} upstreams`;
}

const known = new Map<string, Promise<Rounds<TableRun>>>();

/** Runs with synthetic tables of so many neighbours; the same ones for all who ask. */
export function tableRuns(scale: Scale, peers: number): Promise<Rounds<TableRun>> {
  return once(`synthetic ${peers}`, () => {
    const workload = synthetic(scale.quick ? QUICK : FULL, addresses(peers));
    return runs(scale, workload);
  });
}

/** Runs with a workload of another kind. */
export function runs(scale: Scale, workload: Workload): Promise<Rounds<TableRun>> {
  const limit = scale.quick ? QUICK_LIMIT : LIMIT;
  return inRounds(scale, (kind) => run(kind, workload, limit));
}

function once(key: string, make: () => Promise<Rounds<TableRun>>): Promise<Rounds<TableRun>> {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

export function neighboursOf({ tables }: Workload) {
  return tables.map(({ peerAs, file }) => ({ peerAs, table: file }));
}

export function expectedOf({ tables, union }: Workload) {
  const paths = tables.reduce((sum, { prefixes }) => sum + prefixes.ipv4 + prefixes.ipv6, 0);
  return { paths, prefixes: union.ipv4 + union.ipv6 };
}

function run(kind: SubjectKind, workload: Workload, limit: number): Promise<TableRun> {
  const expected = expectedOf(workload);
  return onStage(kind, { neighbours: neighboursOf(workload) }, async (stage) => {
    const { feeder, pids } = stage;
    const idle = memoryOf(pids());
    const others = new Others(stage);
    const ingest = await workOf(stage, () => feeder.order({ order: 'send' }), expected, limit);
    const share = others.share();
    const loaded = memoryOf(pids());
    const failover = workload.tables.length === 2 ? await lose(stage, workload, limit) : undefined;
    return { ingest, others: share, idle, loaded, paths: expected.paths, failover };
  });
}

/** The first neighbour goes; its prefixes are those of the second, if the tables are synthetic. */
function lose({ feeder, ...stage }: Stage, { tables }: Workload, limit: number): Promise<Work> {
  const [, { prefixes } = { prefixes: { ipv4: 0, ipv6: 0 } }] = tables;
  const left = prefixes.ipv4 + prefixes.ipv6;
  const close = () => feeder.order({ order: 'close', session: 0 });
  return workOf({ feeder, ...stage }, close, { paths: left, prefixes: left }, limit);
}

/** What the machine does beside the daemon, its feeder and this process. */
class Others {
  readonly #stage: Stage;
  readonly #start = performance.now();
  readonly #before: number;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#before = this.#busy();
  }

  share(): number {
    const seconds = (performance.now() - this.#start) / 1000;
    return Math.max(0, (this.#busy() - this.#before) / seconds);
  }

  #busy(): number {
    const { pids, feeder } = this.#stage;
    return machineBusySeconds() - cpuSeconds([...pids(), feeder.pid, process.pid]);
  }
}

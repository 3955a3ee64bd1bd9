/**
 * A full table into the kernel, from two upstreams that send the same prefixes, and one of them goes.
 *
 *   install   from the order to the feeder until the kernel has 98 of 100 routes
 *   withdraw  our own prefix meanwhile: until the last upstream has read it
 *   re-point  from the end of one session until packets to every sample leave through the other
 *
 * What the kernel does for a daemon is in its CPU time, since netlink works in the caller.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Namespace } from '../test/support/netns.ts';
import type { Bench, Report, Scale } from './bench.ts';
import { quantile } from './bench.ts';
import { comparison, type Measure } from './comparison.ts';
import type { SubjectKind } from './daemons/subject.ts';
import { cpuSeconds, memoryOf } from './processes.ts';
import { inRounds } from './rounds.ts';
import { CountError, quiet } from './settle.ts';
import { addresses, comparisonObstacle, OWN_PREFIXES, onStage, type Stage } from './stage.ts';
import { FULL, QUICK, synthetic, type Workload } from './table/store.ts';
import { neighboursOf } from './tableRun.ts';

const UPSTREAMS = 2;
/** How long the kernel may take to have everything, and to lead elsewhere, in ms. */
const LIMIT = 300_000;
/** Between two counts in the kernel, in ms: a count walks over its tables. */
const COUNT_EVERY = 250;
/** Of the table: some daemons keep what looks strange to them out of the kernel. */
const SHARE = 0.98;
/** Destinations that are looked up, evenly over the table. */
const SAMPLES = 24;
/** Between two withdrawals, in ms. */
const PAUSE = 200;

interface KernelRun {
  readonly wall: number;
  readonly cpu: number;
  readonly rss: number;
  readonly withdrawals: readonly number[];
  /** Milliseconds. */
  readonly repointed: number;
  /** CPU seconds from there until the daemon is quiet. */
  readonly after: number;
}

const MEASURES: readonly Measure<KernelRun>[] = [
  { name: 'install s', digits: 2, of: ({ wall }) => wall },
  { name: 'CPU s', digits: 2, of: ({ cpu }) => cpu },
  { name: 'RSS MB', digits: 0, of: ({ rss }) => rss / 1e6 },
  { name: 'withdraw p50 ms', digits: 1, of: ({ withdrawals }) => quantile(withdrawals, 0.5) },
  { name: 'withdraw max ms', digits: 1, of: ({ withdrawals }) => quantile(withdrawals, 1) },
  { name: 're-point ms', digits: 0, of: ({ repointed }) => repointed },
  { name: 'failover CPU s', digits: 2, of: ({ after }) => after },
];

export const kernelTable: Bench = {
  name: 'kernel',
  about: 'a full table from 2 upstreams into the kernel, and one of them goes',
  obstacle: comparisonObstacle,
  async run(scale: Scale): Promise<Report> {
    const workload = synthetic(scale.quick ? QUICK : FULL, addresses(UPSTREAMS));
    const rounds = await inRounds(scale, (kind) => run(kind, workload));
    return comparison('upstreams', MEASURES, [{ label: String(UPSTREAMS), rounds, figures: [] }]);
  },
};

function run(kind: SubjectKind, workload: Workload): Promise<KernelRun> {
  const plan = { neighbours: neighboursOf(workload), kernel: true };
  return onStage(kind, plan, async (stage) => {
    const { feeder, pids, namespace } = stage;
    // Without it a changed next hop is told once for every route that refers to it.
    await namespace.exec('sysctl', '-qw', 'net.ipv4.nexthop_compat_mode=0');
    const told = feeder.times('reached', UPSTREAMS, LIMIT);
    feeder.order({ order: 'expect', announced: OWN_PREFIXES.length });
    await told;
    feeder.order({ order: 'watch', prefixes: [OWN_PREFIXES[0]] });
    const processes = pids();
    const before = cpuSeconds(processes);
    const start = performance.now();
    feeder.order({ order: 'send' });
    let isDone = false;
    const expected = workload.union.ipv4 + workload.union.ipv6;
    const counted = untilCounted(stage, expected).finally(() => {
      isDone = true;
    });
    counted.catch(() => {}); // awaited below
    const withdrawals = await cyclesUntil(stage, () => isDone);
    const wall = ((await counted) - start) / 1000;
    const cpu = cpuSeconds(processes) - before;
    await quiet(stage);
    const rss = memoryOf(pids()).rss;
    return { wall, cpu, rss, withdrawals, ...(await lose(stage)) };
  });
}

/** When the kernel had so many routes more than before. */
async function untilCounted({ pids, feeder }: Stage, all: number): Promise<number> {
  const expected = all * SHARE;
  const [pid = 0] = pids();
  const before = kernelRoutes(pid);
  for (const start = performance.now(); ; ) {
    feeder.check();
    const at = performance.now();
    const count = kernelRoutes(pid) - before;
    if (count >= expected) return at;
    if (at > start + LIMIT) throw new CountError(`${count} of ${expected} routes in the kernel`);
    await delay(COUNT_EVERY);
  }
}

/** In the namespace of the process: IPv4 prefixes of its largest table, and IPv6 routes. */
function kernelRoutes(pid: number): number {
  const tries = readFileSync(`/proc/${pid}/net/fib_triestat`, 'latin1');
  const counts = [...tries.matchAll(/^\s*Prefixes:\s+(\d+)/gm)].map(([, count]) => Number(count));
  const fields = readFileSync(`/proc/${pid}/net/rt6_stats`, 'latin1').split(' ');
  return Math.max(0, ...counts) + Number.parseInt(fields[3] ?? '0', 16);
}

/** Our own prefix goes and comes as long as the kernel is filled; milliseconds of each withdrawal. */
async function cyclesUntil(stage: Stage, isDone: () => boolean): Promise<readonly number[]> {
  const { subject, feeder } = stage;
  const samples: number[] = [];
  while (!isDone()) {
    const seen = (type: 'withdrawn' | 'announced') =>
      feeder.see(`to have it ${type}`, UPSTREAMS, LIMIT, (sighting) => sighting.type === type);
    const withdrawn = seen('withdrawn');
    const from = process.hrtime.bigint();
    const [sightings] = await Promise.all([withdrawn, subject.withdraw()]);
    const ends = sightings.map((one) => ('at' in one ? BigInt(one.at) : from));
    samples.push(Math.max(...ends.map((at) => Number(at - from) / 1e6)));
    await Promise.all([seen('announced'), subject.announce()]);
    await delay(PAUSE);
  }
  return samples;
}

async function lose(stage: Stage): Promise<Pick<KernelRun, 'repointed' | 'after'>> {
  const { feeder, namespace, pids } = stage;
  const samples = await learnedSamples(namespace);
  const before = cpuSeconds(pids());
  const start = performance.now();
  feeder.order({ order: 'close', session: 0 });
  for (;;) {
    const links = await linksTo(namespace, samples);
    const at = performance.now();
    if (links.length > 0 && links.every((link) => link === 'to-1')) {
      await quiet(stage);
      return { repointed: at - start, after: cpuSeconds(pids()) - before };
    }
    if (at > start + LIMIT) throw new CountError('packets still leave through who is gone');
  }
}

/** Destinations that leave through the first neighbour. */
async function learnedSamples(namespace: Namespace): Promise<readonly string[]> {
  const all = Array.from({ length: 223 * 16 }, (_, i) => {
    return `${1 + Math.floor(i / 16)}.${(i % 16) * 16 + 3}.1.1`;
  });
  const links = await linksTo(namespace, all);
  const first = all.filter((_, i) => links[i] === 'to-0');
  const step = Math.max(1, Math.floor(first.length / SAMPLES));
  return first.filter((_, i) => i % step === 0).slice(0, SAMPLES);
}

/** The interface that a packet to each would leave by. */
async function linksTo(
  namespace: Namespace,
  destinations: readonly string[],
): Promise<readonly string[]> {
  const lines = destinations.map((one) => `route get ${one}`).join('\\n');
  const script = `printf '${lines}\\n' | ip -force -o -batch - 2>&1`;
  const text = await namespace.exec('sh', '-c', `${script} || true`);
  return text
    .split('\n')
    .filter((line) => / dev |RTNETLINK/.test(line))
    .map((line) => / dev (\S+)/.exec(line)?.[1] ?? '');
}

/**
 * From the order to withdraw one prefix of its own until the withdrawal has arrived at the last of four
 * upstreams, with nothing in the daemon's tables, while it takes four full tables in, and when it has
 * them. The order is each daemon's own; ours is measured a second time as a reload of a file that
 * lacks the prefix, which includes reading that file.
 */

import { requireOrSkip } from '../test/support/requirements.ts';
import { Arrivals } from './arrivals.ts';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';
import { comparison, type Measure, oursAtMost } from './comparison.ts';
import { multihomed, multihomedByFile } from './daemons/multihomed.ts';
import type { SubjectKind } from './daemons/subject.ts';
import { inRounds } from './rounds.ts';
import { quiet, workOf } from './settle.ts';
import { addresses, OWN_PREFIXES, onStage, type Stage } from './stage.ts';
import { FULL, QUICK, synthetic, type Workload } from './table/store.ts';
import { expectedOf, neighboursOf } from './tableRun.ts';

const UPSTREAMS = 4;
const CYCLES = 40;
const QUICK_CYCLES = 3;
/** How long the upstreams may wait for one change, and a daemon for its tables, in ms. */
const LIMIT = 60_000;
const INGEST_LIMIT = 180_000;

/** Milliseconds of each withdrawal. */
interface Latencies {
  readonly idle: readonly number[];
  readonly ingest: readonly number[];
  readonly loaded: readonly number[];
}

const measure = (when: keyof Latencies, share: number, name: string): Measure<Latencies> => ({
  name: `${when} ${name}`,
  digits: 2,
  of: (latencies) => quantile(latencies[when], share),
});

const MEASURES: readonly Measure<Latencies>[] = (['idle', 'ingest', 'loaded'] as const).flatMap(
  (when) => [measure(when, 0.5, 'p50 ms'), measure(when, 0.99, 'p99 ms')],
);

export const withdraw: Bench = {
  name: 'withdraw',
  about: 'from the order until the withdrawal has arrived at the last of 4 upstreams',
  obstacle: () => requireOrSkip('tcpdump').skip || undefined,
  async run(scale: Scale): Promise<Report> {
    const workload = synthetic(scale.quick ? QUICK : FULL, addresses(UPSTREAMS));
    const cycles = scale.quick ? QUICK_CYCLES : CYCLES;
    const subjects = scale.subjects.flatMap((kind) =>
      kind === multihomed ? [kind, multihomedByFile] : [kind],
    );
    const measure = (kind: SubjectKind) => latencies(kind, workload, cycles);
    const rounds = await inRounds({ ...scale, subjects }, measure);
    const p99 = ({ ingest }: Latencies) => quantile(ingest, 0.99);
    const figures = oursAtMost(rounds, 'during ingest, p99', p99, 'ms', 5);
    return comparison('upstreams', MEASURES, [{ label: String(UPSTREAMS), rounds, figures }]);
  },
};

function latencies(kind: SubjectKind, workload: Workload, cycles: number): Promise<Latencies> {
  return onStage(kind, { neighbours: neighboursOf(workload) }, async (stage) => {
    const told = stage.feeder.times('reached', UPSTREAMS, LIMIT);
    stage.feeder.order({ order: 'expect', announced: OWN_PREFIXES.length });
    await told;
    stage.feeder.order({ order: 'watch', prefixes: [OWN_PREFIXES[0]] });
    const arrivals = await Arrivals.start(stage.upstreams, OWN_PREFIXES[0]);
    try {
      const one = () => cycle(stage, UPSTREAMS, arrivals);
      await quiet(stage); // sessions that have just come up are work
      const idle = await repeated(cycles, one);
      const ingest = await whileIngesting(stage, workload, one);
      await quiet(stage);
      const loaded = await repeated(cycles, one);
      return { idle, ingest, loaded };
    } finally {
      await arrivals.stop();
    }
  });
}

/** As often as there is time for. */
async function whileIngesting(
  stage: Stage,
  workload: Workload,
  one: () => Promise<number>,
): Promise<readonly number[]> {
  let isDone = false;
  const send = () => stage.feeder.order({ order: 'send' });
  const work = workOf(stage, send, expectedOf(workload), INGEST_LIMIT).finally(() => {
    isDone = true;
  });
  const samples: number[] = [];
  const cycles = async () => {
    while (!isDone) {
      const sample = await one();
      if (!isDone) samples.push(sample);
    }
  };
  await Promise.all([work, cycles()]);
  return samples;
}

async function repeated(times: number, work: () => Promise<number>): Promise<readonly number[]> {
  const samples: number[] = [];
  while (samples.length < times) samples.push(await work());
  return samples;
}

/**
 * Withdraws, announces again; the milliseconds of the first. Without `arrivals`, until the feeder has
 * read it, which is later when it has tables to send.
 */
export async function cycle(
  { subject, feeder }: Stage,
  upstreams = UPSTREAMS,
  arrivals?: Arrivals,
): Promise<number> {
  const seen = (type: 'withdrawn' | 'announced') =>
    feeder.see(`to have it ${type}`, upstreams, LIMIT, (sighting) => sighting.type === type);
  const withdrawn = seen('withdrawn');
  arrivals?.begin();
  const from = process.hrtime.bigint();
  const [sightings] = await Promise.all([withdrawn, subject.withdraw()]);
  const read = sightings.map((sighting) => ('at' in sighting ? BigInt(sighting.at) : from));
  const times = (await arrivals?.times(upstreams)) ?? read;
  await Promise.all([seen('announced'), subject.announce()]);
  return Math.max(...times.map((at) => Number(at - from) / 1e6));
}

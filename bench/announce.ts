/**
 * 100,000 prefixes of its own to four upstreams. The daemon has them all and its four sessions wait
 * one step before Established; from that step until the last upstream has read the last prefix.
 */

import type { Bench, Report, Scale } from './bench.ts';
import { comparison, type Measure, oursAtMost } from './comparison.ts';
import type { SubjectKind } from './daemons/subject.ts';
import { cpuSeconds } from './processes.ts';
import { inRounds } from './rounds.ts';
import { CountError, quiet } from './settle.ts';
import { comparisonObstacle, onStage, type Stage } from './stage.ts';

const UPSTREAMS = 4;
const PREFIXES = 100_000;
const QUICK_PREFIXES = 5_000;
const LIMIT = 120_000;

interface Announcing {
  readonly wall: number;
  readonly cpu: number;
  /** To one upstream. */
  readonly updates: number;
}

const MEASURES: readonly Measure<Announcing>[] = [
  { name: 'wall ms', digits: 0, of: ({ wall }) => wall },
  { name: 'CPU ms', digits: 0, of: ({ cpu }) => cpu },
  { name: 'UPDATEs each', digits: 0, of: ({ updates }) => updates },
];

export const announce: Bench = {
  name: 'announce',
  about: '100,000 own prefixes to 4 upstreams, from Established until the last one is read',
  obstacle: comparisonObstacle,
  async run(scale: Scale): Promise<Report> {
    const prefixes = ownPrefixes(scale.quick ? QUICK_PREFIXES : PREFIXES);
    const rounds = await inRounds(scale, (kind) => announcing(kind, prefixes));
    const figures = oursAtMost(rounds, 'CPU', ({ cpu }) => cpu, 'ms', 40);
    return comparison('upstreams', MEASURES, [{ label: String(UPSTREAMS), rounds, figures }]);
  },
};

/** /24s from 20.0.0.0 on. */
export function ownPrefixes(count: number): readonly [string, ...string[]] {
  const prefix = (i: number) => `${20 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}.0/24`;
  return [prefix(0), ...Array.from({ length: count - 1 }, (_, i) => prefix(i + 1))];
}

function announcing(kind: SubjectKind, own: readonly [string, ...string[]]): Promise<Announcing> {
  const neighbours = Array.from({ length: UPSTREAMS }, (_, i) => ({
    peerAs: 3000 + i,
    table: undefined,
  }));
  return onStage(kind, { neighbours, own, held: true }, async (stage) => {
    await quiet(stage);
    return establish(stage, own.length);
  });
}

async function establish(stage: Stage, prefixes: number): Promise<Announcing> {
  const { feeder, pids } = stage;
  const processes = pids();
  const reached = feeder.times('reached', UPSTREAMS, LIMIT).catch(async () => {
    const counts = (await feeder.counts()).map(({ distinct }) => distinct);
    throw new CountError(`announced ${counts.join(', ')} of ${prefixes} prefixes to its upstreams`);
  });
  feeder.order({ order: 'expect', announced: prefixes });
  const before = cpuSeconds(processes);
  const from = process.hrtime.bigint();
  feeder.order({ order: 'establish' });
  const wall = Math.max(...(await reached).map((at) => Number(at - from) / 1e6));
  const cpu = (cpuSeconds(processes) - before) * 1000;
  await quiet(stage);
  const counts = await feeder.counts();
  const wrong = counts.find(({ distinct, withdrawn }) => distinct - withdrawn !== prefixes);
  if (wrong) {
    const { distinct, withdrawn } = wrong;
    throw new CountError(`announced ${distinct} prefixes, withdrew ${withdrawn}, of ${prefixes}`);
  }
  const updates = Math.max(...counts.map((count) => count.updates));
  return { wall, cpu, updates };
}

/**
 * Full tables from 1, 2 and 4 upstreams: from the order to the feeder until the daemon's own counters
 * equal what was fed, its queues are empty, and an exact look agrees. CPU seconds are those of all
 * its processes.
 */

import type { Bench, Report, Scale } from './bench.ts';
import { comparison, type Group, type Measure, timesOurs } from './comparison.ts';
import { comparisonObstacle } from './stage.ts';
import { PEERS, type TableRun, tableRuns, upstreamsText } from './tableRun.ts';

/** How many times as much CPU as we BIRD must need, by the number of upstreams. */
const AT_LEAST: Readonly<Record<(typeof PEERS)[number], number>> = { 1: 2, 2: 2.5, 4: 3.5 };

export const INGEST_MEASURES: readonly Measure<TableRun>[] = [
  { name: 'wall s', digits: 2, of: ({ ingest }) => ingest.wall },
  { name: 'CPU s', digits: 2, of: ({ ingest }) => ingest.cpu },
  { name: 'others', digits: 2, of: ({ others }) => others },
];

export const ingest: Bench = {
  name: 'ingest',
  about: 'full tables from 1, 2 and 4 upstreams, until the counts are right ("others": busy cores)',
  obstacle: comparisonObstacle,
  async run(scale: Scale): Promise<Report> {
    const groups: Group<TableRun>[] = [];
    for (const peers of PEERS) {
      const rounds = await tableRuns(scale, peers);
      const name = `CPU, BIRD's to ours, ${upstreamsText(peers)}`;
      const figures = timesOurs(rounds, name, (run) => run.ingest.cpu, AT_LEAST[peers]);
      groups.push({ label: String(peers), rounds, figures });
    }
    return comparison('upstreams', INGEST_MEASURES, groups);
  },
};

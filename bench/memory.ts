/**
 * What full tables take in memory, all processes of a daemon together, right after it has them: in
 * the runs of `ingest.ts`. Octets a path are those beyond the same daemon with its sessions up and
 * nothing in its tables.
 */

import type { Bench, Report, Scale } from './bench.ts';
import { comparison, type Group, type Measure, oursAtMost } from './comparison.ts';
import { comparisonObstacle } from './stage.ts';
import { PEERS, type TableRun, tableRuns, upstreamsText } from './tableRun.ts';

/** As the targets have it. */
const MB = 2 ** 20;

const AT_MOST: Readonly<Record<(typeof PEERS)[number], number>> = { 1: 100, 2: 130, 4: 180 };
const IDLE_AT_MOST = 58;
const A_PATH_AT_MOST = 35;

const idle = ({ idle: { rss } }: TableRun): number => rss / MB;
const loaded = ({ loaded: { rss } }: TableRun): number => rss / MB;
const aPath = (run: TableRun): number => (run.loaded.rss - run.idle.rss) / run.paths;

const MEASURES: readonly Measure<TableRun>[] = [
  { name: 'idle RSS MB', digits: 1, of: idle },
  { name: 'RSS MB', digits: 1, of: loaded },
  { name: 'PSS MB', digits: 1, of: (run) => run.loaded.pss / MB },
  { name: 'B/path', digits: 1, of: aPath },
];

export const memory: Bench = {
  name: 'memory',
  about:
    'memory with full tables from 1, 2 and 4 upstreams, and octets a path beyond the idle daemon',
  obstacle: comparisonObstacle,
  async run(scale: Scale): Promise<Report> {
    const groups: Group<TableRun>[] = [];
    for (const peers of PEERS) {
      const rounds = await tableRuns(scale, peers);
      const limit = AT_MOST[peers];
      const figures = [
        ...oursAtMost(rounds, `RSS, ${upstreamsText(peers)}`, loaded, 'MB', limit),
        ...(peers === 1 ? oursAtMost(rounds, 'RSS, idle', idle, 'MB', IDLE_AT_MOST) : []),
        ...(peers === 1
          ? []
          : oursAtMost(rounds, `a path, ${upstreamsText(peers)}`, aPath, 'B', A_PATH_AT_MOST)),
      ];
      groups.push({ label: String(peers), rounds, figures });
    }
    return comparison('upstreams', MEASURES, groups);
  },
};

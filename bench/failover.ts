/**
 * Two full tables, and one of the two upstreams ends its session: until the daemon has nothing of it
 * any more and every best path is one of the other's. In the runs of `ingest.ts`.
 */

import type { Bench, Report, Scale } from './bench.ts';
import { comparison, type Measure, oursAtMost } from './comparison.ts';
import { comparisonObstacle } from './stage.ts';
import { type TableRun, tableRuns } from './tableRun.ts';

const UPSTREAMS = 2;
const AT_MOST = 0.4;

const wall = ({ failover }: TableRun): number => failover?.wall ?? Number.NaN;

const MEASURES: readonly Measure<TableRun>[] = [
  { name: 'wall s', digits: 2, of: wall },
  { name: 'CPU s', digits: 2, of: ({ failover }) => failover?.cpu ?? Number.NaN },
];

export const failover: Bench = {
  name: 'failover',
  about: 'one of two upstreams with full tables goes, until every best path is re-selected',
  obstacle: comparisonObstacle,
  async run(scale: Scale): Promise<Report> {
    const rounds = await tableRuns(scale, UPSTREAMS);
    const figures = oursAtMost(rounds, 'wall', wall, 's', AT_MOST);
    return comparison('upstreams', MEASURES, [{ label: String(UPSTREAMS), rounds, figures }]);
  },
};

/**
 * The same ingest with real tables, which synthetic ones only resemble: two full tables that were
 * recorded in 2010, and all prefixes of 2026 with drawn attributes.
 */

import { existsSync } from 'node:fs';
import type { Bench, Report, Scale } from './bench.ts';
import { comparison } from './comparison.ts';
import { INGEST_MEASURES } from './ingest.ts';
import { PREFIX_LISTS, RECORDED_TABLE } from './paths.ts';
import { addresses, comparisonObstacle } from './stage.ts';
import { listed, recorded } from './table/store.ts';
import { runs } from './tableRun.ts';

export const realTables: Bench = {
  name: 'real-tables',
  about: 'two full tables recorded in 2010, and the prefixes of 2026 from one upstream',
  obstacle() {
    const missing = [RECORDED_TABLE, ...Object.values(PREFIX_LISTS)].find(
      (file) => !existsSync(file),
    );
    return comparisonObstacle() ?? (missing && `${missing} is not there`);
  },
  async run(scale: Scale): Promise<Report> {
    const old = await runs(scale, recorded(addresses(2)));
    // It takes a while in any daemon.
    const today = scale.quick ? [] : [await runs(scale, listed(addresses(1)))];
    return comparison('table', INGEST_MEASURES, [
      { label: '2 × 2010', rounds: old, figures: [] },
      ...today.map((rounds) => ({ label: '1 × 2026', rounds, figures: [] })),
    ]);
  },
};

/**
 * `npm run judge`: the flap budget before a real judge. Each cell is a network of its own in
 * namespaces, with an FRR that damps behind the upstreams (see `stage.ts`); all are played at the same
 * time, for they mostly wait. Prints a table with the simulator's figures beside the live ones,
 * writes everything to bench/results, and fails when ours is not what is claimed of it or when the
 * two do not agree.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { errorText } from '../../src/net/errorText.ts';
import { commandLine, misused } from '../../test/support/commandLine.ts';
import { requireOrSkip } from '../../test/support/requirements.ts';
import { RESULTS } from '../paths.ts';
import { CELLS, type Cell, titleOf } from './cell.ts';
import { Gate } from './gate.ts';
import { playLive } from './live.ts';
import { predict } from './predicted.ts';
import { type Results, writeSection } from './section.ts';
import { tableText } from './table.ts';
import { TimeScale } from './trace.ts';
import { type Judged, verdicts } from './verdict.ts';

/** How many networks are set up at a time; played are all at once. */
const BUILDERS = 2;
/** Minutes: all times of the traces are whole seconds then. */
const HALF_LIFE = '3';

const USE = `npm run judge                every cell, at the same time: a quarter of an hour
  --half-life=MINUTES        3, or another multiple of it; 15 is the real scale
  --only=TEXT                the cells whose title or edge has this text
  --from=RESULTS             nothing is played: judged is what an earlier run has written
  --write                    into docs/flap-budget.md, too`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = commandLine(USE, {
    options: {
      'half-life': { type: 'string', default: HALF_LIFE },
      only: { type: 'string', default: '' },
      from: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values['half-life']);
  if (!(minutes >= 3 && minutes <= 15 && minutes % 3 === 0)) {
    console.error(
      '--half-life is 3, 6, 9, 12 or 15 minutes: else the traces have no whole seconds',
    );
    return 2;
  }
  const { skip } = requireOrSkip('frr', 'bird');
  if (skip && values.from === undefined) {
    console.log(`skipped: ${skip}`);
    return 0;
  }
  const cells = CELLS.filter((cell) => nameOf(cell).includes(values.only));
  if (cells.length === 0) {
    console.error(`no cell's name has "${values.only}" in it`);
    return 2;
  }
  const results = values.from ? await readResults(values.from) : await judge(cells, minutes);
  return tell(results, values.write);
}

async function readResults(file: string): Promise<Results> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return misused(`${file} has no results: ${errorText(error)}`);
  }
}

async function judge(cells: readonly Cell[], minutes: number): Promise<Results> {
  const at = new Date().toISOString();
  const judged = await play(cells, new TimeScale(minutes * 60));
  const results = { at, minutes, judged, failed: cells.length - judged.length };
  await mkdir(RESULTS, { recursive: true });
  const file = `${RESULTS}judge-${at.replaceAll(':', '-')}.json`;
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`written to ${file}\n`);
  return results;
}

async function tell(results: Results, write: boolean): Promise<number> {
  const { judged, minutes } = results;
  const found = verdicts(judged, new TimeScale(minutes * 60));
  console.log(tableText(judged));
  const missed = found.filter(({ holds }) => !holds);
  console.log(`\n${found.length - missed.length} of ${found.length} comparisons hold`);
  for (const { claim, figures } of missed) console.log(`NOT SO: ${claim}: ${figures}`);
  if (results.failed > 0) console.log(`${results.failed} could not be played`);
  if (write) await writeSection(results, found);
  return missed.length + results.failed > 0 ? 1 : 0;
}

function nameOf(cell: Cell): string {
  return `${titleOf(cell)}; ${cell.edge}`;
}

/** A network that cannot be set up takes none of the others with it. */
async function play(cells: readonly Cell[], scale: TimeScale): Promise<readonly Judged[]> {
  const gate = new Gate(BUILDERS);
  const played = await Promise.all(
    cells.map(async (cell) => {
      const name = nameOf(cell);
      try {
        const simulated = predict(cell, scale);
        const live = await playLive(cell, scale, (work) => gate.pass(work));
        console.log(`${name}: over`);
        return [{ cell, live, simulated }];
      } catch (error) {
        console.log(`${name}: failed: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    }),
  );
  return played.flat();
}

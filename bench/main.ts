/**
 * `npm run bench`: runs the benches that are named, or all; prints a table and writes everything
 * that was measured, with the machine it was measured on, to bench/results. A bench that breaks
 * fails the run, and so does a wrong count, or a figure beyond its limit unless the run is a quick
 * one. The other daemons are measured beside ours, in turns; whichever is absent is named.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { commandLine, misused, numberOf } from '../test/support/commandLine.ts';
import { announce } from './announce.ts';
import type { Bench, Figure, Report, Scale } from './bench.ts';
import { bfdDetection } from './bfdDetection.ts';
import { bfdUnderLoad } from './bfdUnderLoad.ts';
import { drawChart } from './chart.ts';
import { checkLoss } from './checkLoss.ts';
import { checks } from './checks.ts';
import { SUBJECTS } from './daemons/all.ts';
import { failover } from './failover.ts';
import { flood } from './flood.ts';
import { ingest } from './ingest.ts';
import { kernelTable } from './kernelTable.ts';
import { linkLoss } from './linkLoss.ts';
import { loopGap } from './loopGap.ts';
import { memory } from './memory.ts';
import { outage } from './outage.ts';
import { RESULTS } from './paths.ts';
import { reading } from './reading.ts';
import { realTables } from './realTables.ts';
import { start } from './start.ts';
import { withdraw } from './withdraw.ts';

const BENCHES: readonly Bench[] = [
  ...[
    start,
    linkLoss,
    outage,
    bfdDetection,
    bfdUnderLoad,
    flood,
    loopGap,
    ingest,
    memory,
    failover,
    kernelTable,
    withdraw,
    announce,
    realTables,
    reading,
  ],
  checkLoss,
  checks,
];

const ROUNDS = 3;
/** Units without decimals. */
const COUNTED: ReadonlySet<Figure['unit']> = new Set(['rounds', 'connections', 'lines']);
const QUICK_SUBJECTS = ['multihomed', 'bird'];

type Outcome = { readonly skipped: string } | { readonly failed: string } | Report;

const NAMES = BENCHES.map(({ name }) => name);
const SUBJECT_NAMES = SUBJECTS.map(({ name }) => name);

const USE = `npm run bench                    every bench, three rounds: more than an hour
npm run bench -- NAME ...        these: ${NAMES.join(', ')}
  --subjects=NAME,...            only these beside each other: ${SUBJECT_NAMES.join(', ')}
  --rounds=N                     how often each is measured
  --quick                        small tables, one round: do the counts agree?
npm run bench -- --chart [FILE]  docs/bench.svg from the newest full run, or from this one`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = commandLine(USE, {
    options: {
      quick: { type: 'boolean', default: false },
      chart: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      subjects: { type: 'string' },
    },
    allowPositionals: true,
  });
  if (values.chart) return chart(positionals[0]);
  judgeNames('bench', positionals, NAMES);
  judgeNames('daemon', values.subjects?.split(',') ?? [], SUBJECT_NAMES);
  const scale = scaleOf(values);
  const outcomes: Record<string, Outcome> = {};
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    console.log(`\n${bench.name}: ${bench.about}`);
    const outcome = await attempt(bench, scale);
    outcomes[bench.name] = outcome;
    console.log(textOf(outcome, scale));
  }
  console.log(`\nwritten to ${await write(outcomes, scale.quick)}`);
  return Object.values(outcomes).some((outcome) => isFailure(outcome, scale)) ? 1 : 0;
}

/** Ends the process with the names that there are. */
function judgeNames(what: string, asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  misused(`no such ${what}: ${unknown.join(', ')}; there are ${known.join(', ')}`);
}

interface Values {
  readonly quick: boolean;
  readonly rounds?: string | undefined;
  readonly subjects?: string | undefined;
}

function scaleOf({ quick, rounds, subjects }: Values): Scale {
  const wanted = subjects?.split(',') ?? (quick ? QUICK_SUBJECTS : undefined);
  return {
    quick,
    rounds: Math.ceil(numberOf('rounds', rounds, quick ? 1 : ROUNDS)),
    subjects: SUBJECTS.filter(({ name }) => wanted?.includes(name) ?? true),
  };
}

async function chart(file: string | undefined): Promise<number> {
  try {
    console.log(`written to ${await drawChart(file)}`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function attempt(bench: Bench, scale: Scale): Promise<Outcome> {
  const skipped = bench.obstacle();
  if (skipped !== undefined) return { skipped };
  try {
    return await bench.run(scale);
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function textOf(outcome: Outcome, scale: Scale): string {
  if ('skipped' in outcome) return `  skipped: ${outcome.skipped}`;
  if ('failed' in outcome) return `  failed: ${outcome.failed}`;
  const { table, figures, notes = [] } = outcome;
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = [
    ...(table ? aligned([table.columns, ...table.rows]) : []),
    ...figures.map((figure) => row(figure, width, scale)),
    ...notes,
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

/** Columns under each other: two of words, then figures. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  );
}

/** `median                1.23 ms     at most 5: yes`; a quick run judges nothing. */
function row(figure: Figure, width: number, { quick }: Scale): string {
  const { name, value, unit, atMost, atLeast } = figure;
  const text = COUNTED.has(unit) ? String(value) : value.toFixed(2);
  const limit =
    atMost === undefined
      ? atLeast === undefined
        ? ''
        : `at least ${atLeast}`
      : `at most ${atMost}`;
  const verdict = quick ? '' : isMissed(figure) ? ': NO' : ': yes';
  const aim = limit === '' ? '' : `  ${limit}${verdict}`;
  return `${name.padEnd(width)} ${text.padStart(10)} ${unit.padEnd(11)}${aim}`.trimEnd();
}

/** Also when there is nothing to compare: a bench without a single sample has not passed. */
function isMissed({ value, atMost, atLeast }: Figure): boolean {
  if (atMost !== undefined) return !(value <= atMost);
  return atLeast !== undefined && !(value >= atLeast);
}

function isFailure(outcome: Outcome, { quick }: Scale): boolean {
  if ('failed' in outcome) return true;
  return !quick && 'figures' in outcome && outcome.figures.some(isMissed);
}

/** Returns the name of the file. */
async function write(outcomes: Readonly<Record<string, Outcome>>, quick: boolean): Promise<string> {
  const at = new Date().toISOString();
  const file = `${RESULTS}${at.replaceAll(':', '-')}.json`;
  const [processor] = cpus();
  const machine = {
    node: process.version,
    kernel: release(),
    processor: processor?.model,
    cores: cpus().length,
    memory: totalmem(),
  };
  await mkdir(RESULTS, { recursive: true });
  await writeFile(file, `${JSON.stringify({ at, quick, machine, outcomes }, undefined, 2)}\n`);
  return file;
}

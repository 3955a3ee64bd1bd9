/** What the experiments of `multihomed lab test` came to, as text, and as files. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentReport } from '../lab/report.ts';
import { reportPage } from '../lab/reportPage.ts';
import { jsonText } from './json.ts';
import type { Terminal } from './terminal.ts';

export function reportLines(
  report: ExperimentReport,
  { paint }: Pick<Terminal, 'paint'>,
): readonly string[] {
  const { name, title, result } = report;
  const colour = result === 'ok' ? 'good' : result === 'failed' ? 'bad' : 'warn';
  const head = `${paint(colour, result.padEnd(13))} ${name}: ${title}`;
  if (report.result === 'not available') return [head, `  ${report.why}`];
  return [
    head,
    ...(report.degradedBy === 'relay' ? ['  this kernel has no netem: the link is a relay'] : []),
    ...report.verdicts.map(
      ({ expected, seen, ok }) =>
        `  ${ok ? paint('good', 'seen    ') : paint('bad', 'NOT SEEN')} ${expected}; it was ${seen}`,
    ),
  ];
}

/** Of all rounds together. */
export function summaryLines(reports: readonly ExperimentReport[]): readonly string[] {
  const failed = reports.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const absent = reports.filter(({ result }) => result === 'not available').length;
  const differing = differingOf(reports);
  const rounds = Math.max(...reports.map(({ round }) => round));
  const parts = [
    `${reports.length - failed.length - absent} as expected`,
    ...(failed.length > 0 ? [`${failed.length} failed: ${failed.join(', ')}`] : []),
    ...(absent > 0 ? [`${absent} not available`] : []),
  ];
  return [
    `${reports.length} experiments: ${parts.join('; ')}`,
    ...(rounds > 1 && differing.length === 0 ? [`the same verdicts in all ${rounds} rounds`] : []),
    ...(differing.length > 0 ? [`not the same in each round: ${differing.join(', ')}`] : []),
  ];
}

/** Experiments that came to other verdicts in one round than in another. */
export function differingOf(reports: readonly ExperimentReport[]): readonly string[] {
  const first = new Map<string, string>();
  const differing = new Set<string>();
  for (const report of reports) {
    const came =
      report.result === 'not available' ? '' : report.verdicts.map(({ ok }) => ok).join();
    const before = first.get(report.name);
    if (before === undefined) first.set(report.name, came);
    else if (before !== came) differing.add(report.name);
  }
  return [...differing];
}

export function writeReports(
  folder: string,
  reports: readonly ExperimentReport[],
  { stderr }: Pick<Terminal, 'stderr'>,
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), jsonText(reports));
  writeFileSync(join(folder, 'report.html'), reportPage(reports, new Date()));
  stderr(`${folder}/report.json and report.html are written\n`);
}

/** The judge's table, for a terminal and for the documentation. */

import { type Cell, type EdgeName, titleOf } from './cell.ts';
import { outcomeText } from './outcome.ts';
import type { Judged } from './verdict.ts';

export function tableText(judged: readonly Judged[]): string {
  const lines = judged.map(({ cell, live, simulated }) => {
    const figures = `${outcomeText(live).padStart(12)}  ${outcomeText(simulated).padStart(12)}`;
    const peaks = `${live.peak.toFixed(0).padStart(7)}  ${simulated.peak.toFixed(0).padStart(7)}`;
    return `${titleOf(cell).padEnd(TITLE)} ${cell.edge.padEnd(17)} ${figures}  ${peaks}`;
  });
  const head = `${'dark / UPDATEs / suppressions'.padEnd(TITLE + 18)} ${'live'.padStart(12)}  ${'simulated'.padStart(12)}     peak`;
  return [head, ...lines].join('\n');
}

const TITLE = 72;

/** A row a trace, a column an edge: `live (simulated)`. */
export function markdownTable(judged: readonly Judged[], edges: readonly EdgeName[]): string {
  const columns = edges.filter((edge) => judged.some(({ cell }) => cell.edge === edge));
  const titles = [
    ...new Set(
      judged.filter(({ cell }) => columns.includes(cell.edge)).map(({ cell }) => titleOf(cell)),
    ),
  ];
  const row = (title: string) =>
    columns.map((edge) => cellText(judged.find(({ cell }) => isAt(cell, title, edge))));
  return [
    `| | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...titles.map((title) => `| ${title} | ${row(title).join(' | ')} |`),
  ].join('\n');
}

function isAt(cell: Cell, title: string, edge: EdgeName): boolean {
  return cell.edge === edge && titleOf(cell) === title;
}

function cellText(judged: Judged | undefined): string {
  if (!judged) return '';
  return `${outcomeText(judged.live)} (${outcomeText(judged.simulated)})`;
}

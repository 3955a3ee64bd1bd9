/**
 * The chart of the docs: CPU seconds of a full ingest and memory after it, for each daemon and number
 * of upstreams, as an SVG drawn from a file of results. Lengths are logarithmic: the daemons differ
 * by powers of ten.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report, Table } from './bench.ts';
import { RESULTS } from './paths.ts';

const CHART = fileURLToPath(new URL('../docs/bench.svg', import.meta.url));

interface Results {
  readonly at: string;
  readonly quick: boolean;
  readonly machine: { readonly processor?: string; readonly node: string };
  readonly outcomes: Readonly<Record<string, Partial<Report>>>;
}

interface Bar {
  readonly upstreams: string;
  readonly daemon: string;
  readonly value: number;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly digits: number;
}

/** In pixels. */
const Layout = {
  width: 760,
  names: 190,
  values: 70,
  bar: 14,
  gap: 4,
  group: 10,
  head: 34,
  foot: 24,
} as const;

const OURS = '#1f6f4a';
const OTHERS = '#9aa7b1';

/** Draws the file of results, or the newest whole one. Returns the name of the chart. */
export async function drawChart(file?: string): Promise<string> {
  const results = file === undefined ? await newest() : await read(file);
  const panels = panelsOf(results);
  if (panels.length === 0) throw new Error(`${file} has no ingest and no memory in it`);
  const { node, processor = 'unknown processor' } = results.machine;
  const words = `logarithmic; medians; ${results.at.slice(0, 10)}, Node ${node}, ${processor}`;
  await writeFile(CHART, svg(panels, words));
  return join('docs', basename(CHART));
}

/** Of a run that was not a quick one. */
async function newest(): Promise<Results> {
  const names = (await readdir(RESULTS)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names.reverse()) {
    const results = await read(join(RESULTS, name));
    if (!results.quick && panelsOf(results).length > 0) return results;
  }
  throw new Error('nothing was measured that could be drawn: npm run bench -- ingest memory');
}

async function read(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, 'utf8'));
}

function panelsOf({ outcomes: { ingest, memory } }: Results): readonly Panel[] {
  return [
    panel('CPU seconds of a full ingest', ingest?.table, 'CPU s', 2),
    panel('Memory (RSS) with the tables, in MB', memory?.table, 'RSS MB', 0),
  ].flatMap((one) => one ?? []);
}

function panel(
  title: string,
  table: Table | undefined,
  column: string,
  digits: number,
): Panel | undefined {
  const at = table?.columns.indexOf(column) ?? -1;
  if (!table || at < 0) return undefined;
  const bars = table.rows.map((row) => ({
    upstreams: row[0] ?? '',
    daemon: row[1] ?? '',
    value: Number(row[at]),
  }));
  return { title, bars, digits };
}

function svg(panels: readonly Panel[], words: string): string {
  let y = 0;
  const parts = panels.map((one) => {
    const drawn = drawPanel(one, y);
    y = drawn.end;
    return drawn.text;
  });
  const height = y + Layout.foot;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Layout.width} ${height}"`,
    ' font-family="system-ui, sans-serif" font-size="12">',
    `<rect width="${Layout.width}" height="${height}" fill="#fff"/>`,
    ...parts,
    text(12, height - 8, words, 'fill="#667" font-size="10"'),
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, bars, digits }: Panel, top: number) {
  const values = bars.map(({ value }) => value);
  // The shortest bar is a tenth of a decade.
  const least = Math.log10(Math.min(...values)) - 0.1;
  const unit =
    (Layout.width - Layout.names - Layout.values) / (Math.log10(Math.max(...values)) - least);
  const lines = [text(12, top + 22, title, 'font-weight="600" font-size="14"')];
  let y = top + Layout.head;
  for (const [i, { upstreams, daemon, value }] of bars.entries()) {
    const isFirst = bars[i - 1]?.upstreams !== upstreams;
    if (isFirst && i > 0) y += Layout.group;
    const base = y + Layout.bar - 3;
    const width = Math.max(1, (Math.log10(value) - least) * unit);
    const colour = daemon === 'multihomed' ? OURS : OTHERS;
    if (isFirst)
      lines.push(
        text(12, base, upstreams === '1' ? '1 upstream' : `${upstreams} upstreams`, 'fill="#667"'),
      );
    lines.push(
      text(Layout.names - 8, base, daemon, 'text-anchor="end"'),
      `<rect x="${Layout.names}" y="${y}" width="${width.toFixed(1)}" height="${Layout.bar}" fill="${colour}"/>`,
      text(Layout.names + width + 6, base, value.toFixed(digits), ''),
    );
    y += Layout.bar + Layout.gap;
  }
  return { text: lines.join('\n'), end: y + Layout.group };
}

function text(x: number, y: number, words: string, more: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" ${more}>${safe}</text>`;
}

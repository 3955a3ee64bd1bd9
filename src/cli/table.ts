/**
 * Tables for a terminal of limited width. Every column but the last is as wide as its widest cell;
 * the last one wraps. When the others leave it no room, each row becomes a block of its own.
 */

import type { Colour, Paint } from '../control/paint.ts';
import { wrap } from '../control/wrap.ts';

/** Text, or text with a colour. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export interface Layout {
  readonly width: number;
  readonly paint: Paint;
  /** Put before every line. */
  readonly indent?: string;
}

const GAP = '  ';
/** Columns that the last cell needs to be readable when wrapped. */
const LAST_MINIMUM = 20;

/** Lines without their ends. A row has as many cells as there are titles. */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  layout: Layout,
): readonly string[] {
  const indent = layout.indent ?? '';
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[i]).length)),
  );
  const fixed = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, indent.length);
  const last = widths.at(-1) ?? 0;
  const room = layout.width - fixed;
  if (room < Math.min(last, LAST_MINIMUM)) return formatBlocks(titles, rows, layout);
  const columns = { widths, room, before: ' '.repeat(fixed - indent.length) };
  const head = titles.map((text): Cell => ({ text, colour: 'dim' }));
  return [head, ...rows].flatMap((row) =>
    formatRow(row, columns, layout.paint).map((line) => `${indent}${line}`.trimEnd()),
  );
}

interface Columns {
  readonly widths: readonly number[];
  /** For the last cell. */
  readonly room: number;
  /** What its continuation lines begin with. */
  readonly before: string;
}

function formatRow(row: readonly Cell[], columns: Columns, paint: Paint): readonly string[] {
  const cells = row.slice(0, -1).map((cell, i) => {
    const padding = ' '.repeat(Math.max(0, (columns.widths[i] ?? 0) - textOf(cell).length));
    return `${painted(cell, textOf(cell), paint)}${padding}${GAP}`;
  });
  const last = row.at(-1) ?? '';
  return wrap(textOf(last), columns.room).map(
    (line, i) => `${i === 0 ? cells.join('') : columns.before}${painted(last, line, paint)}`,
  );
}

/** `title: value` lines, a row a block. */
function formatBlocks(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  { width, paint, indent = '' }: Layout,
): readonly string[] {
  return rows.flatMap((row) =>
    row.flatMap((cell, i) => {
      const begin = `${indent}${i === 0 ? '' : GAP}`;
      const label = `${(titles[i] ?? '').toLowerCase()}: `;
      return wrap(label + textOf(cell), width - begin.length).map((line, n) => {
        if (n > 0) return begin + painted(cell, line, paint);
        return begin + label + painted(cell, line.slice(label.length), paint);
      });
    }),
  );
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

function painted(cell: Cell, text: string, paint: Paint): string {
  return typeof cell === 'object' ? paint(cell.colour, text) : text;
}

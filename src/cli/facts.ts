/** Facts about one thing: a label and a text each, which wraps beside its label. */

import { wrap } from '../control/wrap.ts';
import type { Layout } from './table.ts';

export type Fact = readonly [label: string, text: string];

const INDENT = '  ';
const GAP = '  ';
/** Columns for the label, unless one is longer. */
const LABEL = 10;
/** A text gets so many columns, whatever the terminal has. */
const LEAST_TEXT = 20;

/** Lines without their ends. */
export function factLines(facts: readonly Fact[], { width }: Layout): readonly string[] {
  const label = Math.max(LABEL, ...facts.map(([text]) => text.length));
  const before = INDENT.length + label + GAP.length;
  return facts.flatMap(([name, text]) =>
    wrap(text, Math.max(LEAST_TEXT, width - before)).map((line, i) =>
      i === 0 ? `${INDENT}${name.padEnd(label)}${GAP}${line}` : `${' '.repeat(before)}${line}`,
    ),
  );
}

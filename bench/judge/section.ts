/** The part of `docs/flap-budget.md` that the judge writes: between two marks, and nothing else. */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { markdownTable } from './table.ts';
import type { Judged, Verdict } from './verdict.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/flap-budget.md', import.meta.url));
const [BEGIN, END] = ['<!-- judge: begin -->', '<!-- judge: end -->'];

/** As a run writes it to bench/results. */
export interface Results {
  readonly at: string;
  /** The half-life. */
  readonly minutes: number;
  readonly judged: readonly Judged[];
  /** How many cells could not be played. */
  readonly failed: number;
}

export async function writeSection(results: Results, found: readonly Verdict[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has no place for the judge`);
  const section = sectionText(results, found);
  await writeFile(
    DOCUMENT,
    `${text.slice(0, begin + BEGIN.length)}\n${section}\n${text.slice(end)}`,
  );
}

function sectionText({ at, minutes, judged }: Results, found: readonly Verdict[]): string {
  const missed = found.filter(({ holds }) => !holds);
  const verdict =
    missed.length === 0
      ? `All ${found.length} comparisons hold.`
      : [
          `Of ${found.length} comparisons these do not hold:`,
          '',
          ...missed.map(({ claim, figures }) => `- ${claim}: ${figures}`),
        ].join('\n');
  return [
    `Played with a half-life of ${minutes} minutes instead of 15, and all other times as much shorter;`,
    `on ${at.slice(0, 10)}. In brackets the simulator at the same scale.`,
    '',
    markdownTable(judged, ['naive', 'back-off', 'ours, right', 'ours, unknown']),
    '',
    'Other beliefs about the same network:',
    '',
    markdownTable(judged, ['ours, right guess', 'ours, juniper']),
    '',
    verdict,
  ].join('\n');
}

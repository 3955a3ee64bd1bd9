/** Tables of daemons beside each other, from the rounds in which they were measured. */

import { type Figure, median, type Report } from './bench.ts';
import { bird } from './daemons/bird.ts';
import { multihomed } from './daemons/multihomed.ts';
import type { SubjectKind } from './daemons/subject.ts';
import type { Rounds } from './rounds.ts';

/** One thing that was measured of every daemon. */
export interface Measure<T> {
  readonly name: string;
  readonly digits: number;
  readonly of: (run: T) => number;
}

/** Rounds under one name, such as a number of neighbours. */
export interface Group<T> {
  readonly label: string;
  readonly rounds: Rounds<T>;
  /** What is demanded of them. */
  readonly figures: readonly Figure[];
}

/** Every cell of the table is a median. `first` heads the groups' labels. */
export function comparison<T>(
  first: string,
  measures: readonly Measure<T>[],
  groups: readonly Group<T>[],
): Report {
  const rows = groups.flatMap(({ label, rounds: { of } }) =>
    [...of].map(([kind, runs]) => [label, kind.title, ...measures.map((one) => cell(one, runs))]),
  );
  const samples = groups.flatMap(({ label, rounds: { of } }) =>
    [...of].flatMap(([kind, runs]) =>
      measures.map(({ name, of: value }): [string, number[]] => [
        `${label} ${first}, ${kind.title}: ${name}`,
        runs.map(value),
      ]),
    ),
  );
  return {
    figures: groups.flatMap(({ figures }) => figures),
    samples: Object.fromEntries(samples),
    table: { columns: [first, 'daemon', ...measures.map(({ name }) => name)], rows },
    notes: [...new Set(groups.flatMap(({ rounds: { notes } }) => notes))],
  };
}

function cell<T>({ of, digits }: Measure<T>, runs: readonly T[]): string {
  const value = median(runs.map(of));
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

/**
 * How many times as much as ours BIRD's is: the median of the ratios within the rounds. Nothing when
 * one of the two was not measured.
 */
export function timesOurs<T>(
  { of }: Rounds<T>,
  name: string,
  value: (run: T) => number,
  atLeast: number,
): Figure[] {
  const [ours, theirs] = [runsOf(of, multihomed), runsOf(of, bird)];
  const ratios = ours.flatMap((run, i) => {
    const other = theirs[i];
    return other === undefined ? [] : [value(other) / value(run)];
  });
  if (ratios.length === 0) return [];
  return [{ name, value: median(ratios), unit: 'times', atLeast }];
}

/** Our own median against a limit; nothing when ours was not measured. */
export function oursAtMost<T>(
  { of }: Rounds<T>,
  name: string,
  value: (run: T) => number,
  unit: Figure['unit'],
  atMost: number,
): Figure[] {
  const runs = runsOf(of, multihomed);
  if (runs.length === 0) return [];
  return [{ name, value: median(runs.map(value)), unit, atMost }];
}

function runsOf<T>(of: Rounds<T>['of'], kind: SubjectKind): readonly T[] {
  return of.get(kind) ?? [];
}

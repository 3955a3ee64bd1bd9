/** What a bench is to the runner, and what it hands back. */

import type { SubjectKind } from './daemons/subject.ts';

export interface Scale {
  /** Small tables and few rounds: to see that it works, not to believe the figures. */
  readonly quick: boolean;
  /** How often each daemon is measured. */
  readonly rounds: number;
  /** Who is compared, where a bench compares. */
  readonly subjects: readonly SubjectKind[];
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Times have two decimals; the others are counts. */
  readonly unit: 'ms' | 's' | 'MB' | 'B' | 'rounds' | 'times' | 'connections' | 'lines';
  /** The value should not be above this. */
  readonly atMost?: number;
  /** The value should not be below this. */
  readonly atLeast?: number;
}

/** Daemons beside each other, as it is printed. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Report {
  readonly figures: readonly Figure[];
  /** Every single measurement, by what was measured, in the order they were taken. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  readonly table?: Table;
  /** Who was left out, and why. */
  readonly notes?: readonly string[];
}

export interface Bench {
  readonly name: string;
  /** What is measured, from when to when. */
  readonly about: string;
  /** Why it cannot run here; undefined: it can. */
  readonly obstacle: () => string | undefined;
  readonly run: (scale: Scale) => Promise<Report>;
}

/** The smallest sample that `share` (0..1) of all samples do not exceed; NaN: there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

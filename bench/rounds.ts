/**
 * Daemons measured in turns, round by round, so that whatever else the machine does meets all of
 * them. One that does not come to the right counts in time is left out from then on; if it is our
 * own, or the run is a quick one, that is a failure.
 */

import type { Scale } from './bench.ts';
import { multihomed } from './daemons/multihomed.ts';
import type { SubjectKind } from './daemons/subject.ts';
import { CountError } from './settle.ts';

export interface Rounds<T> {
  /** What was measured of each, a round an entry; nobody without one. */
  readonly of: ReadonlyMap<SubjectKind, readonly T[]>;
  /** Who was left out, and why. */
  readonly notes: readonly string[];
}

export async function inRounds<T>(
  { subjects, rounds, quick }: Scale,
  measure: (kind: SubjectKind) => Promise<T>,
): Promise<Rounds<T>> {
  const of = new Map<SubjectKind, T[]>();
  const notes: string[] = [];
  const left = new Set<SubjectKind>();
  for (const kind of subjects) {
    const obstacle = kind.obstacle();
    if (obstacle === undefined) left.add(kind);
    else notes.push(`${kind.title} skipped: ${obstacle}`);
  }
  for (let round = 0; round < rounds; round++) {
    for (const kind of [...left]) {
      try {
        const result = await measure(kind);
        of.set(kind, [...(of.get(kind) ?? []), result]);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const said = `${kind.title}: ${error.message}`;
        if (!(error instanceof CountError) || quick || kind === multihomed) throw new Error(said);
        notes.push(`${said}; left out after that`);
        left.delete(kind);
      }
    }
  }
  return { of, notes };
}

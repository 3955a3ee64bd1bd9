/** A run as JSON: what was done, what was seen, what that came to. */

import type { Means } from './degradedLinks.ts';
import type { PathChange } from './observation.ts';
import type { Run } from './runExperiment.ts';

export type PlayedReport =
  | {
      readonly name: string;
      readonly title: string;
      readonly result: 'not available';
      readonly why: string;
    }
  | {
      readonly name: string;
      readonly title: string;
      readonly result: 'ok' | 'failed';
      readonly verdicts: Run['verdicts'];
      readonly deeds: Run['observation']['deeds'];
      readonly outages: Run['observation']['outages'];
      readonly paths: Readonly<Record<string, readonly PathChange[]>>;
      /** Otherwise there are no outages because nobody looked. */
      readonly hasClient: boolean;
      /** What lost and delayed frames; null: nothing was to. */
      readonly degradedBy: Means | null;
      readonly duration: number;
    };

/** Rounds count from 1. */
export type ExperimentReport = PlayedReport & { readonly round: number };

export function reportOf(
  { experiment, observation, verdicts, ok }: Run,
  degradedBy: Means | null,
): PlayedReport {
  const { deeds, outages, paths, duration } = observation;
  const { name, title, client } = experiment;
  return {
    ...{ name, title, result: ok ? 'ok' : 'failed', verdicts, deeds, outages, duration },
    ...{ hasClient: client !== undefined, degradedBy },
    paths: Object.fromEntries(paths),
  };
}

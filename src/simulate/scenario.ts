/** What happens in a simulation: who fails, when, for how long, and what is behind the upstreams. */

import type { Config } from '../config/config.ts';
import type { DAMPING_PROFILES, DampingProfile } from '../config/damping.ts';

/** Times and durations are milliseconds, from the begin of the scenario. */
export interface Scenario {
  readonly failures: readonly Failure[];
  readonly duration: number;
  /** By upstream: how the networks behind it damp, whatever the file believes. */
  readonly behind: ReadonlyMap<string, BehindName | DampingProfile>;
}

export type BehindName = keyof typeof DAMPING_PROFILES | 'none';

export const FAILURE_KINDS = ['link', 'hole', 'isolated'] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  /** The name of an upstream, whose link it is, or of a check. */
  readonly fail: string;
  /**
   * How an upstream fails. `link`: its link dies; `hole`: it forwards nothing more, and all else is as
   * before; `isolated`: nor does it have the routes of others any more.
   */
  readonly as: FailureKind;
  readonly at: number;
  readonly for: number;
  /** How many times in all. */
  readonly repeat: number;
  /** From one begin to the next. */
  readonly every: number;
}

export interface Happening {
  readonly at: number;
  readonly what: FailureKind | 'check';
  readonly name: string;
  readonly up: boolean;
}

/** Long enough after the last failure that everything is forgotten again. */
const AFTERMATH = 3 * 3_600_000;

export function durationOf(failures: readonly Failure[]): number {
  const ends = failures.map(
    ({ at, for: length, repeat, every }) => at + (repeat - 1) * every + length,
  );
  return Math.max(0, ...ends) + AFTERMATH;
}

/** In the order of time; a failure that overlaps itself is one. */
export function happeningsOf({ failures }: Scenario, config: Config): readonly Happening[] {
  const upstreams = new Set(config.upstreams.map(({ name }) => name));
  return failures
    .flatMap(({ fail: name, as, at, for: length, repeat, every }) => {
      const what = upstreams.has(name) ? as : ('check' as const);
      return Array.from({ length: repeat }, (_, i) => at + i * every).flatMap((begin) => [
        { at: begin, what, name, up: false },
        { at: begin + length, what, name, up: true },
      ]);
    })
    .sort((a, b) => a.at - b.at || Number(a.up) - Number(b.up));
}

/** Why the scenario cannot be played to this file; undefined: it can. */
export function scenarioFault({ failures, behind }: Scenario, config: Config): string | undefined {
  const upstreams = config.upstreams.map(({ name }) => name);
  const checks = config.checks.map(({ name }) => name);
  for (const { fail, as, every, for: length, repeat } of failures) {
    if (as !== 'link' && checks.includes(fail)) {
      return `${fail} is a check, which is well or not: leave out as`;
    }
    if (![...upstreams, ...checks].includes(fail)) {
      return `there is no upstream or check ${fail}; write one of ${[...upstreams, ...checks].join(', ')}`;
    }
    if (repeat > 1 && every <= length) {
      return `${fail} would not be back before it fails again: every must be longer than for`;
    }
  }
  const stranger = [...behind.keys()].find((name) => !upstreams.includes(name));
  return stranger && `there is no upstream ${stranger}; write one of ${upstreams.join(', ')}`;
}

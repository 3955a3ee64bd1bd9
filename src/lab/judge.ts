/** Expectations against what was seen: each with what it came to, in words. */

import type { Expectation } from './experiment.ts';
import {
  type Observation,
  outageTime,
  type PathChange,
  pathAt,
  updatesFrom,
} from './observation.ts';

export interface Verdict {
  readonly expected: string;
  readonly seen: string;
  readonly ok: boolean;
}

/** `index`: of the expectation, by which its sample is found. `changes`: of the path that it is about. */
export function judge(
  expectation: Expectation,
  index: number,
  observation: Observation,
  changes: readonly PathChange[],
): Verdict {
  const { that, from, atLeast, atMost, at, within, is } = expectation;
  switch (that) {
    case 'outage': {
      const time = outageTime(observation.outages);
      const lost = observation.outages.reduce((sum, outage) => sum + outage.lost, 0);
      return {
        expected: `outage ${rangeText(atLeast, atMost, ms)}`,
        seen: `${ms(time)}, ${lost} requests lost`,
        ok: time >= atLeast && time <= atMost,
      };
    }
    case 'updates': {
      const count = updatesFrom(observation, from);
      return {
        expected: `UPDATEs from ${from}: ${rangeText(atLeast, atMost, String)}`,
        seen: String(count),
        ok: count >= atLeast && count <= atMost,
      };
    }
    case 'path': {
      const path = pathAt(changes, at) ?? 'none';
      return {
        expected: `path from ${from} to ${expectation.prefix} at ${ms(at)}: ${is}`,
        seen: path,
        ok: is === 'any' ? path !== 'none' : path === is,
      };
    }
    case 'withdrawn':
    case 'announced': {
      const wanted = (path: string | undefined) => (path !== undefined) === (that === 'announced');
      const change = changes.find((each) => each.at >= at && wanted(each.path));
      const took = change && change.at - at;
      return {
        expected: `${that} by ${from} within ${ms(within)} of ${ms(at)}`,
        seen: took === undefined ? 'never' : `after ${ms(took)}`,
        ok: took !== undefined && took <= within,
      };
    }
    case 'damped':
    case 'session': {
      const seen = observation.samples.get(index) ?? 'not asked';
      const what =
        that === 'damped' ? `damped at ${from}` : `session ${from} - ${expectation.with}`;
      return { expected: `${what} at ${ms(at)}: ${is}`, seen, ok: seen === is };
    }
  }
}

/** Longer than any experiment: no bound. */
const NO_BOUND = 1_000_000;

function rangeText(atLeast: number, atMost: number, text: (value: number) => string): string {
  if (atMost >= NO_BOUND) return `at least ${text(atLeast)}`;
  return atLeast === 0 ? `at most ${text(atMost)}` : `${text(atLeast)} to ${text(atMost)}`;
}

export function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

/** What was seen in one run of an experiment, and what follows from it; nothing here judges. */

import { type CollectorEvent, pathChanges } from './collector/events.ts';
import type { WebRequest } from './play/webClient.ts';

/** Times are milliseconds from the moment at which everything was steady. */
export interface Observation {
  readonly duration: number;
  /** What was done, and when it really was. */
  readonly deeds: readonly { readonly at: number; readonly text: string }[];
  /** The collector's neighbours, with how each one's path to the experiment's prefix changed. */
  readonly paths: ReadonlyMap<string, readonly PathChange[]>;
  /** The first and every later change of what the client got; empty without a client. */
  readonly outages: readonly Outage[];
  /** Of the collector, since everything was steady. */
  readonly events: readonly CollectorEvent[];
  /** What was asked while it ran: by expectation. */
  readonly samples: ReadonlyMap<number, string>;
}

export interface PathChange {
  readonly at: number;
  /** Undefined: there is none. */
  readonly path: string | undefined;
}

export interface Outage {
  readonly from: number;
  /** When the first request was sent that succeeded again; or the end of the run. */
  readonly to: number;
  readonly lost: number;
}

/** The path at a moment. */
export function pathAt(changes: readonly PathChange[], at: number): string | undefined {
  return changes.findLast((change) => change.at <= at)?.path;
}

/** Changes of all events, counted from `zero`; those before it keep their order and are negative. */
export function pathsFrom(
  events: readonly CollectorEvent[],
  neighbour: string,
  prefix: string,
  zero: number,
): readonly PathChange[] {
  return pathChanges(events, neighbour, prefix).map(({ at, path }) => ({ at: at - zero, path }));
}

export function updatesFrom(observation: Observation, neighbour: string): number {
  return observation.events.filter(
    (event) => event.what === 'update' && event.neighbour === neighbour,
  ).length;
}

/** Requests as they were written down: in the order in which they were over. */
export function outagesOf(
  requests: readonly WebRequest[],
  zero: number,
  duration: number,
): readonly Outage[] {
  const inOrder = requests
    .map(({ at, ok }) => ({ at: at - zero, ok }))
    .filter(({ at }) => at >= 0 && at <= duration)
    .toSorted((a, b) => a.at - b.at);
  const outages: Outage[] = [];
  let open: { from: number; lost: number } | undefined;
  for (const { at, ok } of inOrder) {
    if (!ok) open = { from: open?.from ?? at, lost: (open?.lost ?? 0) + 1 };
    else if (open) {
      outages.push({ ...open, to: at });
      open = undefined;
    }
  }
  if (open) outages.push({ ...open, to: duration });
  return outages;
}

export function outageTime(outages: readonly Outage[]): number {
  return outages.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** How long a neighbour had a path within a span of time. */
export function timeWithPath(changes: readonly PathChange[], from: number, to: number): number {
  const inside = changes.filter(({ at }) => at > from && at < to);
  const points = [{ at: from, path: pathAt(changes, from) }, ...inside];
  return points.reduce((sum, { at, path }, i) => {
    const end = points[i + 1]?.at ?? to;
    return path === undefined ? sum : sum + end - at;
  }, 0);
}

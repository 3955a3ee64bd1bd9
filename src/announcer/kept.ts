/**
 * The end of what an upstream keeps of a lost session (RFC 4724). It is no flap when it is announced
 * again before its time is over, as part of what the session begins with. Otherwise the upstream
 * drops it, and the networks behind see it withdrawn. Times are milliseconds since the epoch.
 */

import type { Tracks } from './group.ts';
import { dropped, type Kept, type Track } from './track.ts';
import type { NeighbourView } from './wish.ts';

export interface KeptOutcome {
  /** Those before, if nothing was dropped. */
  readonly tracks: Tracks;
  /** When something will have been kept for too long; Infinity: nothing is kept. */
  readonly wakeAt: number;
}

/** `pending`: the neighbours to whom the group is announced now, or may be before End-of-RIB. */
export function settleKept(
  before: Tracks,
  views: readonly NeighbourView[],
  pending: ReadonlySet<string>,
  now: number,
): KeptOutcome {
  let after: Map<string, Track> | undefined;
  let wakeAt = Number.POSITIVE_INFINITY;
  for (const [name, track] of before) {
    const { kept } = track;
    if (!kept) continue;
    const view = views.find(({ neighbour }) => neighbour.name === name);
    const at = droppedAt(kept, view, pending.has(name), now);
    if (at === undefined) {
      wakeAt = Math.min(wakeAt, kept.until);
      continue;
    }
    const profile =
      view?.neighbour.kind === 'upstream' ? view.neighbour.damping.profile : undefined;
    after ??= new Map(before);
    after.set(name, dropped(track, profile, at));
  }
  return { tracks: after ?? before, wakeAt };
}

function droppedAt(
  { until }: Kept,
  view: NeighbourView | undefined,
  isPending: boolean,
  now: number,
): number | undefined {
  if (now >= until) return until;
  // RFC 4724 §4.2: at End-of-RIB, what has not been announced anew.
  return view?.session && !isPending ? now : undefined;
}

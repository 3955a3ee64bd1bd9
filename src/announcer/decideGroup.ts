/** One group at every neighbour: what is wished for, and what the flap budget makes of it. */

import type { Neighbour } from '../config/config.ts';
import type { DampingProfile, StabilityConfig } from '../config/damping.ts';
import { exportOwn } from '../policy/exportOwn.ts';
import { askBudget, type Request } from './budget.ts';
import { type FailureHold, spared } from './correlatedFailure.ts';
import { type Decision, type Reason, UNDECIDED } from './desired.ts';
import type { Drain } from './drain.ts';
import type { Group, GroupStanding, GroupTerms, Tracks } from './group.ts';
import { settleKept } from './kept.ts';
import { orderFor } from './orders.ts';
import { suppressedUntil } from './track.ts';
import { type CheckVerdict, evaluate } from './verdict.ts';
import { type Needs, type NeighbourView, type Wish, wishFor } from './wish.ts';

/** What every group is decided by. */
export interface Inputs {
  readonly views: readonly NeighbourView[];
  readonly verdicts: ReadonlyMap<string, CheckVerdict>;
  /** Undefined: no withdrawal waits. */
  readonly hold: FailureHold | undefined;
  readonly drains: readonly Drain[];
  readonly stability: StabilityConfig;
}

export interface GroupOutcome {
  /** As it is after the decision. */
  readonly group: Group;
  /** In the order of the views. */
  readonly decisions: readonly Decision[];
  /** When it is to be decided on again at the latest. */
  readonly wakeAt: number;
  readonly inputs: Omit<Inputs, 'verdicts'>;
  /** Of the checks that its condition has. */
  readonly checks: readonly CheckVerdict[];
}

const CONFIGURED: Reason = { kind: 'configured' };

/** `before`: the outcome that left the group as it is; it stands while nothing is new. */
export function decideGroup(
  group: Group,
  terms: GroupTerms,
  inputs: Inputs,
  now: number,
  before: GroupOutcome | undefined,
): GroupOutcome {
  const checks = checksOf(terms, inputs.verdicts);
  if (before && now < before.wakeAt && isSame(before, inputs, checks)) return before;
  const needs = needsOf(terms, group.standing, checks, inputs);
  const standing = terms.own.needs ? standingAfter(group.standing, needs) : group.standing;
  const wishes = inputs.views.map((view) =>
    wishFor(
      terms,
      standing,
      needsAt(view, group, needs),
      view,
      inputs.drains,
      isHeldElsewhere(group, terms, view, inputs, now),
    ),
  );
  const requests = requestsOf(terms, inputs.views, wishes);
  const answer = askBudget(requests, group.tracks, inputs.stability, now);
  const pending = pendingAt(inputs.views, wishes, answer.held);
  const { tracks, wakeAt } = settleKept(answer.tracks, inputs.views, pending, now);
  const same = tracks === group.tracks && standing === group.standing;
  const { views, hold, drains, stability } = inputs;
  const carried = isCarried(views, tracks);
  return {
    group: same ? group : { ...group, tracks, standing },
    decisions: wishes.map((wish, i) =>
      decision(terms, drainedLast(wish, views[i], carried), views[i], answer.held),
    ),
    wakeAt: Math.min(answer.wakeAt, wakeAt, reuseAwaited(group, views, now)),
    inputs: { views, hold, drains, stability },
    checks,
  };
}

/** Whether any upstream has it, and its session is up. */
function isCarried(views: readonly NeighbourView[], tracks: Tracks): boolean {
  return views.some(({ neighbour, session }) => session && tracks.get(neighbour.name)?.wire);
}

/** A wish that nothing but the drain of this one upstream is against, while no other has it. */
function drainedLast(wish: Wish, view: NeighbourView | undefined, carried: boolean): Wish {
  const reason = wish.because.at(-1);
  if (carried || !view?.session || wish.terms || reason?.kind !== 'draining') return wish;
  const { target } = reason.drain;
  if (target.kind !== 'upstream') return wish;
  const last: Reason = { kind: 'drained-last', upstream: target.name };
  return { ...wish, because: [...wish.because, last] };
}

/** A withdrawal may wait; what is not there is not announced meanwhile. */
function needsAt({ neighbour }: NeighbourView, { tracks }: Group, needs: Needs): Needs {
  if (!needs.hold || neighbour.kind !== 'upstream') return needs;
  const track = tracks.get(neighbour.name);
  return track?.wire || track?.kept ? needs : { ...needs, hold: undefined };
}

/** Whether another upstream, against which nothing speaks, holds the group and is to go on with it. */
function isHeldElsewhere(
  { tracks }: Group,
  { own, orders }: GroupTerms,
  { neighbour, doubt }: NeighbourView,
  { views, drains }: Inputs,
  now: number,
): boolean {
  if (doubt?.action !== 'withdraw') return false;
  return views.some(({ neighbour: other, obstacle, session, doubt: against }) => {
    const track = tracks.get(other.name);
    if (other.name === neighbour.name || obstacle || !session || against) return false;
    if (!own.upstreams.includes(other.name)) return false;
    if (orderFor(orders, other.name)?.action === 'withdraw') return false;
    // The last choice is no choice that could be all that is left.
    const isDrained = drains.some(
      ({ target }) => target.kind === 'upstream' && target.name === other.name,
    );
    if (!track?.wire || isDrained) return false;
    return suppressedUntil(track, profileOf(other), now) === undefined;
  });
}

/** When one that is suppressed is used again, where that could be all that a doubted one stays for. */
function reuseAwaited({ tracks }: Group, views: readonly NeighbourView[], now: number): number {
  const never = Number.POSITIVE_INFINITY;
  if (!views.some(({ doubt }) => doubt?.action === 'withdraw')) return never;
  const ends = views.map(({ neighbour }) => {
    const track = tracks.get(neighbour.name);
    return (track && suppressedUntil(track, profileOf(neighbour), now)) ?? never;
  });
  return Math.min(never, ...ends);
}

function profileOf(neighbour: Neighbour): DampingProfile | undefined {
  return neighbour.kind === 'upstream' ? neighbour.damping.profile : undefined;
}

function isSame(
  { inputs, checks: before }: GroupOutcome,
  { views, hold, drains, stability }: Inputs,
  checks: readonly CheckVerdict[],
): boolean {
  if (inputs.views !== views || inputs.hold !== hold) return false;
  if (inputs.drains !== drains) return false;
  if (inputs.stability !== stability || before.length !== checks.length) return false;
  return checks.every((check, i) => check === before[i]);
}

const NO_CHECKS: readonly CheckVerdict[] = [];

function checksOf(
  { checks }: GroupTerms,
  verdicts: ReadonlyMap<string, CheckVerdict>,
): readonly CheckVerdict[] {
  if (checks.length === 0) return NO_CHECKS;
  return checks.flatMap((name) => verdicts.get(name) ?? []);
}

function needsOf(
  { own: { needs } }: GroupTerms,
  standing: GroupStanding,
  checks: readonly CheckVerdict[],
  { verdicts, hold }: Pick<Inputs, 'verdicts' | 'hold'>,
): Needs {
  if (!needs) return { holds: 'yes', checks: NO_CHECKS, hold: undefined };
  const holds = evaluate(needs, verdicts);
  // After a restart a check rises from nothing: that is no failure.
  const rising = checks.some(({ state }) => state === 'rising' || state === 'unknown');
  if (holds === 'no' && standing === 'once' && rising) {
    return { holds: 'unknown', checks, hold: undefined };
  }
  // What fails without those that are held is withdrawn, and so is what was withdrawn before.
  const waits = holds === 'no' && standing === 'holds' && hold !== undefined;
  const held = waits && evaluate(needs, spared(verdicts, hold)) !== 'no';
  const reasons = checks.filter((check) => check.holds === holds);
  return { holds, checks: reasons, hold: held ? hold : undefined };
}

function standingAfter(before: GroupStanding, { holds, hold }: Needs): GroupStanding {
  if (hold) return before;
  if (holds === 'yes') return 'holds';
  return holds === 'no' && before !== 'never' ? 'fails' : before;
}

function requestsOf(
  { prefixes }: GroupTerms,
  views: readonly NeighbourView[],
  wishes: readonly Wish[],
): readonly Request[] {
  return views.flatMap(({ neighbour, session }, i) => {
    const wish = wishes[i];
    // Who is no upstream carries nothing further that could be damped.
    if (neighbour.kind !== 'upstream' || !wish?.terms) return [];
    return [{ upstream: neighbour, family: prefixes.family, session, wish }];
  });
}

/** Who is announced to, or will be told before End-of-RIB whether it is. */
function pendingAt(
  views: readonly NeighbourView[],
  wishes: readonly Wish[],
  held: ReadonlyMap<string, Reason>,
): ReadonlySet<string> {
  const names = views.flatMap(({ neighbour: { name } }, i) => {
    const wish = wishes[i];
    const why = wish?.because.at(-1);
    const isPending = wish?.terms ? !held.has(name) : why !== undefined && UNDECIDED.has(why.kind);
    return isPending ? [name] : [];
  });
  return new Set(names);
}

function decision(
  { own, prefixes }: GroupTerms,
  { terms, because }: Wish,
  view: NeighbourView | undefined,
  held: ReadonlyMap<string, Reason>,
): Decision {
  const hold = view && held.get(view.neighbour.name);
  if (!view || !hold) return { prefixes, terms, reason: because.at(-1) ?? CONFIGURED, because };
  const kept = hold.kind === 'kept-lowered' ? exportOwn(own, view.neighbour, 'lowered') : undefined;
  return { prefixes, terms: kept, reason: hold, because: [...because, hold] };
}

/**
 * The announcement decision: configuration, facts and what is remembered in; the whole desired set
 * out, each part with its reasons, and when to look again though nothing happens. Pure: the same
 * inputs give the same output. Times are milliseconds since the epoch.
 *
 * `before`, the last outcome, only saves work: a group whose every input is the same object as then
 * is not decided on again until its time has come.
 */

import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import { bfdDeadlines, bfdObstacle } from './bfdObstacle.ts';
import { guardAt, holdIn } from './correlatedFailure.ts';
import { decideGroup, type GroupOutcome } from './decideGroup.ts';
import type { Decision, Desired, Intent, Reason } from './desired.ts';
import type { Drain } from './drain.ts';
import { drainsAt } from './drains.ts';
import { type Facts, NO_FACTS } from './facts.ts';
import { doubtOf, probeDeadlines } from './reachability.ts';
import { expired, initialState, type State, withConfig } from './state.ts';
import { type CheckVerdict, checkVerdict } from './verdict.ts';
import type { NeighbourView } from './wish.ts';

export interface Outcome {
  readonly desired: Desired;
  /** When to decide again at the latest; Infinity: when something happens. */
  readonly wakeAt: number;
  readonly state: State;
  /** For the next decision. */
  readonly views: readonly NeighbourView[];
  readonly verdicts: ReadonlyMap<string, CheckVerdict>;
  readonly groups: readonly GroupOutcome[];
}

export function decide(
  config: Config,
  facts: Facts,
  state: State,
  now: number,
  before?: Outcome,
): Outcome {
  const current = drainsAt(expired(withConfig(state, config), now), facts, now);
  const views = viewsOf(config, facts, before?.views ?? [], now);
  const verdicts = verdictsOf(config, facts, now, before?.verdicts);
  const guard = guardAt(config, verdicts, current.guard, now);
  const hold = holdIn(guard);
  const { drains } = current;
  const inputs = { views, verdicts, hold, drains, stability: config.stability };
  const known = new Map(before?.groups.map((group) => [group.group, group]));
  const groups = current.groups.flatMap((group) => {
    if (!group.terms) return [];
    return [decideGroup(group, group.terms, inputs, now, known.get(group))];
  });
  const after = groups.map(({ group }) => group);
  const orphans = current.groups.filter(({ terms }) => !terms);
  return {
    desired: desiredOf(views, groups),
    wakeAt: Math.min(
      firstLeaseEnd(config, facts, now),
      ...bfdDeadlines(config, facts, now),
      ...probeDeadlines(config, facts, now),
      ...current.orders.map(({ until }) => until ?? Number.POSITIVE_INFINITY),
      ...current.drains.map((drain) => deadlineOf(drain, now)),
      hold?.until ?? Number.POSITIVE_INFINITY,
      minimumOf(groups),
    ),
    state: { ...current, guard, groups: [...after, ...orphans] },
    views,
    verdicts,
    groups,
  };
}

/** What would be announced if everything were well and nothing had happened yet. */
export function decideAfresh(config: Config, facts: Partial<Facts> = {}): Desired {
  return decide(config, { ...NO_FACTS, ...facts }, initialState(config), 0).desired;
}

const AWAITS_KERNEL: Reason = { kind: 'awaits-kernel' };

/** Those before, where nothing is new. */
function viewsOf(
  config: Config,
  facts: Facts,
  before: readonly NeighbourView[],
  now: number,
): readonly NeighbourView[] {
  const unready = facts.kernelSettled ? undefined : AWAITS_KERNEL;
  const known = new Map(before.map((view) => [view.neighbour.name, view]));
  const views = neighboursOf(config).map((neighbour) => {
    const last = known.get(neighbour.name);
    const obstacle = sessionObstacle(facts, neighbour, now);
    const session = facts.sessions.get(neighbour.name);
    const doubt = doubtOf(config, facts, neighbour, now, last?.doubt);
    const same =
      last?.neighbour === neighbour &&
      last.session === session &&
      sameReason(last.obstacle, obstacle) &&
      last.unready === unready &&
      last.doubt === doubt;
    return same ? last : { neighbour, obstacle, unready, session, doubt };
  });
  const same = views.length === before.length && views.every((view, i) => view === before[i]);
  return same ? before : views;
}

/** Why the session must not be up; undefined: it may. */
function sessionObstacle(facts: Facts, neighbour: Neighbour, now: number): Reason | undefined {
  const { name } = neighbour;
  if (facts.stopping !== undefined) return { kind: 'stopping', why: facts.stopping };
  const path = facts.paths.get(name);
  const link = path?.interface === undefined ? undefined : facts.links.get(path.interface);
  // A link not looked at yet is no obstacle: were it dead, no session could come up over it.
  if (link?.state === 'down') return { kind: 'link-down', link };
  return bfdObstacle(facts, neighbour, now);
}

function sameReason(a: Reason | undefined, b: Reason | undefined): boolean {
  if (a?.kind === 'link-down' && b?.kind === 'link-down') return a.link === b.link;
  if (a?.kind === 'bfd-down' && b?.kind === 'bfd-down') return a.bfd === b.bfd;
  if (a?.kind === 'bfd-awaited' && b?.kind === 'bfd-awaited') return a.bfd === b.bfd;
  if (a?.kind === 'stopping' && b?.kind === 'stopping') return a.why === b.why;
  return a === b;
}

/** Those before, where nothing is new: of a thousand checks one changes at a time. */
function verdictsOf(
  { checks }: Config,
  facts: Facts,
  now: number,
  before: ReadonlyMap<string, CheckVerdict> | undefined,
): ReadonlyMap<string, CheckVerdict> {
  const verdicts = new Map<string, CheckVerdict>();
  let same = before?.size === checks.length;
  for (const { name } of checks) {
    const last = before?.get(name);
    const verdict = checkVerdict(name, facts.checks.get(name), now, last);
    verdicts.set(name, verdict);
    if (verdict !== last) same = false;
  }
  return before && same ? before : verdicts;
}

function firstLeaseEnd({ checks }: Config, facts: Facts, now: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { name } of checks) {
    const end = facts.checks.get(name)?.leaseUntil ?? now;
    if (end > now && end < first) first = end;
  }
  return first;
}

function deadlineOf({ phase, deadline, unsettledUntil }: Drain, now: number): number {
  if (phase !== 'shifting') return Number.POSITIVE_INFINITY;
  return unsettledUntil > now ? unsettledUntil : deadline;
}

function minimumOf(groups: readonly GroupOutcome[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { wakeAt } of groups) first = Math.min(first, wakeAt);
  return first;
}

function desiredOf(views: readonly NeighbourView[], groups: readonly GroupOutcome[]): Desired {
  return new Map(
    views.map((view, i) => {
      const decisions = groups.flatMap(({ decisions: each }): readonly Decision[] => {
        const decision = each[i];
        return decision ? [decision] : [];
      });
      return [view.neighbour.name, intentOf(view, decisions)];
    }),
  );
}

function intentOf({ neighbour, obstacle }: NeighbourView, decisions: readonly Decision[]): Intent {
  const session = obstacle
    ? { wanted: false, reason: obstacle }
    : { wanted: true, reason: { kind: 'configured' } as const };
  return { neighbour: neighbour.name, session, decisions };
}

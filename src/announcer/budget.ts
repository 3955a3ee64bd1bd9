/**
 * The flap budget's word on a group: which of the upstreams where it is wanted get it now, and which
 * have to wait, with the numbers. Withdrawals never come here: they do not wait. Times are
 * milliseconds since the epoch.
 */

import type { UpstreamConfig } from '../config/config.ts';
import type { StabilityConfig } from '../config/damping.ts';
import type { Family } from '../net/family.ts';
import type { HeldReason, KeptLoweredReason, Reason } from './desired.ts';
import type { Tracks } from './group.ts';
import { type Candidate, canaryOf, flapCharge, type Hold, holdOf, timeForCharge } from './hold.ts';
import { penaltyAt } from './shadow.ts';
import { aged, isBlank, isClean, NO_TRACK, RECENT, type Track } from './track.ts';
import type { NeighbourView, Wish } from './wish.ts';

/** A group at one upstream, where something is to be announced. */
export interface Request {
  readonly upstream: UpstreamConfig;
  readonly family: Family;
  readonly session: NeighbourView['session'];
  readonly wish: Wish;
}

export interface Answer {
  /** By upstream: why it is held. Who is not in it gets what is wished for. */
  readonly held: ReadonlyMap<string, Reason>;
  /** Those before, if nothing changed. */
  readonly tracks: Tracks;
  /** When the next hold or exemption ends; Infinity: there is none. */
  readonly wakeAt: number;
}

/** A request, looked at. */
interface Position extends Candidate {
  readonly wish: Wish;
  /** `free`: nothing is held; `better`: it is there, and could be there as it normally is. */
  readonly kind: 'free' | 'returns' | 'better' | 'no-session';
}

const AWAITS_SESSION: Reason = { kind: 'awaits-session' };

export function askBudget(
  requests: readonly Request[],
  before: Tracks,
  stability: StabilityConfig,
  now: number,
): Answer {
  const positions = requests.map((request) => positionOf(request, before, now));
  const candidates = positions.filter(({ kind }) => kind !== 'no-session');
  const canary = canaryOf(candidates);
  const held = new Map<string, Reason>();
  let wakeAt = Number.POSITIVE_INFINITY;
  for (const position of positions) {
    const { exemptUntil } = position.track;
    if (position.kind === 'no-session' && exemptUntil > 0) wakeAt = Math.min(wakeAt, exemptUntil);
    const reason = reasonToHold(position, canary, stability);
    if (!reason) continue;
    const until = 'until' in reason ? reason.until : Number.POSITIVE_INFINITY;
    if (until <= now) continue;
    held.set(position.upstream, reason);
    wakeAt = Math.min(wakeAt, until);
  }
  return { held, tracks: tracksAfter(before, positions), wakeAt };
}

function positionOf(request: Request, before: Tracks, now: number): Position {
  const { upstream, wish } = request;
  const { name, damping } = upstream;
  const track = aged(before.get(name) ?? NO_TRACK, damping.profile, now);
  const kind = kindOf(request, track);
  const waits = kind === 'returns' || kind === 'better';
  const readySince = waits ? (track.readySince ?? now) : now;
  const has = track.wire !== undefined || kind === 'free';
  return { upstream: name, damping, track, readySince, has, wish, kind };
}

function kindOf({ upstream, family, session, wish }: Request, track: Track): Position['kind'] {
  const { damping } = upstream;
  if (track.wire) {
    const recovers = track.wire.lowered && wish.standing === 'normal' && byFacts(wish);
    return recovers && damping.profile ? 'better' : 'free';
  }
  const up = session?.families.includes(family) === true;
  const suppressed = damping.confirmed && track.shadow?.suppressed === true;
  const unhindered = !damping.profile || isClean(track) || (track.exemptUntil > 0 && !suppressed);
  // Blackholing cannot wait, and nobody is served by it meanwhile. What it has kept would be dropped.
  if (unhindered || track.kept || ordersBlackhole(wish)) return up ? 'free' : 'no-session';
  return up ? 'returns' : 'no-session';
}

/** Undefined: it is not held, whatever the time. */
function reasonToHold(
  position: Position,
  canary: Candidate | undefined,
  stability: StabilityConfig,
): Reason | undefined {
  const { kind, track, damping } = position;
  if (kind === 'free') return undefined;
  if (kind === 'better') return keptLowered(position, stability);
  if (kind === 'returns' && canary) {
    return heldReason(position, canary.upstream, holdOf(position, canary, stability));
  }
  // What comes back without a flap is sent with the first routes of the session.
  const unhindered = !damping.profile || isClean(track) || track.exemptUntil > 0;
  return unhindered ? undefined : AWAITS_SESSION;
}

function heldReason(
  { damping: { profile }, track, readySince }: Position,
  canary: string,
  hold: Hold,
): HeldReason {
  const penalty = profile ? penaltyAt(profile, track.shadow, readySince) : 0;
  const flap = profile ? flapCharge(profile) : 0;
  const suppress = profile?.suppress;
  return {
    kind: 'held',
    ...hold,
    canary,
    readySince,
    penalty,
    suppress,
    afterFlap: penalty + flap,
  };
}

/** Nothing is dark meanwhile: it waits until going down and up once more would not suppress it. */
function keptLowered(
  { damping: { profile }, track, readySince }: Position,
  { follower }: StabilityConfig,
): KeptLoweredReason | undefined {
  if (!profile) return undefined;
  const penalty = penaltyAt(profile, track.shadow, readySince);
  const harmless = timeForCharge(profile, track, 2 * profile.change, readySince);
  const until = Math.max(readySince + follower, Math.min(harmless, readySince + RECENT));
  return { kind: 'kept-lowered', until, readySince, penalty, suppress: profile.suppress };
}

/** Who is not among the positions is not ready. */
function tracksAfter(before: Tracks, positions: readonly Position[]): Tracks {
  const after = new Map<string, Track>();
  for (const [name, track] of before) {
    const rest = track.readySince === undefined ? track : { ...track, readySince: undefined };
    after.set(name, rest);
  }
  for (const { upstream, track, kind, readySince } of positions) {
    const since = kind === 'returns' || kind === 'better' ? readySince : undefined;
    after.set(upstream, track.readySince === since ? track : { ...track, readySince: since });
  }
  for (const [name, track] of after)
    if (isBlank(track) && track.exemptUntil === 0) after.delete(name);
  return sameTracks(before, after) ? before : after;
}

function sameTracks(a: Tracks, b: Tracks): boolean {
  if (a.size !== b.size) return false;
  for (const [name, track] of a) if (b.get(name) !== track) return false;
  return true;
}

/** What is measured may turn again at any time; what was ordered will not. */
function byFacts({ because }: Wish): boolean {
  return because.some(({ kind }) => kind === 'checks-hold' || kind === 'reaches');
}

function ordersBlackhole({ because }: Wish): boolean {
  return because.some((reason) => reason.kind === 'ordered' && reason.order.action === 'blackhole');
}

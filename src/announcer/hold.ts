/**
 * How long a prefix that could be announced again is held back, upstream by upstream, so that flaps
 * do not add up to a suppression in networks behind the upstreams (RFC 2439). What is held is never
 * a withdrawal. One upstream, the canary, has the prefix again early; the others follow once the next
 * flap would not suppress it behind them: a flap then costs the canary's budget alone.
 */

import type { DampingConfig, DampingProfile, StabilityConfig } from '../config/damping.ts';
import { penaltyAt, timeUnder, usedAgainAt } from './shadow.ts';
import { recentFlaps, type Track } from './track.ts';

/** An upstream where nothing but the budget is in the way of the prefix. */
export interface Candidate {
  readonly upstream: string;
  readonly damping: DampingConfig;
  readonly track: Track;
  /** It has the prefix, or gets it now without a hold. */
  readonly has: boolean;
  /** Since when; of one that has the prefix it does not matter. */
  readonly readySince: number;
}

/** Times are milliseconds since the epoch. */
export interface Hold {
  readonly role: 'canary' | 'follower';
  /** Announced from then on. */
  readonly until: number;
  /**
   * Which rule it is that holds longest. `stability`: it must have been well for a while;
   * `next-flap`: one more flap would suppress it; `suppressed`: it is suppressed, as far as we know;
   * `credit`: announced although one more flap will suppress it, for it is announced nowhere.
   */
  readonly rule: 'stability' | 'next-flap' | 'suppressed' | 'credit';
}

/** How long a suppression that is only guessed at is respected, in ms. */
const GUESSED_SUPPRESSION = 120_000;

/**
 * The canary: the upstream that has the prefix, or the one that is to have it first. Among those that
 * are as good, the one where a flap does the least; behind unknown networks always the first of the
 * file, since one that has been lost already is the better one to lose again.
 */
export function canaryOf(candidates: readonly Candidate[]): Candidate | undefined {
  // All are looked at as of one moment, and of one that does not move while nothing happens.
  const at = Math.max(...candidates.map(({ readySince }) => readySince));
  let best: Candidate | undefined;
  for (const each of candidates) if (!best || comesBefore(each, best, at)) best = each;
  return best;
}

function comesBefore(a: Candidate, b: Candidate, at: number): boolean {
  if (standing(a) !== standing(b)) return standing(a) < standing(b);
  return knownPenalty(a, at) < knownPenalty(b, at);
}

/** Whoever is used now, then whoever would be used. */
function standing({ track, has }: Candidate): number {
  return (track.shadow?.suppressed ? 2 : 0) + (has ? 0 : 1);
}

function knownPenalty({ damping, track }: Candidate, at: number): number {
  if (!damping.profile || damping.name === 'unknown') return 0;
  return penaltyAt(damping.profile, track.shadow, at);
}

export function holdOf(
  candidate: Candidate,
  canary: Candidate | undefined,
  stability: StabilityConfig,
): Hold {
  const { profile } = candidate.damping;
  if (candidate !== canary) return followerHold(candidate, profile, stability);
  const hold = canaryHold(candidate, profile, stability);
  return { role: 'canary', ...hold };
}

type Wait = Omit<Hold, 'role'>;

function followerHold(
  { track, readySince }: Candidate,
  profile: DampingProfile | undefined,
  stability: StabilityConfig,
): Hold {
  if (!profile) return { role: 'follower', until: readySince, rule: 'stability' };
  const { shadow } = track;
  if (shadow?.suppressed) {
    return { role: 'follower', until: usedAgainAt(profile, shadow), rule: 'suppressed' };
  }
  const strict = timeForCharge(profile, track, flapCharge(profile), readySince);
  const stable = readySince + stability.follower;
  return strict > stable
    ? { role: 'follower', until: strict, rule: 'next-flap' }
    : { role: 'follower', until: stable, rule: 'stability' };
}

function canaryHold(
  candidate: Candidate,
  profile: DampingProfile | undefined,
  stability: StabilityConfig,
): Wait {
  const { damping, track, readySince } = candidate;
  // Behind a network that does not damp, a hold is a pure loss.
  if (!profile) return { until: readySince, rule: 'stability' };
  const first: Wait = { until: readySince + stability.first, rule: 'stability' };
  if (damping.name === 'unknown') return first;
  const { shadow } = track;
  if (shadow?.suppressed) return suppressedHold(candidate, usedAgainAt(profile, shadow), stability);
  if (twoMoreAreFree(profile, track, readySince)) return first;
  const strict = timeForCharge(profile, track, flapCharge(profile), readySince);
  const settle = recentFlaps(track, readySince).length > 1 ? stability.repeated : stability.first;
  if (strict <= readySince + stability.repeated) {
    return later({ until: strict, rule: 'next-flap' }, readySince + settle);
  }
  const credit: Wait = { until: Math.min(strict, readySince + stability.cap), rule: 'credit' };
  const wait = later(credit, readySince + stability.repeated);
  // Announcing would be the event that suppresses it (Junos charges that, too).
  const harmless = timeForCharge(profile, track, profile.reannounce, readySince);
  const limit = damping.confirmed ? harmless : Math.min(harmless, readySince + stability.cap);
  return limit > wait.until ? { until: limit, rule: 'next-flap' } : wait;
}

function suppressedHold(
  { damping, readySince }: Candidate,
  usedAgain: number,
  { repeated }: StabilityConfig,
): Wait {
  if (damping.confirmed)
    return later({ until: usedAgain, rule: 'suppressed' }, readySince + repeated);
  const until = Math.min(usedAgain, readySince + GUESSED_SUPPRESSION);
  return { until, rule: 'suppressed' };
}

/**
 * The time from which on another `charge` would not suppress it. Where a single one always does, when
 * all before it is forgotten: there is nothing better to wait for.
 */
export function timeForCharge(
  profile: DampingProfile,
  { shadow }: Track,
  charge: number,
  from: number,
): number {
  const forgotten = Math.floor(profile.reuse / 2) + 1;
  return timeUnder(profile, shadow, Math.max(profile.suppress - charge, forgotten), from);
}

/** Of coming back and being withdrawn once more. */
export function flapCharge({ reannounce, withdraw }: DampingProfile): number {
  return reannounce + withdraw;
}

function twoMoreAreFree(profile: DampingProfile, { shadow }: Track, at: number): boolean {
  return penaltyAt(profile, shadow, at) + 2 * flapCharge(profile) < profile.suppress;
}

function later(wait: Wait, stable: number): Wait {
  return wait.until >= stable ? wait : { until: stable, rule: 'stability' };
}

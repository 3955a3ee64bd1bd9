/**
 * A shadow of the accumulator that the network behind an upstream keeps for one prefix (RFC 2439
 * §4.4), by the arithmetic of FRR: whole ticks of five seconds, whole numbers. It never decays
 * faster than FRR's, so that what it calls safe is. Immutable: looking ahead changes nothing. Times
 * are milliseconds since the epoch.
 */

import type { DampingProfile } from '../config/damping.ts';

export interface Shadow {
  /** As it was at `at`; at least 1. */
  readonly penalty: number;
  /** When it was charged last. */
  readonly at: number;
  /** The route is not used behind the upstream; see `settled` for its end. */
  readonly suppressed: boolean;
}

/** Seconds; decay comes in whole ones. */
const TICK = 5;
/** Of seconds, our own and theirs do not begin together: up to this much less may have passed there. */
const SKEW = 1;
/** Reuse is looked for every ten seconds. Milliseconds. */
const REUSE_SCAN = 10_000;

/** What happened on the wire, as it is charged. */
export type Charge = 'withdraw' | 'reannounce' | 'change';

/** RFC 2439 §4.2: how high a penalty can get. */
export function ceilingOf({ reuse, halfLife, maxSuppress }: DampingProfile): number {
  return Math.floor(reuse * 2 ** (maxSuppress / halfLife));
}

export function penaltyAt(
  profile: DampingProfile,
  shadow: Shadow | undefined,
  now: number,
): number {
  if (!shadow) return 0;
  const elapsed = (now - shadow.at) / 1000 - SKEW;
  if (elapsed >= profile.maxSuppress) return 0;
  return decayed(profile, shadow.penalty, Math.max(0, Math.floor(elapsed / TICK)));
}

/** The earliest time from `now` on at which the penalty is under `limit`; Infinity: never. */
export function timeUnder(
  profile: DampingProfile,
  shadow: Shadow | undefined,
  limit: number,
  now: number,
): number {
  if (limit <= 0) return Number.POSITIVE_INFINITY;
  if (!shadow || penaltyAt(profile, shadow, now) < limit) return now;
  const forgotten = shadow.at + (profile.maxSuppress + SKEW) * 1000;
  if (limit <= 1) return forgotten;
  let ticks = Math.max(0, Math.floor(halfLives(shadow.penalty, limit) * (profile.halfLife / TICK)));
  while (decayed(profile, shadow.penalty, ticks) >= limit) ticks++;
  return Math.min(forgotten, shadow.at + (ticks * TICK + SKEW) * 1000);
}

/** What the shadow is after a charge; undefined: there is nothing to keep. */
export function charged(
  profile: DampingProfile,
  shadow: Shadow | undefined,
  charge: Charge,
  now: number,
): Shadow | undefined {
  const before = settled(profile, shadow, now);
  const amount = profile[charge];
  if (amount === 0 && !before) return undefined;
  // Also what costs nothing begins a new tick: what was left of the last one does not count.
  const penalty = Math.min(ceilingOf(profile), penaltyAt(profile, before, now) + amount);
  // RFC 2439 §4.8.2: looked at when something is charged, never between.
  const over = amount > 0 && penalty >= profile.suppress;
  const suppressed = before?.suppressed === true || over;
  return { penalty, at: now, suppressed };
}

/** The shadow without what time has undone: the suppression, then itself. */
export function settled(
  profile: DampingProfile,
  shadow: Shadow | undefined,
  now: number,
): Shadow | undefined {
  if (!shadow) return undefined;
  if (shadow.suppressed) {
    return now < usedAgainAt(profile, shadow)
      ? shadow
      : settled(profile, { ...shadow, suppressed: false }, now);
  }
  // FRR forgets at half of reuse, if it happens to look; until nothing is left is never too early.
  return penaltyAt(profile, shadow, now) === 0 ? undefined : shadow;
}

/** When a suppressed route is surely used again. */
export function usedAgainAt(profile: DampingProfile, shadow: Shadow): number {
  return timeUnder(profile, shadow, profile.reuse, shadow.at) + REUSE_SCAN;
}

/** Rounded up where FRR rounds down: a difference of one, on the safe side. */
function decayed({ halfLife }: DampingProfile, penalty: number, ticks: number): number {
  return Math.ceil(penalty * 2 ** ((-TICK * ticks) / halfLife));
}

function halfLives(penalty: number, limit: number): number {
  return Math.log2(penalty / limit);
}

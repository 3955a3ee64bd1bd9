/**
 * What has happened between us and one upstream over a prefix: what it holds now, what its flaps
 * have cost behind it, and since when the prefix could be announced there again. Times are
 * milliseconds since the epoch.
 */

import type { DampingProfile } from '../config/damping.ts';
import { charged, type Shadow, settled, usedAgainAt } from './shadow.ts';

export interface Track {
  /** What the upstream has been sent and holds; undefined: nothing. */
  readonly wire: Wire | undefined;
  /** Undefined: no flap is remembered behind it, or it does not damp. */
  readonly shadow: Shadow | undefined;
  /** When it was withdrawn or lost, in the last 15 minutes; oldest first. */
  readonly flaps: readonly number[];
  /**
   * Since when nothing but the budget is in the way of it, or of it as it normally is; undefined:
   * something else is, or it is there.
   */
  readonly readySince: number | undefined;
  /**
   * Until then its return is no sign of a flap: we stopped in order, or the upstream has kept it
   * (RFC 4724), and would drop it at End-of-RIB if it were held back. 0: it is one.
   */
  readonly exemptUntil: number;
  /**
   * What the upstream keeps of a lost session (RFC 4724), and until when: behind it nothing has been
   * withdrawn yet. See `kept.ts` for its end.
   */
  readonly kept: Kept | undefined;
}

export interface Kept {
  readonly wire: Wire;
  readonly until: number;
}

export interface Wire {
  /** Equal for equal path attributes. */
  readonly key: string;
  /** As `exportOwn` has it. */
  readonly lowered: boolean;
}

export const NO_TRACK: Track = {
  wire: undefined,
  shadow: undefined,
  flaps: [],
  readySince: undefined,
  exemptUntil: 0,
  kept: undefined,
};

/** How long a flap counts as recent, in ms. */
export const RECENT = 15 * 60_000;
/** More flaps than this in the time are not told apart. */
const MOST_FLAPS = 20;

/** The upstream was sent it like this; also when it had it so before, with another next hop. */
export function announced(
  track: Track,
  profile: DampingProfile | undefined,
  wire: Wire,
  now: number,
): Track {
  const current = aged(track, profile, now);
  const { wire: before, shadow, kept } = current;
  const next = { ...current, wire, readySince: undefined, exemptUntil: 0, kept: undefined };
  // RFC 4724 §4.2: what it has kept is no longer stale, and nobody behind it has seen a thing.
  if (!before && kept?.wire.key === wire.key) return next;
  // A first announcement is free, and with other attributes than before it is still one event.
  const held = before ?? kept?.wire;
  if (!profile || (!held && isClean(current))) return next;
  const charge = held ? 'change' : 'reannounce';
  return { ...next, shadow: charged(profile, shadow, charge, now) };
}

/** It was withdrawn, or the session that it had been sent over is lost. */
export function withdrawn(track: Track, profile: DampingProfile | undefined, now: number): Track {
  if (!track.wire) return track;
  return {
    ...NO_TRACK,
    shadow: profile && charged(profile, track.shadow, 'withdraw', now),
    flaps: [...recentFlaps(track, now), now].slice(-MOST_FLAPS),
  };
}

/** Its session is lost, and it keeps what it was sent until then (RFC 4724). */
export function keptUntil(track: Track, until: number): Track {
  const { wire } = track;
  if (!wire) return track;
  const kept = { wire, until };
  return { ...track, wire: undefined, kept, readySince: undefined, exemptUntil: until };
}

/** The upstream has dropped what it had kept, which the networks behind it see withdrawn. */
export function dropped(track: Track, profile: DampingProfile | undefined, at: number): Track {
  const { kept, readySince, exemptUntil } = track;
  if (!kept) return track;
  const after = withdrawn({ ...track, wire: kept.wire }, profile, at);
  // A stop in order stays one, however long it takes.
  return { ...after, readySince, exemptUntil: Number.isFinite(exemptUntil) ? 0 : exemptUntil };
}

/** The track without what time has undone; itself when that is nothing. */
export function aged(track: Track, profile: DampingProfile | undefined, now: number): Track {
  if (track.kept && now >= track.kept.until) {
    return aged(dropped(track, profile, track.kept.until), profile, now);
  }
  const shadow = profile && settled(profile, track.shadow, now);
  const flaps = recentFlaps(track, now);
  const exemptUntil = track.exemptUntil > now ? track.exemptUntil : 0;
  const same = shadow === track.shadow && flaps.length === track.flaps.length;
  if (same && exemptUntil === track.exemptUntil) return track;
  return { ...track, shadow, flaps, exemptUntil };
}

/**
 * Until when the networks behind the upstream do not use it, as far as we know; undefined: they do.
 * What is remembered may be older than that: time alone changes no track.
 */
export function suppressedUntil(
  { shadow }: Track,
  profile: DampingProfile | undefined,
  now: number,
): number | undefined {
  if (!profile || !shadow?.suppressed) return undefined;
  const end = usedAgainAt(profile, shadow);
  return now < end ? end : undefined;
}

/** No flap is remembered: whatever is announced now is announced for the first time. */
export function isClean({ shadow, flaps }: Track): boolean {
  return shadow === undefined && flaps.length === 0;
}

/** Nothing is remembered at all. */
export function isBlank(track: Track): boolean {
  return !track.wire && !track.kept && track.readySince === undefined && isClean(track);
}

export function recentFlaps({ flaps }: Track, now: number): readonly number[] {
  return flaps.filter((at) => at > now - RECENT);
}

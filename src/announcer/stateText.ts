/**
 * What the announcer remembers, as the text that survives a restart: JSON with a version. Everything
 * that is read is checked, since a file may be old, torn or somebody else's. Times are milliseconds
 * since the epoch.
 */

import type { Config, UpstreamConfig } from '../config/config.ts';
import { RESTART_TIME } from '../session/restartOffer.ts';
import { NO_GUARD } from './correlatedFailure.ts';
import { type Drain, resumed } from './drain.ts';
import type { Group } from './group.ts';
import type { Order } from './orders.ts';
import { regrouped, type State } from './state.ts';
import { readState, type StoredGroup, type StoredState, type StoredTrack } from './storedState.ts';
import { aged, keptUntil, NO_TRACK, suppressedUntil, type Track, withdrawn } from './track.ts';

export const STATE_VERSION = 1;
/** Clocks that differ by less, in ms, tell the same time. */
const SET = 1000;

/**
 * `stopped`: everything has been withdrawn in order, and nothing more will happen. `wall`: what the
 * wall clock says, which the next start begins with; `now` goes by one that does not jump.
 */
export function formatState(state: State, stopped: boolean, now: number, wall = now): string {
  const { orders, drains, undone } = state;
  const groups = state.groups.flatMap(storedGroup);
  const written = { savedAt: now, clockAhead: aheadBy(wall, now), stopped };
  const stored: StoredState = { ...written, orders, drains, undone, groups };
  return `${JSON.stringify({ version: STATE_VERSION, ...stored })}\n`;
}

/** 0: it was not set, but reads a little differently, or was slewed. */
function aheadBy(wall: number, now: number): number {
  const ahead = Math.round(wall - now);
  return Math.abs(ahead) < SET ? 0 : ahead;
}

/**
 * The state as it is when the daemon starts again. Throws StateFault. What an upstream held when the
 * daemon died was lost with its session, and is charged now; after a stop in order nothing that comes
 * back is held as if it had flapped, and neither is what upstreams are to have kept (RFC 4724):
 * `restarted`, they were asked to.
 */
export function parseState(text: string, config: Config, now: number, restarted = false): State {
  const stored = readState(text, STATE_VERSION);
  const { clockAhead = 0 } = stored;
  // A clock that was set back must make no penalty, and no lease of an order, last for years; one that
  // was set forward while we ran has made none of them older.
  const shift = clockAhead + Math.min(0, now - (stored.savedAt + clockAhead));
  const orders = stored.orders.map((order) => orderOf(order, shift));
  const drains = stored.drains.map((each) => resumed(drainOf(each, shift), now));
  const { undone } = stored;
  const exemptUntil = ({ gracefulRestart }: UpstreamConfig) => {
    if (stored.stopped) return Number.POSITIVE_INFINITY;
    return restarted && gracefulRestart === 'both' ? now + RESTART_TIME * 1000 : 0;
  };
  const groups = stored.groups.map((group) =>
    groupOf(group, stored.stopped, exemptUntil, config, shift, now),
  );
  return regrouped({ config, groups, orders, drains, undone, guard: NO_GUARD });
}

function orderOf(order: Order, shift: number): Order {
  const { since, until } = order;
  return { ...order, since: since + shift, until: until === undefined ? undefined : until + shift };
}

function drainOf(drain: Drain, shift: number): Drain {
  const { startedAt, since, deadline } = drain;
  return {
    ...drain,
    startedAt: startedAt + shift,
    since: since + shift,
    deadline: deadline + shift,
  };
}

function storedGroup({ texts, tracks, standing }: Group): readonly StoredGroup[] {
  if (tracks.size === 0 && standing === 'never') return [];
  return [{ prefixes: texts, standing, tracks: [...tracks].map(storedTrack) }];
}

function storedTrack([upstream, track]: readonly [string, Track]): StoredTrack {
  const { wire, kept, shadow, flaps } = track;
  return {
    upstream,
    wire: wire ?? kept?.wire ?? null,
    keptUntil: kept?.until,
    shadow: shadow ?? null,
    flaps,
  };
}

function groupOf(
  { prefixes, standing, tracks }: StoredGroup,
  stopped: boolean,
  exemptUntil: (upstream: UpstreamConfig) => number,
  config: Config,
  shift: number,
  now: number,
): Group {
  const read = tracks.flatMap((stored): readonly [string, Track][] => {
    const upstream = config.upstreams.find(({ name }) => name === stored.upstream);
    if (!upstream) return [[stored.upstream, removed(trackOf(stored, shift), now)]];
    const track = lostTrack(stored, upstream, stopped, shift, now);
    const until = exemptUntil(upstream);
    const isUnseen = !stopped && until > 0;
    const { shadow } = isUnseen
      ? notSuppressedBy(track, trackOf(stored, shift), upstream, now)
      : track;
    return [[stored.upstream, { ...track, shadow, exemptUntil: until }]];
  });
  return {
    terms: undefined,
    texts: prefixes,
    tracks: new Map(read),
    // Whether it holds now is for the checks to say again.
    standing: standing === 'never' ? 'never' : 'once',
  };
}

/** What its upstream, of which the file says nothing now, has cost so far counts if it is put back. */
function removed(track: Track, now: number): Track {
  return { ...withdrawn(track, undefined, now), shadow: track.shadow };
}

/**
 * Left in order and without a word, the upstream keeps it for as long as was known then. When we died
 * nobody wrote down, so after a crash it counts as lost.
 */
function lostTrack(
  stored: StoredTrack,
  { damping: { profile } }: UpstreamConfig,
  stopped: boolean,
  shift: number,
  now: number,
): Track {
  const track = trackOf(stored, shift);
  if (!stopped || stored.keptUntil === undefined) return withdrawn(track, profile, now);
  return aged(keptUntil(track, stored.keptUntil + shift), profile, now);
}

/**
 * What is to have been kept was perhaps not seen to go. It counts all the same; but that it suppresses
 * what was not suppressed before is not certain, and two crashes must not make a site dark for that.
 */
function notSuppressedBy(
  lost: Track,
  before: Track,
  { damping: { profile } }: UpstreamConfig,
  now: number,
): Track {
  const was = suppressedUntil(before, profile, now) !== undefined;
  return lost.shadow && !was ? { ...lost, shadow: { ...lost.shadow, suppressed: false } } : lost;
}

function trackOf({ wire, shadow, flaps }: StoredTrack, shift: number): Track {
  return {
    ...NO_TRACK,
    wire: wire ?? undefined,
    shadow: shadow ? { ...shadow, at: shadow.at + shift } : undefined,
    flaps: flaps.map((at) => at + shift),
  };
}

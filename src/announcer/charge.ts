/**
 * What was really sent to an upstream, or lost with its session, taken into what is remembered. The
 * daemon reports it after the fact, so that nothing is charged that did not happen. Times are
 * milliseconds since the epoch.
 */

import type { Config, UpstreamConfig } from '../config/config.ts';
import { exportOwn } from '../policy/exportOwn.ts';
import type { Difference } from '../rib/adjRibOut.ts';
import { type RouteTerms, termsKey } from '../rib/ownRoute.ts';
import { PrefixList } from '../rib/prefixList.ts';
import { concerns, type Drain } from './drain.ts';
import type { Group } from './group.ts';
import type { State } from './state.ts';
import { announced, dropped, keptUntil, NO_TRACK, type Track, withdrawn } from './track.ts';

/** `asked`: the upstream wanted everything again (RFC 2918), and nothing has changed for it. */
export function sent(
  state: State,
  upstream: UpstreamConfig,
  { announce, withdraw }: Pick<Difference, 'announce' | 'withdraw'>,
  asked: boolean,
  now: number,
): State {
  const { name, damping } = upstream;
  let next = state;
  if (!asked) {
    for (const { terms, lists } of announce) {
      next = changed(next, lists, (group) =>
        withTrack(group, name, (track) =>
          announced(track, damping.profile, wireOf(group, upstream, terms, state.drains), now),
        ),
      );
    }
  }
  return changed(next, withdraw, (group) =>
    withTrack(group, name, (track) => withdrawn(track, damping.profile, now)),
  );
}

/**
 * Its session is lost: the networks behind the upstream see everything withdrawn. `until`: not before
 * then, and not at all if it is back in time, since the upstream keeps what it was sent (RFC 4724).
 */
export function lost(
  state: State,
  { name, damping: { profile } }: UpstreamConfig,
  now: number,
  until = 0,
): State {
  const groups = state.groups.map((group) =>
    withTrack(group, name, (track) => {
      // RFC 4724 §4.2: what is stale already is not kept a second time.
      if (track.kept) return dropped(track, profile, Math.min(now, track.kept.until));
      return until > now ? keptUntil(track, until) : withdrawn(track, profile, now);
    }),
  );
  return groups.every((group, i) => group === state.groups[i]) ? state : { ...state, groups };
}

/** The sessions with upstreams that another file does not name end, and so does all that was there. */
export function deconfigured(state: State, after: Config, now: number): State {
  const names = new Set(after.upstreams.map(({ name }) => name));
  const gone = state.config.upstreams.filter(({ name }) => !names.has(name));
  return gone.reduce((next, upstream) => lost(next, upstream, now), state);
}

/** What is lowered by a drain is no measurement: it comes back at once when that is undone. */
function wireOf(
  group: Group,
  upstream: UpstreamConfig,
  terms: RouteTerms,
  drains: readonly Drain[],
): Track['wire'] & object {
  const key = termsKey(terms);
  const own = group.terms?.own;
  const isDrained = drains.some(({ target }) => concerns(target, group.texts, upstream.name));
  const isMeasured =
    group.standing === 'fails' || (upstream.reachability !== undefined && !isDrained);
  const lowered =
    isMeasured && own !== undefined && key === termsKey(exportOwn(own, upstream, 'lowered'));
  return { key, lowered };
}

function withTrack(group: Group, upstream: string, change: (track: Track) => Track): Group {
  const before = group.tracks.get(upstream) ?? NO_TRACK;
  const after = change(before);
  if (after === before) return group;
  return { ...group, tracks: new Map([...group.tracks, [upstream, after]]) };
}

/** Changes the groups whose prefixes are in these lists; a group of which only some are is parted. */
function changed(
  state: State,
  lists: readonly PrefixList[],
  change: (group: Group) => Group,
): State {
  if (lists.length === 0) return state;
  const others = new Set(lists);
  for (const { terms } of state.groups) if (terms) others.delete(terms.prefixes);
  const whole = new Set(lists);
  const single = new Set([...others].flatMap(({ texts }) => texts));
  const groups = state.groups.flatMap((group) => {
    if (group.terms && whole.has(group.terms.prefixes)) return [change(group)];
    return single.size === 0 ? [group] : parted(group, single, change);
  });
  return { ...state, groups };
}

function parted(
  group: Group,
  texts: ReadonlySet<string>,
  change: (group: Group) => Group,
): readonly Group[] {
  const inside = group.texts.filter((text) => texts.has(text));
  if (inside.length === 0) return [group];
  const after = change(group);
  if (after === group || inside.length === group.texts.length) return [after];
  const outside = group.texts.filter((text) => !texts.has(text));
  return [only(after, inside), only(group, outside)];
}

function only(group: Group, texts: readonly string[]): Group {
  if (!group.terms) return { ...group, texts };
  const wanted = new Set(texts);
  const members = group.terms.prefixes.prefixes.filter(({ text }) => wanted.has(text));
  const prefixes = new PrefixList(members);
  return { ...group, texts: prefixes.texts, terms: { ...group.terms, prefixes } };
}

/**
 * Why a prefix is as it is at each neighbour: every fact and rule that led to it, and its flap budget
 * there, as data. Whoever shows it has the words. Times are milliseconds since the epoch.
 */

import { type Config, neighboursOf, type OwnPrefix } from '../config/config.ts';
import { covers, maxLength, type Prefix } from '../net/prefix.ts';
import type { RouteTerms } from '../rib/ownRoute.ts';
import type { Outcome } from './decide.ts';
import { announcementAt, type HeldReason, type Reason } from './desired.ts';
import type { Group } from './group.ts';
import { type Price, priceOfFlap } from './price.ts';
import { penaltyAt, timeUnder } from './shadow.ts';
import { NO_TRACK, recentFlaps, suppressedUntil } from './track.ts';

export interface Explanation {
  readonly neighbour: string;
  /** What is wanted there; undefined: nothing. */
  readonly terms: RouteTerms | undefined;
  readonly reason: Reason;
  /** The first cause first. */
  readonly because: readonly Reason[];
  /** Undefined: not an upstream, or one that does not damp. */
  readonly budget: Budget | undefined;
}

/** The flap budget of prefixes behind one upstream. */
export interface Budget {
  readonly upstream: string;
  readonly prefixes: readonly string[];
  /** The profile's name, and whether the upstream has confirmed it. */
  readonly profile: string;
  readonly confirmed: boolean;
  readonly penalty: number;
  readonly suppress: number;
  /** It is suppressed until then, as far as we know; undefined: it is not. */
  readonly suppressedUntil: number | undefined;
  /** When one more flap would not suppress it; now or in the past: it would not. */
  readonly clearAt: number;
  /** What one more flap would cost right now. */
  readonly nextFlap: Price;
  /** Withdrawals of the last 15 minutes. */
  readonly flaps: number;
  /** Who is first and why this one waits; undefined: it does not. */
  readonly held: HeldReason | undefined;
}

/** The own prefix that an address or a prefix belongs to, the longest; undefined: none. */
export function ownPrefixFor({ prefixes }: Config, wanted: Prefix): OwnPrefix | undefined {
  const same = prefixes.find(({ prefix }) => prefix.text === wanted.text)?.prefix;
  if (same || wanted.length < maxLength(wanted.family)) return same;
  return prefixes
    .map(({ prefix }) => prefix)
    .filter((own) => covers(own, wanted))
    .sort((a, b) => b.length - a.length)[0];
}

/** In the file's order of neighbours; empty: the prefix is not ours. */
export function explain(outcome: Outcome, prefix: OwnPrefix, now: number): readonly Explanation[] {
  const { config, groups } = outcome.state;
  const group = groups.find(({ terms }) => terms?.prefixes.has(prefix));
  return neighboursOf(config).flatMap((neighbour): readonly Explanation[] => {
    const intent = outcome.desired.get(neighbour.name);
    const announcement = intent && announcementAt(intent, prefix);
    if (!group || !announcement) return [];
    const { route, reason, because } = announcement;
    const terms = route && {
      prepend: route.prepend,
      med: route.med,
      communities: route.communities,
    };
    const budget = budgetAt(outcome, group, neighbour.name, now);
    return [{ neighbour: neighbour.name, terms, reason, because, budget }];
  });
}

/** `show budget`: everything that is damped, or is thought to be. */
export function budgets(outcome: Outcome, now: number): readonly Budget[] {
  return [...budgetWalk(outcome, now)].filter((budget) => budget !== undefined);
}

/** The same one by one, for whoever must not work for long; undefined: none there, it may pause. */
export function* budgetWalk(outcome: Outcome, now: number): Generator<Budget | undefined> {
  const { config, groups } = outcome.state;
  for (const { name } of config.upstreams) {
    for (const group of groups) yield budgetAt(outcome, group, name, now);
  }
}

function budgetAt(
  { state, desired }: Outcome,
  group: Group,
  name: string,
  now: number,
): Budget | undefined {
  const upstream = state.config.upstreams.find((each) => each.name === name);
  const profile = upstream?.damping.profile;
  if (!upstream || !profile) return undefined;
  const track = group.tracks.get(name) ?? NO_TRACK;
  const { shadow } = track;
  const flap = profile.withdraw + profile.reannounce;
  const reason = desired
    .get(name)
    ?.decisions.find(({ prefixes }) => prefixes === group.terms?.prefixes)?.reason;
  return {
    upstream: name,
    prefixes: group.texts,
    profile: upstream.damping.name,
    confirmed: upstream.damping.confirmed,
    penalty: penaltyAt(profile, shadow, now),
    suppress: profile.suppress,
    suppressedUntil: suppressedUntil(track, profile, now),
    clearAt: timeUnder(profile, shadow, Math.max(1, profile.suppress - flap), now),
    nextFlap: priceOfFlap(upstream, group, now),
    flaps: recentFlaps(track, now).length,
    held: reason?.kind === 'held' ? reason : undefined,
  };
}

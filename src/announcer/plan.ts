/**
 * What another file would put on the wire, neighbour by neighbour, before it is loaded: the
 * production decision and the production difference, and nothing is sent. Times are milliseconds
 * since the epoch.
 */

import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import { AdjRibOut, type RouteGroup } from '../rib/adjRibOut.ts';
import type { OwnRoutes, RouteTerms } from '../rib/ownRoute.ts';
import { type PrefixList, textsOf } from '../rib/prefixList.ts';
import { changeOf, type SessionChange } from '../session/sessionConfig.ts';
import { decide, type Outcome } from './decide.ts';
import type { Decision, Intent } from './desired.ts';
import type { Facts } from './facts.ts';
import { dearest, type Price, priceOf } from './price.ts';
import type { Charge } from './shadow.ts';
import { type State, withConfig } from './state.ts';
import { NO_TRACK } from './track.ts';

export interface PlannedRoutes {
  readonly prefixes: readonly string[];
  readonly terms: RouteTerms;
}

export interface PlannedChange {
  readonly neighbour: string;
  /** `reset`: the session ends and comes up again, whatever else is here. */
  readonly session: SessionChange | 'added' | 'removed';
  /** In the order in which they are sent: new ones, other attributes, withdrawals. */
  readonly announce: readonly PlannedRoutes[];
  readonly change: readonly PlannedRoutes[];
  readonly withdraw: readonly string[];
  /** Wanted and not sent: the decision says why. */
  readonly held: readonly Decision[];
  /** Of the prefix that it costs most; undefined: nothing is charged. */
  readonly price: Price | undefined;
}

/** Those neighbours for which something changes. `before`: the outcome that holds now. */
export function plan(
  before: Outcome,
  after: Config,
  facts: Facts,
  now: number,
): readonly PlannedChange[] {
  const { config } = before.state;
  const next = decide(after, facts, withConfig(before.state, after), now);
  const old = new Map(neighboursOf(config).map((each) => [each.name, each]));
  const fresh = new Map(neighboursOf(after).map((each) => [each.name, each]));
  const names = new Set([...old.keys(), ...fresh.keys()]);
  return [...names].flatMap((name) => {
    const session = sessionChange(config, after, old.get(name), fresh.get(name));
    const intents = { before: before.desired.get(name), after: next.desired.get(name) };
    const change = changeAt(name, session, intents, before.state, now);
    return isNothing(change) ? [] : [change];
  });
}

function sessionChange(
  before: Config,
  after: Config,
  old: Neighbour | undefined,
  fresh: Neighbour | undefined,
): PlannedChange['session'] {
  if (!old) return 'added';
  if (!fresh) return 'removed';
  return changeOf(
    { localAs: before.asn, routerId: before.routerId, neighbour: old },
    { localAs: after.asn, routerId: after.routerId, neighbour: fresh },
  );
}

interface Intents {
  readonly before: Intent | undefined;
  readonly after: Intent | undefined;
}

function changeAt(
  name: string,
  session: PlannedChange['session'],
  intents: Intents,
  state: State,
  now: number,
): PlannedChange {
  const held = routesOf(intents.before);
  const families = ['ipv4', 'ipv6'] as const;
  const out = new AdjRibOut();
  out.setDesired(held);
  out.commit(out.difference(families), now);
  out.setDesired(routesOf(intents.after));
  // Another next hop is another attribute, although the terms are the same.
  if (session === 'next-hops') for (const family of families) out.repeat(family);
  const { announce, withdraw } = out.difference(families);
  const known = new Set(held.flatMap(({ prefixes }) => prefixes.texts));
  const isKnown = ({ lists }: RouteGroup) => known.has(lists[0]?.texts[0] ?? '');
  const change = announce.filter(isKnown);
  const lost = session === 'reset' ? held.map(({ prefixes }) => prefixes) : withdraw;
  return {
    neighbour: name,
    session,
    announce: announce.filter((group) => !isKnown(group)).map(planned),
    change: change.map(planned),
    withdraw: textsOf(withdraw),
    held: newlyHeld(intents),
    price: dearest([
      ...prices(name, lost, session === 'reset' ? RESET : ['withdraw'], state, now),
      ...prices(
        name,
        change.flatMap(({ lists }) => lists),
        ['change'],
        state,
        now,
      ),
    ]),
  };
}

const RESET: readonly Charge[] = ['withdraw', 'reannounce'];

function prices(
  name: string,
  lists: readonly PrefixList[],
  charges: readonly Charge[],
  { config, groups }: State,
  now: number,
): readonly Price[] {
  const upstream = config.upstreams.find((each) => each.name === name);
  if (!upstream || lists.length === 0) return [];
  const touched = new Set(textsOf(lists));
  return groups.flatMap(({ texts, tracks }) => {
    const text = texts.find((each) => touched.has(each));
    if (text === undefined) return [];
    return [priceOf(upstream, text, tracks.get(name) ?? NO_TRACK, charges, now)];
  });
}

function routesOf(intent: Intent | undefined): readonly OwnRoutes[] {
  return (intent?.decisions ?? []).flatMap(({ prefixes, terms }) =>
    terms ? [{ prefixes, terms }] : [],
  );
}

function newlyHeld({ before, after }: Intents): readonly Decision[] {
  const known = new Set(
    before?.decisions.flatMap(({ reason, prefixes }) =>
      reason.kind === 'held' ? prefixes.texts : [],
    ),
  );
  return (after?.decisions ?? []).filter(
    ({ reason, prefixes }) =>
      reason.kind === 'held' && prefixes.texts.some((text) => !known.has(text)),
  );
}

function planned({ terms, lists }: RouteGroup): PlannedRoutes {
  return { prefixes: textsOf(lists), terms };
}

function isNothing({ session, announce, change, withdraw, held }: PlannedChange): boolean {
  const routes = announce.length + change.length + withdraw.length + held.length;
  return session === 'none' && routes === 0;
}

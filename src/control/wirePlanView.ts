/**
 * What another file would put on the wire, as JSON: `POST /v1/plan`, and `plan --json` without a
 * daemon as well.
 */

import type { Decision } from '../announcer/desired.ts';
import type { PlannedChange, PlannedRoutes } from '../announcer/plan.ts';
import type { Problem } from '../config/problem.ts';
import { formatCommunities } from '../net/community.ts';
import type { AttributesView } from './announcementView.ts';
import { type PriceView, priceView } from './orderView.ts';
import { reasonText } from './words.ts';

export interface WirePlanView {
  /** `daemon`: what it has announced and remembers; `nothing`: as if it started for the first time. */
  readonly against: 'daemon' | 'nothing';
  /** The file that the daemon runs on; null without one. */
  readonly configFile: string | null;
  readonly warnings: readonly Problem[];
  /** Those neighbours for which something changes, upstreams first. */
  readonly neighbours: readonly PlannedNeighbourView[];
}

export interface PlannedNeighbourView {
  readonly neighbour: string;
  /** `reset`: it ends and comes up again; `routes`: it stays; `next-hops`: it stays, and all is sent again. */
  readonly session: PlannedChange['session'];
  readonly announce: readonly PlannedRoutesView[];
  /** Announced now, and with other attributes then. */
  readonly change: readonly PlannedRoutesView[];
  readonly withdraw: readonly string[];
  /** Wanted, and not sent at once. */
  readonly held: readonly HeldRoutesView[];
  /** Of the prefix that it costs most; null: nothing is charged. */
  readonly price: PriceView | null;
}

export interface PlannedRoutesView {
  readonly prefixes: readonly string[];
  readonly attributes: AttributesView;
}

export interface HeldRoutesView {
  readonly prefixes: readonly string[];
  readonly reason: { readonly kind: Decision['reason']['kind']; readonly text: string };
}

export function plannedNeighbour(change: PlannedChange): PlannedNeighbourView {
  const { neighbour, session, announce, change: changed, withdraw, held, price } = change;
  return {
    neighbour,
    session,
    announce: announce.map(routesView),
    change: changed.map(routesView),
    withdraw,
    held: held.map(({ prefixes, reason }) => ({
      prefixes: prefixes.texts,
      reason: { kind: reason.kind, text: reasonText(reason, undefined) },
    })),
    price: price ? priceView(price) : null,
  };
}

function routesView({ prefixes, terms }: PlannedRoutes): PlannedRoutesView {
  const { prepend, med, communities } = terms;
  return {
    prefixes,
    attributes: { prepend, med: med ?? null, communities: formatCommunities(communities) },
  };
}

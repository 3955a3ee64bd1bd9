/**
 * Why a prefix is as it is at each neighbour, as JSON: `GET /v1/explain`. The same facts and rules
 * that the announcer decided by, in its order, with the session and the link that carry it.
 */

import type { Outcome } from '../announcer/decide.ts';
import type { Reason } from '../announcer/desired.ts';
import { type Explanation, explain } from '../announcer/explain.ts';
import type { OwnPrefix } from '../config/config.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { type AnnouncementView, announcementView } from './announcementView.ts';
import { type BudgetView, budgetView } from './budgetView.ts';
import { isoTime } from './isoTime.ts';
import { type DrainView, drainView, type OrderView, orderView } from './orderView.ts';
import type { ControlPort } from './port.ts';
import { linkText, reasonText } from './words.ts';

export interface ExplainView {
  readonly prefix: string;
  /** In the file's order. */
  readonly neighbours: readonly ExplainedNeighbour[];
  /** By hand, about this prefix. */
  readonly orders: readonly OrderView[];
  /** That may concern it. */
  readonly drains: readonly DrainView[];
}

export interface ExplainedNeighbour extends Omit<AnnouncementView, 'prefix' | 'family'> {
  /** Every fact and rule, the first cause first; the last one decided. */
  readonly because: readonly { readonly kind: Reason['kind']; readonly text: string }[];
  readonly session: {
    readonly state: SessionSnapshot['state'];
    readonly since: string;
    /** Null: no interface is known, or it has not been looked at. */
    readonly link: string | null;
  } | null;
  /** Null: not an upstream, or one that does not damp. */
  readonly budget: BudgetView | null;
}

export function explainView(
  port: ControlPort,
  outcome: Outcome,
  prefix: OwnPrefix,
  now: number,
): ExplainView {
  const { orders, drains } = outcome.state;
  const views = announcementsOf(port, prefix);
  const upstreams = new Map(port.upstreams().map((each) => [each.session.name, each]));
  return {
    prefix: prefix.text,
    neighbours: explain(outcome, prefix, now).flatMap((explanation) => {
      const view = views.get(explanation.neighbour);
      if (!view) return [];
      const { neighbour, announced, advertisedSince, reason, attributes } = view;
      const status = upstreams.get(neighbour);
      return [
        {
          ...{ neighbour, announced, advertisedSince, reason, attributes },
          because: becauseOf(explanation),
          session: status
            ? {
                state: status.session.state,
                since: isoTime(status.session.since),
                link: status.link ? linkText(status.link) : null,
              }
            : null,
          budget: explanation.budget ? budgetView(explanation.budget, now) : null,
        },
      ];
    }),
    orders: orders.filter((order) => order.prefix === prefix.text).map(orderView),
    drains: drains
      .filter(({ target }) => target.kind !== 'prefix' || target.prefix === prefix.text)
      .map(drainView),
  };
}

/** At each neighbour, by its name: as `GET /v1/announcements` has it. */
export function announcementsOf(
  port: ControlPort,
  { text }: OwnPrefix,
): ReadonlyMap<string, AnnouncementView> {
  const sessions = new Map(port.upstreams().map(({ session }) => [session.name, session]));
  const own = port.announcements().filter(({ prefix }) => prefix.text === text);
  return new Map(
    own.map((each) => [each.neighbour, announcementView(each, sessions.get(each.neighbour))]),
  );
}

/** What keeps a wanted announcement from the wire is in `reason`. */
function becauseOf({ because }: Explanation) {
  return because.map((reason) => ({ kind: reason.kind, text: reasonText(reason, undefined) }));
}

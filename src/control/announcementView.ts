/**
 * One prefix at one neighbour as JSON: what `GET /v1/announcements` and `show announcements --json`
 * give. What is wanted and what is on the wire are told apart, and the reason bridges them.
 */

import type { Reason } from '../announcer/desired.ts';
import { formatCommunities } from '../net/community.ts';
import type { Family } from '../net/family.ts';
import type { OwnRoute } from '../rib/ownRoute.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { isoTime } from './isoTime.ts';
import type { AnnouncementStatus } from './port.ts';
import { noNextHopText, reasonText, waitingText } from './words.ts';

export interface AnnouncementView {
  readonly prefix: string;
  readonly family: Family;
  readonly neighbour: string;
  /** The neighbour has been sent it and it has not been withdrawn. */
  readonly announced: boolean;
  /** Since when it is on the wire. */
  readonly advertisedSince: string | null;
  readonly reason: { readonly kind: ReasonKind; readonly text: string };
  /** What is announced, or would be; null: it is not to be announced there. */
  readonly attributes: AttributesView | null;
}

export interface AttributesView {
  /** Extra copies of our AS in AS_PATH. */
  readonly prepend: number;
  readonly med: number | null;
  readonly communities: readonly string[];
}

/** The announcer's reasons, and what may keep a wanted announcement from the wire. */
export type ReasonKind =
  | Reason['kind']
  | 'session-not-up'
  | 'family-not-negotiated'
  /** The session carries the family, and we have no next hop for it there. */
  | 'no-next-hop'
  /** About to be written, or the neighbour takes no octets. */
  | 'being-sent'
  /** Not wanted any more, and the withdrawal has not been written yet. */
  | 'being-withdrawn';

/** `session`: the neighbour's; undefined while it has none. */
export function announcementView(
  announcement: AnnouncementStatus,
  session: SessionSnapshot | undefined,
): AnnouncementView {
  const { prefix, neighbour, route, advertisedSince } = announcement;
  return {
    prefix: prefix.text,
    family: prefix.family,
    neighbour,
    announced: advertisedSince !== undefined,
    advertisedSince: isoTime(advertisedSince),
    reason: reasonView(announcement, session),
    attributes: route ? attributesView(route) : null,
  };
}

function reasonView(
  { prefix, route, reason, advertisedSince }: AnnouncementStatus,
  session: SessionSnapshot | undefined,
): AnnouncementView['reason'] {
  const onWire = advertisedSince !== undefined;
  const text = reasonText(reason, session);
  if (!route) {
    return onWire
      ? { kind: 'being-withdrawn', text: `being withdrawn: ${text}` }
      : { kind: reason.kind, text };
  }
  if (onWire) return { kind: reason.kind, text };
  if (session?.state !== 'Established') {
    return { kind: 'session-not-up', text: session ? waitingText(session) : text };
  }
  if (!session.families.includes(prefix.family)) {
    return {
      kind: 'family-not-negotiated',
      text: `the neighbour did not agree to carry ${prefix.family} (RFC 4760 §8): it has to enable the family on its side`,
    };
  }
  if (session.withoutNextHop.includes(prefix.family)) {
    return { kind: 'no-next-hop', text: noNextHopText(prefix.family) };
  }
  return { kind: 'being-sent', text: 'not written yet' };
}

export function attributesView({ prepend, med, communities }: OwnRoute): AttributesView {
  return { prepend, med: med ?? null, communities: formatCommunities(communities) };
}

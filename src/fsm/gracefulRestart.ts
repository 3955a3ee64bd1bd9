/**
 * Graceful restart (RFC 4724, 8538, 9494) as far as a session's messages decide it: what both OPENs
 * allow, and whether the end of a session lets the neighbour's routes stay.
 */

import { type Family, familyOf } from '../net/family.ts';
import { type Capability, capabilitiesOf } from '../wire/capability.ts';
import { isHardReset } from '../wire/notification.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { DownReason } from './actions.ts';

/** What was agreed. Families are those of the session. */
export interface RestartTerms {
  /** The neighbour has restarted (R): it waits for our End-of-RIB, so we do not wait for its. */
  readonly restarting: boolean;
  /** A NOTIFICATION does not end it, on both sides (N, RFC 8538 §2). */
  readonly notification: boolean;
  /** Seconds that the neighbour asks for. */
  readonly restartTime: number;
  /** Those in which it may restart; none: it only keeps ours. */
  readonly families: readonly Family[];
  /** Those in which it has gone on forwarding (F). */
  readonly forwarding: readonly Family[];
  /** Those in which we may restart. */
  readonly ours: readonly Family[];
  /** RFC 9494; undefined: not both offered it. */
  readonly longLived: LongLivedTerms | undefined;
}

export interface LongLivedTerms {
  /** Seconds that the neighbour asks for, by family; a family that is not there is not kept so. */
  readonly staleTime: Readonly<Partial<Record<Family, number>>>;
  readonly forwarding: readonly Family[];
}

/** Undefined: one of the two did not offer it. */
export function restartTerms(
  ours: OpenMessage,
  theirs: OpenMessage,
  families: readonly Family[],
): RestartTerms | undefined {
  const [own] = capabilitiesOf(ours.capabilities, 'gracefulRestart');
  // RFC 4724 §3: of several the last counts.
  const its = capabilitiesOf(theirs.capabilities, 'gracefulRestart').at(-1);
  if (!own || !its) return undefined;
  return {
    restarting: its.restarting,
    notification: own.notification && its.notification,
    restartTime: its.restartTime,
    families: among(families, its.entries),
    forwarding: among(families, preserved(its.entries)),
    ours: among(families, own.entries),
    longLived: longLivedTerms(ours.capabilities, theirs.capabilities, families),
  };
}

/** RFC 9494 §4.1: without RFC 4724's capability beside it, it counts for nothing. */
function longLivedTerms(
  ours: readonly Capability[],
  theirs: readonly Capability[],
  families: readonly Family[],
): LongLivedTerms | undefined {
  const its = capabilitiesOf(theirs, 'longLivedGracefulRestart').at(-1);
  if (!its || capabilitiesOf(ours, 'longLivedGracefulRestart').length === 0) return undefined;
  const times = its.entries.flatMap(({ afi, safi, staleTime }) => {
    const family = familyOf(afi, safi);
    return family && families.includes(family) ? [[family, staleTime] as const] : [];
  });
  return {
    staleTime: Object.fromEntries(times),
    forwarding: among(families, preserved(its.entries)),
  };
}

interface Entry {
  readonly afi: number;
  readonly safi: number;
}

function among(families: readonly Family[], entries: readonly Entry[]): readonly Family[] {
  return families.filter((f) => entries.some(({ afi, safi }) => familyOf(afi, safi) === f));
}

function preserved<E extends Entry & { readonly forwarding: boolean }>(entries: readonly E[]) {
  return entries.filter(({ forwarding }) => forwarding);
}

/**
 * Whether what the neighbour has sent stays for a while when an Established session ends so. What we
 * end ourselves is over: its link is dead, it is removed, or it went over a limit.
 */
export function retainsRoutes(terms: RestartTerms | undefined, reason: DownReason): boolean {
  if (!terms || terms.families.length === 0) return false;
  return isSurvived(terms, reason);
}

/** The same for what the neighbour was sent by us; it sees the end of the session as we do. */
export function isKeptByNeighbour(terms: RestartTerms | undefined, reason: DownReason): boolean {
  if (!terms || terms.ours.length === 0) return false;
  // RFC 4724 §4.2: to the neighbour, who hears nothing, the connection has failed.
  return (reason.kind === 'stopped' && reason.silent === true) || isSurvived(terms, reason);
}

function isSurvived(terms: RestartTerms, reason: DownReason): boolean {
  switch (reason.kind) {
    case 'tcpFailed': // RFC 4724 §4.2
      return true;
    case 'holdTimerExpired': // RFC 8538 §3
      return terms.notification;
    case 'notificationReceived':
    case 'notificationSent':
      // RFC 8538 §3.1: unless it asks for the session to be reset whole.
      return terms.notification && !isHardReset(reason.notification);
    case 'sendHoldTimerExpired': // it is there, and takes nothing: no restart looks like that
    case 'stopped':
    case 'collision':
      return false;
  }
}

/**
 * One neighbour's session as JSON: what `GET /v1/sessions` and `show sessions --json` give. Every
 * key is always there; what does not exist yet is null. See docs/control.md.
 */

import type { SignFact, SignKind } from '../announcer/sign.ts';
import type { BfdReport } from '../bfd/bfdFact.ts';
import type { Neighbour } from '../config/config.ts';
import type { DownReason } from '../fsm/actions.ts';
import type { StateName } from '../fsm/state.ts';
import type { KeyMismatch } from '../monitor/keyMismatch.ts';
import type { LinkFact, PathFact } from '../monitor/link.ts';
import type { Family } from '../net/family.ts';
import type { StalePhase } from '../session/retention.ts';
import type { LearnedCounts, MessageCounts, SessionSnapshot } from '../session/snapshot.ts';
import type { Protection } from '../session/tcpOptions.ts';
import { type CapabilitiesView, capabilitiesView } from './capabilityView.ts';
import { isoTime } from './isoTime.ts';
import type { UpstreamStatus } from './port.ts';
import { bfdText, downReasonText, keyMismatchText } from './words.ts';

export interface SessionView {
  readonly session: {
    readonly name: string;
    readonly kind: Neighbour['kind'];
    readonly address: string;
    readonly port: number;
    readonly peerAs: number;
    readonly protection: readonly Protection[];
    readonly state: StateName;
    readonly since: string;
    readonly localAddress: string | null;
    readonly direction: 'outgoing' | 'incoming' | null;
    readonly peerIdentifier: string | null;
    /** Seconds. */
    readonly holdTime: number | null;
    readonly families: readonly Family[];
    /** Null unless Established. */
    readonly capabilities: CapabilitiesView | null;
    readonly routeRefresh: 'none' | 'plain' | 'enhanced' | null;
    /** RFC 4724; null: not negotiated, or not up. */
    readonly gracefulRestart: RestartView | null;
    /** What is kept of its routes until it announces them again (RFC 4724, 7313, 9494). */
    readonly stale: readonly StaleView[];
    readonly sent: MessageCounts;
    readonly received: MessageCounts;
    readonly advertised: { readonly ipv4: number; readonly ipv6: number };
    /** Learned prefixes that it has been sent; null: it is sent none, or not up. */
    readonly exported: { readonly ipv4: number; readonly ipv6: number } | null;
    /** Until when it is kept down for going over `max-prefixes`; null: it is not. */
    readonly restingUntil: string | null;
    readonly learned: LearnedCounts;
    readonly established: number;
    readonly dropped: number;
    readonly lastDown: DownView | null;
    /** Why connecting failed last; null: it has not since the last session. */
    readonly lastConnectFault: { readonly at: string; readonly cause: string } | null;
  };
  /** How the neighbour is reached; null: not looked up yet. */
  readonly path: {
    readonly interface: string | null;
    readonly origin: PathFact['origin'];
  } | null;
  /** The link on that path; null: not watched, or not looked at yet. */
  readonly link: {
    readonly interface: string;
    readonly state: LinkFact['state'];
    readonly cause: LinkFact['cause'];
    readonly since: string;
  } | null;
  /** Null: BFD does not watch the way to it, or nothing is known yet. Intervals are milliseconds. */
  readonly bfd: {
    readonly standing: BfdReport['standing'];
    readonly since: string;
    readonly state: string;
    readonly remoteState: string;
    readonly transmitInterval: number;
    readonly detectionTime: number;
    readonly sent: number;
    readonly received: number;
    readonly discarded: number;
    /** The same by reason; what did not happen is not in it. */
    readonly discards: BfdReport['discards'];
    readonly text: string;
  } | null;
  /** Of whether it leads anywhere; empty: not looked at, or the session is down. */
  readonly signs: readonly SignView[];
  /** Why TCP MD5 seems to keep the session down; null: nothing speaks for that, or it is up. */
  readonly keyMismatch: {
    readonly kind: KeyMismatch['kind'];
    readonly since: string;
    /** Neighbours that it could be as well. */
    readonly others: readonly string[];
    readonly text: string;
  } | null;
}

interface SignView {
  readonly kind: SignKind;
  readonly state: SignFact['state'];
  readonly since: string;
  readonly detail: string;
}

interface RestartView {
  /** It has restarted shortly before this session. */
  readonly restarting: boolean;
  /** Also through a NOTIFICATION (RFC 8538). */
  readonly notification: boolean;
  /** Seconds that its routes may be kept for. */
  readonly restartTime: number;
  /** Families whose routes are kept when it restarts, and those that it keeps of ours. */
  readonly families: readonly Family[];
  readonly ours: readonly Family[];
  /** Seconds of each family beyond that (RFC 9494); null: not negotiated. */
  readonly longLived: Readonly<Partial<Record<Family, number>>> | null;
}

interface StaleView {
  readonly family: Family;
  readonly phase: StalePhase;
  readonly since: string;
  readonly until: string;
}

/** Why the session ended last. */
interface DownView {
  readonly at: string;
  readonly kind: DownReason['kind'];
  readonly text: string;
  /** The NOTIFICATION, sent or received, where there was one (RFC 4271 §4.5). */
  readonly notification: { readonly code: number; readonly subcode: number } | null;
}

export function sessionView(status: UpstreamStatus): SessionView {
  const { session, path, link, keyMismatch, bfd, signs } = status;
  const { capabilities } = session;
  return {
    session: {
      ...session,
      since: isoTime(session.since),
      localAddress: session.localAddress ?? null,
      direction: session.direction ?? null,
      peerIdentifier: session.peerIdentifier ?? null,
      holdTime: session.holdTime ?? null,
      capabilities: capabilities
        ? capabilitiesView(capabilities.offered, capabilities.negotiated)
        : null,
      routeRefresh: session.routeRefresh ?? null,
      gracefulRestart: restartView(session.gracefulRestart),
      stale: session.stale.map((stale) => ({
        ...stale,
        since: isoTime(stale.since),
        until: isoTime(stale.until),
      })),
      lastDown: downView(session.lastDown),
      exported: session.exported ?? null,
      restingUntil: session.restingUntil === undefined ? null : isoTime(session.restingUntil),
      lastConnectFault: connectFaultView(session.lastConnectFault),
    },
    path: path ? { interface: path.interface ?? null, origin: path.origin } : null,
    link: link ? { ...link, since: isoTime(link.since) } : null,
    signs: (signs ?? []).map((sign) => ({ ...sign, since: isoTime(sign.since) })),
    bfd: bfd ? { ...bfdView(bfd), text: bfdText(bfd) } : null,
    keyMismatch: keyMismatch
      ? { ...keyMismatch, since: isoTime(keyMismatch.since), text: keyMismatchText(keyMismatch) }
      : null,
  };
}

function restartView(terms: SessionSnapshot['gracefulRestart']): RestartView | null {
  if (!terms) return null;
  const { restarting, notification, restartTime, families, ours, longLived } = terms;
  const times = longLived?.staleTime ?? null;
  return { restarting, notification, restartTime, families, ours, longLived: times };
}

function bfdView({ neighbour: _, detail: __, since, ...report }: BfdReport) {
  return { ...report, since: isoTime(since) };
}

function connectFaultView(fault: SessionSnapshot['lastConnectFault']) {
  return fault ? { at: isoTime(fault.at), cause: fault.cause } : null;
}

function downView(last: SessionSnapshot['lastDown']): DownView | null {
  if (!last) return null;
  const { at, reason } = last;
  const notification = 'notification' in reason ? reason.notification : undefined;
  return {
    at: isoTime(at),
    kind: reason.kind,
    text: downReasonText(reason),
    notification: notification ? { code: notification.code, subcode: notification.subcode } : null,
  };
}

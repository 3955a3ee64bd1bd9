/** What is wanted on the wire, whole, each part with its reasons. */

import type { BfdFact } from '../bfd/bfdFact.ts';
import type { OwnPrefix } from '../config/config.ts';
import type { LinkFact } from '../monitor/link.ts';
import type { OwnRoute, RouteTerms } from '../rib/ownRoute.ts';
import type { PrefixList } from '../rib/prefixList.ts';
import type { FailureHold } from './correlatedFailure.ts';
import { DecisionWalk } from './decisionWalk.ts';
import type { Drain } from './drain.ts';
import type { Hold } from './hold.ts';
import type { Order } from './orders.ts';
import type { Doubt } from './reachability.ts';
import type { CheckVerdict } from './verdict.ts';

/** Why a prefix is announced or not, or a session wanted or not. */
export type Reason =
  | { readonly kind: 'configured' }
  | { readonly kind: 'link-down'; readonly link: LinkFact }
  /** The way to the neighbour is dead, whatever its link says. */
  | { readonly kind: 'bfd-down'; readonly bfd: BfdFact }
  /** The file wants no session without BFD, which is not up; undefined: nothing is known of it yet. */
  | { readonly kind: 'bfd-awaited'; readonly bfd: BfdFact | undefined }
  /** The anchors are not in the kernel yet. */
  | { readonly kind: 'awaits-kernel' }
  | { readonly kind: 'stopping'; readonly why: string }
  | { readonly kind: 'not-selected' }
  | { readonly kind: 'family-not-carried' }
  /** Its condition holds by these checks. */
  | { readonly kind: 'checks-hold'; readonly checks: readonly CheckVerdict[] }
  /** Its condition does not hold, because of these. */
  | { readonly kind: 'checks-failed'; readonly checks: readonly CheckVerdict[] }
  /** What fails is withdrawn a little later, for the fault is probably ours. */
  | { readonly kind: 'correlated-failure'; readonly hold: FailureHold }
  /** Whether it holds is not known, because of these: what is not announced is not announced for that. */
  | { readonly kind: 'checks-unknown'; readonly checks: readonly CheckVerdict[] }
  /** What the file says is to be done when its condition does not hold. */
  | { readonly kind: 'on-failure'; readonly action: 'withdraw' | 'backup' | 'keep' }
  | { readonly kind: 'ordered'; readonly order: Order }
  /** It is to be blackholed, and nobody knows how this upstream is asked for that. */
  | { readonly kind: 'no-blackhole' }
  | { readonly kind: 'draining'; readonly drain: Drain }
  /** That is all that keeps it from being announced anywhere. An order is not undone for that. */
  | { readonly kind: 'drained-last'; readonly upstream: string }
  /** Nothing speaks against that the upstream leads somewhere. */
  | { readonly kind: 'reaches' }
  /** Signs that it leads nowhere: it is the last choice for that. */
  | { readonly kind: 'doubted'; readonly doubt: Doubt }
  /** Signs of several kinds, and another upstream holds the prefix. */
  | { readonly kind: 'leads-nowhere'; readonly doubt: Doubt }
  | HeldReason
  /** It is well again, and stays the last choice until then: a change is a flap, too. */
  | KeptLoweredReason
  /** It is ready again, and is held until its session is up. */
  | { readonly kind: 'awaits-session' };

export interface KeptLoweredReason {
  readonly kind: 'kept-lowered';
  readonly until: number;
  readonly readySince: number;
  readonly penalty: number;
  readonly suppress: number | undefined;
}

/** The flap budget holds it back. */
export interface HeldReason extends Hold {
  readonly kind: 'held';
  /** Of the upstreams that it is ready for, the one that has it, or is to have it first. */
  readonly canary: string;
  /** Behind the upstream, when it became ready; rounded. */
  readonly penalty: number;
  /** From this on it is suppressed; undefined: it is not damped there. */
  readonly suppress: number | undefined;
  /** What the penalty would be after one more flap right then. */
  readonly afterFlap: number;
  /** The times that these follow from, ms since the epoch. */
  readonly readySince: number;
}

/** What is decided soon, and before End-of-RIB. */
export const UNDECIDED: ReadonlySet<Reason['kind']> = new Set(['checks-unknown', 'awaits-kernel']);

/** The same for every prefix of a list, at one neighbour. */
export interface Decision {
  readonly prefixes: PrefixList;
  /** What to send; undefined: not announced, for `reason`. */
  readonly terms: RouteTerms | undefined;
  /** What it comes down to: the last of `because`. */
  readonly reason: Reason;
  /** Every fact and rule that led to it, the first cause first. */
  readonly because: readonly Reason[];
}

/** What is wanted of one neighbour. */
export interface Intent {
  readonly neighbour: string;
  /** Whether its session should be up at all. */
  readonly session: { readonly wanted: boolean; readonly reason: Reason };
  /** Each own prefix is in one of them. */
  readonly decisions: readonly Decision[];
}

/** By neighbour name: upstreams, downstreams, internal ones, each in the file's order. */
export type Desired = ReadonlyMap<string, Intent>;

/** One prefix at one neighbour, for people: the daemon never makes these for all of them. */
export interface Announcement {
  readonly prefix: OwnPrefix;
  readonly neighbour: string;
  readonly route: OwnRoute | undefined;
  readonly reason: Reason;
  readonly because: readonly Reason[];
}

/** At one neighbour, in the order of `prefixes`; the file's order takes the least. */
export function* announcementsIn(
  intent: Intent,
  prefixes: Iterable<OwnPrefix>,
): Generator<Announcement> {
  for (const [announcement] of decidedIn(intent, prefixes)) yield announcement;
}

/** The same, each with the list that was decided on together. */
export function* decidedIn(
  { neighbour, decisions }: Intent,
  prefixes: Iterable<OwnPrefix>,
): Generator<readonly [Announcement, PrefixList]> {
  const walk = new DecisionWalk(decisions);
  for (const prefix of prefixes) {
    const decision = walk.at(prefix);
    if (decision) yield [announcementOf(prefix, neighbour, decision), decision.prefixes];
  }
}

/** Undefined: it is not one of ours. */
export function announcementAt(intent: Intent, prefix: OwnPrefix): Announcement | undefined {
  const decision = intent.decisions.find(({ prefixes }) => prefixes.has(prefix));
  return decision && announcementOf(prefix, intent.neighbour, decision);
}

function announcementOf(prefix: OwnPrefix, neighbour: string, decision: Decision): Announcement {
  const { terms, reason, because } = decision;
  return { prefix, neighbour, route: terms && { prefix, ...terms }, reason, because };
}

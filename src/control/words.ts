/**
 * Reasons, links and prefixes in words. The log, `show` and the neighbour (RFC 9003) are told the
 * same thing in the same words; nothing else may phrase a reason.
 */

import { match } from 'ts-pattern';
import type { FailureHold } from '../announcer/correlatedFailure.ts';
import type { HeldReason, KeptLoweredReason, Reason } from '../announcer/desired.ts';
import { type Drain, drainKey } from '../announcer/drain.ts';
import type { Budget } from '../announcer/explain.ts';
import type { Order } from '../announcer/orders.ts';
import type { Price } from '../announcer/price.ts';
import type { Doubt } from '../announcer/reachability.ts';
import type { SignKind } from '../announcer/sign.ts';
import type { Undone } from '../announcer/state.ts';
import type { CheckVerdict } from '../announcer/verdict.ts';
import type { BfdFact } from '../bfd/bfdFact.ts';
import type { DownReason } from '../fsm/actions.ts';
import type { CheckFact } from '../monitor/check.ts';
import type { KeyMismatch } from '../monitor/keyMismatch.ts';
import type { LinkFact } from '../monitor/link.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { ErrorCode, OpenSubcode } from '../wire/constants.ts';
import { formatNotification } from '../wire/notification.ts';
import { isoTime } from './isoTime.ts';

/** How many prefixes a line names before it only counts. */
const NAMED_PREFIXES = 5;

const LINK_CAUSE: Readonly<Record<LinkFact['cause'], string>> = {
  up: '',
  'no-carrier': 'no carrier',
  'admin-down': 'set down by an administrator',
  absent: 'no such interface',
  simulated: 'simulated carrier',
};

/**
 * Why a prefix is announced or not, or a session wanted or not. `session`, when given, is the
 * neighbour's: what is configured but waits for it says so.
 */
export function reasonText(reason: Reason, session: SessionSnapshot | undefined): string {
  return match(reason)
    .with({ kind: 'configured' }, () =>
      session && session.state !== 'Established' ? waitingText(session) : 'configured',
    )
    .with({ kind: 'link-down' }, ({ link }) => linkText(link))
    .with({ kind: 'bfd-down' }, ({ bfd }) => bfdText(bfd))
    .with({ kind: 'bfd-awaited' }, ({ bfd }) => `waits for BFD (strict): ${awaitedText(bfd)}`)
    .with({ kind: 'awaits-kernel' }, () => 'waits until its anchor is in the kernel')
    .with({ kind: 'stopping' }, ({ why }) => why)
    .with({ kind: 'not-selected' }, () => 'it is for other upstreams')
    .with({ kind: 'family-not-carried' }, () => "not among the neighbour's families in the file")
    .with({ kind: 'checks-hold' }, ({ checks }) => `its condition holds: ${checksText(checks)}`)
    .with(
      { kind: 'checks-failed' },
      ({ checks }) => `its condition does not hold: ${checksText(checks)}`,
    )
    .with(
      { kind: 'checks-unknown' },
      ({ checks }) => `not known yet whether its condition holds: ${checksText(checks)}`,
    )
    .with({ kind: 'correlated-failure' }, ({ hold }) => failureHoldText(hold))
    .with({ kind: 'on-failure' }, ({ action }) => FAILURE_ACTION[action])
    .with({ kind: 'ordered' }, ({ order }) => orderText(order))
    .with(
      { kind: 'no-blackhole' },
      () => 'no source is known that says how this upstream is asked to blackhole',
    )
    .with({ kind: 'draining' }, ({ drain }) => drainText(drain))
    .with(
      { kind: 'drained-last' },
      ({ upstream }) =>
        `no other upstream holds it any more, and ${upstream} is drained by order: it is announced nowhere; \`multihomed undrain ${upstream}\` announces it there again`,
    )
    .with({ kind: 'reaches' }, () => 'nothing speaks against that this upstream leads somewhere')
    .with({ kind: 'doubted' }, ({ doubt }) => `${doubtText(doubt)}; ${DOUBT_ACTION[doubt.action]}`)
    .with(
      { kind: 'leads-nowhere' },
      ({ doubt }) => `${doubtText(doubt)}; withdrawn there, since another upstream has it`,
    )
    .with({ kind: 'held' }, heldText)
    .with({ kind: 'kept-lowered' }, keptLoweredText)
    .with({ kind: 'awaits-session' }, () => awaitedSessionText(session))
    .exhaustive();
}

/** Nothing is known of the session here: it may be down, or not carry the family. */
function awaitedSessionText(session: SessionSnapshot | undefined): string {
  if (!session) return 'after a flap it is sent some time after its session has come up';
  if (session.state !== 'Established') return waitingText(session);
  return 'it waits for the session to carry its family';
}

const FAILURE_ACTION = {
  withdraw: 'on-failure: withdraw',
  backup: 'on-failure: backup: it stays as the last choice',
  keep: 'on-failure: keep: it stays as it was',
} as const;

const DOUBT_ACTION = {
  withdraw: 'it stays as the last choice, for no other upstream without signs has it',
  backup: 'it stays as the last choice',
  keep: 'it stays as it was',
} as const;

const SIGN_NAME: Readonly<Record<SignKind, string>> = {
  probes: 'no probe through it comes back',
  table: 'most of its table is gone',
  default: 'its default route is gone',
  canaries: 'its canaries are gone',
};

/** What speaks against an upstream. */
export function doubtText({ upstream, signs }: Doubt): string {
  const seen = signs.map(({ kind, detail }) => `${SIGN_NAME[kind]} (${detail})`).join(', ');
  return `${upstream} seems to lead nowhere: ${seen}`;
}

function checksText(checks: readonly CheckVerdict[]): string {
  return checks.map(({ name, state, detail }) => `${name} is ${state} (${detail})`).join(', ');
}

/** What is held, for how long at most, and why it is not withdrawn at once. */
export function failureHoldText({ until, selfCheck, checks }: FailureHold): string {
  const others = prefixList([...checks]);
  return `held until ${isoTime(until)} at the latest (correlated-failure): ${others} failed together with others, and ${selfCheck} fails too, so the fault is probably ours`;
}

export function orderText({ action, until }: Order): string {
  const done = { announce: 'announced', withdraw: 'withdrawn', blackhole: 'blackholed' } as const;
  return `${done[action]} by hand${until === undefined ? '' : ` until ${isoTime(until)}`}`;
}

export function drainText({ phase, deadline, since }: Drain): string {
  if (phase === 'shifting') {
    return `being drained: the last choice until traffic is gone, ${isoTime(deadline)} at the latest`;
  }
  return phase === 'withdrawing' ? 'drained: being withdrawn' : `drained since ${isoTime(since)}`;
}

const HOLD_RULE: Readonly<Record<HeldReason['rule'], string>> = {
  stability: 'it has to be well for a while first',
  'next-flap': 'by then one more flap will not suppress it',
  suppressed: 'it is suppressed behind this upstream',
  credit: 'one more flap will suppress it, but it is announced nowhere else',
};

/** Who waits for what, until when, and what one more flap would have cost when that was reckoned. */
function heldText({ role, canary, rule, until, penalty, suppress, afterFlap }: HeldReason): string {
  const who = role === 'canary' ? 'the first to have it again' : `follows ${canary}`;
  const budget =
    suppress === undefined
      ? ''
      : `; when it became ready, penalty ${penalty} of ${suppress}, one more flap makes it ${afterFlap}`;
  return `held until ${isoTime(until)}: ${who}; ${HOLD_RULE[rule]}${budget}`;
}

function keptLoweredText({ until, penalty, suppress }: KeptLoweredReason): string {
  const budget = suppress === undefined ? '' : `, penalty ${penalty} of ${suppress}`;
  return `well again; it stays the last choice until ${isoTime(until)}, since a change costs as well${budget}`;
}

/** `transit-a: penalty 0, then 1500 of 2000: harmless` */
export function priceText({ upstream, penalty, after, suppress, suppressedUntil }: Price): string {
  if (suppress === undefined) return `${upstream}: nothing, its network does not damp`;
  const end =
    suppressedUntil === undefined
      ? 'not suppressed'
      : `suppressed behind it until ${isoTime(suppressedUntil)}`;
  return `${upstream}: penalty ${penalty}, then ${after} of ${suppress}: ${end}`;
}

/** What is left of it, what one more flap would cost, and when that is harmless again. */
export function budgetText(budget: Budget, now: number): string {
  const { penalty, suppress, suppressedUntil, nextFlap, clearAt } = budget;
  const state =
    suppressedUntil === undefined ? '' : `, suppressed until ${isoTime(suppressedUntil)}`;
  const flap =
    nextFlap.suppressedUntil === undefined
      ? `one more flap makes it ${nextFlap.after}, which is not suppressed`
      : `one more flap makes it ${nextFlap.after}: suppressed until ${isoTime(nextFlap.suppressedUntil)}`;
  const clear = clearAt > now ? `; harmless again from ${isoTime(clearAt)} on` : '';
  return `penalty ${penalty} of ${suppress}${state}; ${flap}${clear}`;
}

export function undoneText({ drain, prefix }: Undone): string {
  return `${drainKey(drain.target)}: the drain is undone, for no other upstream holds ${prefix} any more and leads anywhere`;
}

/** Why a connection ended. */
export function downReasonText(reason: DownReason): string {
  return match(reason)
    .with({ kind: 'stopped' }, ({ communication }) =>
      communication === '' ? 'ended by us' : `ended by us: ${communication}`,
    )
    .with(
      { kind: 'holdTimerExpired' },
      () => 'hold timer expired: nothing came from the neighbour for the hold time',
    )
    .with(
      { kind: 'sendHoldTimerExpired' },
      () => 'send hold timer expired: the neighbour takes no octets (RFC 9687)',
    )
    .with({ kind: 'tcpFailed' }, ({ cause }) => cause)
    .with(
      { kind: 'notificationReceived' },
      ({ notification }) =>
        `the neighbour sent ${formatNotification(notification)}${hintText(notification)}`,
    )
    .with(
      { kind: 'notificationSent' },
      ({ notification, cause }) => `we sent ${formatNotification(notification)}: ${cause}`,
    )
    .with({ kind: 'collision' }, () => 'the other of two connections was kept (RFC 4271 §6.8)')
    .exhaustive();
}

/** What the two ends have to agree on, where the error is about that. */
function hintText({ code, subcode }: { readonly code: number; readonly subcode: number }): string {
  if (code === ErrorCode.openMessage && subcode === OpenSubcode.badPeerAs) {
    return ': it expects another AS number than ours';
  }
  if (code === ErrorCode.openMessage && subcode === OpenSubcode.roleMismatch) {
    return ': its role and our `role` do not fit (RFC 9234)';
  }
  return '';
}

/** What the kernel counted, what follows from that, and how sure that is. */
export function keyMismatchText({ kind, others }: KeyMismatch): string {
  const certainty =
    others.length === 0
      ? 'the kernel does not say whose they were, but no other session that is down would fit'
      : `the kernel does not say whose they were: they may be those of ${prefixList(others)}`;
  return `${KEY_MISMATCH[kind]}; ${certainty}`;
}

const KEY_MISMATCH: Readonly<Record<KeyMismatch['kind'], string>> = {
  missing:
    'segments without a TCP MD5 signature came, where we have a password: the neighbour has none for us, or it does not listen and says so unsigned',
  unexpected:
    'signed segments came (TCP MD5), where the file has no password: the neighbour expects one',
  wrong: 'segments with a wrong TCP MD5 signature came: the password is not the one that we have',
};

export function linkText(link: Pick<LinkFact, 'interface' | 'state' | 'cause'>): string {
  const cause = LINK_CAUSE[link.cause];
  return `link ${link.interface} is ${link.state}${cause === '' ? '' : ` (${cause})`}`;
}

const BFD_STANDING: Readonly<Record<BfdFact['standing'], string>> = {
  up: 'is up',
  starting: 'is not up yet',
  lost: 'is down',
  off: 'is switched off by the neighbour',
  impossible: 'cannot run here',
};

/** `BFD is down (control detection time expired)` */
export function bfdText({ standing, detail }: Pick<BfdFact, 'standing' | 'detail'>): string {
  return `BFD ${BFD_STANDING[standing]}${detail === '' ? '' : ` (${detail})`}`;
}

function awaitedText(bfd: BfdFact | undefined): string {
  return bfd ? bfdText(bfd) : 'nothing is known of it yet';
}

/** `check web is down: connection refused` */
export function checkText({
  name,
  state,
  detail,
}: Pick<CheckFact, 'name' | 'state' | 'detail'>): string {
  const standing = state === 'unknown' ? 'has not been up yet' : `is ${state}`;
  return `check ${name} ${standing}: ${detail}`;
}

/** `a, b and c`; long lists end in `and 7 more`. */
export function prefixList(texts: readonly string[]): string {
  const named = texts.length > NAMED_PREFIXES ? texts.slice(0, NAMED_PREFIXES - 1) : texts;
  const rest = texts.length - named.length;
  const parts = rest > 0 ? [...named, `${rest} more`] : named;
  const last = parts.at(-1);
  if (last === undefined) return 'nothing';
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** Why routes of families are not sent over a session that carries them. */
export function noNextHopText(families: string): string {
  return `no ${families} route can be sent: set next-hop, as it takes no next hop of another family (RFC 8950)`;
}

/** Why the session is not up, as far as it is known. */
export function waitingText(session: SessionSnapshot): string {
  const { restingUntil } = session;
  if (restingUntil !== undefined) {
    return `the session rests until ${isoTime(restingUntil)} for going over max-prefixes`;
  }
  const last = lastFaultText(session);
  return `the session is not up (${session.state}${last === undefined ? '' : `; last: ${last}`})`;
}

/** Of what kept the session down, the later one. */
function lastFaultText({ lastDown, lastConnectFault }: SessionSnapshot): string | undefined {
  if (lastConnectFault && lastConnectFault.at >= (lastDown?.at ?? lastConnectFault.at)) {
    return lastConnectFault.cause;
  }
  return lastDown && downReasonText(lastDown.reason);
}

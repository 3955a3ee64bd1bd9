/** Events as log lines: one line each, the neighbour's name, the reason in words. */

import { match } from 'ts-pattern';
import { drainKey } from '../announcer/drain.ts';
import type { BfdStanding } from '../bfd/bfdFact.ts';
import { formatDuration } from '../config/duration.ts';
import { isoTime } from '../control/isoTime.ts';
import {
  bfdText,
  checkText,
  doubtText,
  drainText,
  failureHoldText,
  keyMismatchText,
  linkText,
  prefixList,
  reasonText,
  undoneText,
} from '../control/words.ts';
import type { CheckState } from '../monitor/check.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import type { DaemonEvent } from './events.ts';
import type { LogLine } from './log.ts';
import { narrateSession } from './narrateSession.ts';

const OF_SPEAKER: Readonly<Record<SpeakerEvent['type'], true>> = {
  SessionUp: true,
  SessionDown: true,
  ConnectFailed: true,
  RoutesSent: true,
  EndOfRib: true,
  RoutesKept: true,
  RoutesLongLived: true,
  RoutesSwept: true,
  UpdateFault: true,
  PathsNotKept: true,
  InternalError: true,
  RoutingError: true,
  PrefixLimit: true,
  RouteTooLarge: true,
  ReceiverOverwhelmed: true,
  ConnectionsRefused: true,
  StateChanged: true,
};

/** Undefined: nothing that an operator would want to read, at any level. */
export function narrate(event: DaemonEvent | SpeakerEvent): LogLine | undefined {
  return isOfSpeaker(event) ? narrateSession(event) : narrateDaemon(event);
}

function isOfSpeaker(event: DaemonEvent | SpeakerEvent): event is SpeakerEvent {
  return event.type in OF_SPEAKER;
}

function narrateDaemon(event: DaemonEvent): LogLine | undefined {
  // Many times a second, and almost always nothing new.
  if (event.type === 'CheckChanged' && event.check.since !== event.at) return undefined;
  const { at } = event.type === 'LinkChanged' ? { at: event.link.since } : event;
  return match(event)
    .with({ type: 'KeyMismatchFound' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'key-mismatch',
      neighbour: e.neighbour,
      message: `the session does not come up, perhaps for its password: ${keyMismatchText(e.mismatch)}`,
      fields: { kind: e.mismatch.kind, others: e.mismatch.others },
    }))
    .with({ type: 'LinkChanged' }, (e) => ({
      at,
      level: e.link.state === 'up' ? ('info' as const) : ('warn' as const),
      event: `link-${e.link.state}`,
      message: linkText(e.link),
      fields: { interface: e.link.interface, cause: e.link.cause },
    }))
    .with({ type: 'BfdChanged' }, ({ fact }) => ({
      at,
      level: BFD_LEVEL[fact.standing],
      event: `bfd-${fact.standing}`,
      neighbour: fact.neighbour,
      message: bfdText(fact),
      fields: { detail: fact.detail },
    }))
    .with({ type: 'KernelRoutesChanged' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'kernel-routes',
      message: [
        e.added.length > 0 ? `the kernel has ${prefixList(e.added)}` : '',
        e.removed.length > 0 ? `no longer ${prefixList(e.removed)}` : '',
      ]
        .filter((part) => part !== '')
        .join('; '),
      fields: { added: e.added.slice(0, 50), removed: e.removed.slice(0, 50) },
    }))
    .with({ type: 'KernelFailed' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'kernel-failed',
      message: `the kernel does not have all routes that it should: ${e.cause}; announcing goes on; it is tried again, repeats of this are not logged`,
      fields: { cause: e.cause },
    }))
    .with({ type: 'KernelLeftovers' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'kernel-leftovers',
      message: `the kernel still has ${e.routes} routes of a run before this one; they stay until the upstreams have sent everything`,
      fields: { routes: e.routes },
    }))
    .with({ type: 'StationUp' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'station-up',
      message: `monitoring station ${e.station} is connected (BMP)`,
      fields: { station: e.station },
    }))
    .with({ type: 'StationDown' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'station-down',
      message: e.wasUp
        ? `monitoring station ${e.station} is lost: ${e.cause}; the sessions go on; connecting again`
        : `monitoring station ${e.station} cannot be reached: ${e.cause}; trying again, repeats of this are not logged`,
      fields: { station: e.station, cause: e.cause },
    }))
    .with({ type: 'CheckChanged' }, checkLine)
    .with({ type: 'CheckLapsed' }, ({ check, over }) => ({
      at,
      level: over ? ('info' as const) : ('warn' as const),
      event: over ? 'check-heard-again' : 'check-stale',
      message: over ? `probed again: ${checkText(check)}` : checkText(check),
      fields: { check: check.name },
    }))
    .with({ type: 'CheckFailed' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'check-failed',
      message: `check ${e.name} cannot be probed: ${e.cause}; unless that ends, nobody knows soon whether it passes`,
      fields: { check: e.name, cause: e.cause },
    }))
    .with({ type: 'WatcherFailed' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'link-watcher-failed',
      message: `the kernel's link reports do not come: ${e.cause}; until they do, a dead link is noticed up to a second late`,
    }))
    .with({ type: 'WatcherRecovered' }, () => ({
      at,
      level: 'info' as const,
      event: 'link-watcher-recovered',
      message: "the kernel's link reports come again; every link has been looked at anew",
    }))
    .with({ type: 'StopRequested' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'stopping',
      message: e.why,
    }))
    .with({ type: 'DoubtChanged' }, (e) => ({
      at,
      level: e.doubt ? ('warn' as const) : ('info' as const),
      event: e.doubt ? 'upstream-doubted' : 'upstream-trusted',
      neighbour: e.neighbour,
      message: e.doubt
        ? doubtText(e.doubt)
        : 'no sign speaks against it any more, or its session has ended',
      ...(e.doubt ? { fields: { signs: e.doubt.signs.map(({ kind }) => kind) } } : {}),
    }))
    .with({ type: 'AnnouncementHeld' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'announcement-held',
      neighbour: e.neighbour,
      message: `${prefixList(e.prefixes)}: ${reasonText(e.reason, undefined)}`,
      fields: {
        until: isoTime(e.reason.until),
        penalty: e.reason.penalty,
        canary: e.reason.canary,
        prefixes: e.prefixes.slice(0, 50),
      },
    }))
    .with({ type: 'DrainAdvanced' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'drain',
      message: `${drainKey(e.drain.target)}: ${drainText(e.drain)}`,
      fields: { phase: e.drain.phase },
    }))
    .with({ type: 'DrainLeavesNowhere' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'drain-leaves-nowhere',
      neighbour: e.neighbour,
      message: `${prefixList(e.prefixes)}: ${reasonText({ kind: 'drained-last', upstream: e.neighbour }, undefined)}`,
      fields: { prefixes: e.prefixes.slice(0, 50) },
    }))
    .with({ type: 'FailureHeld' }, ({ hold }) => ({
      at,
      level: 'warn' as const,
      event: 'failure-held',
      message: `what checks would withdraw is ${failureHoldText(hold)}`,
      fields: { until: isoTime(hold.until), checks: [...hold.checks].slice(0, 50) },
    }))
    .with({ type: 'FailureReleased' }, ({ hold }) => ({
      at,
      level: 'warn' as const,
      event: 'failure-released',
      message: 'withdrawals wait no longer: what still fails is withdrawn',
      fields: { heldSince: isoTime(hold.since), checks: [...hold.checks].slice(0, 50) },
    }))
    .with({ type: 'DrainUndone' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'drain-undone',
      message: undoneText(e.undone),
      fields: { prefix: e.undone.prefix },
    }))
    .with({ type: 'StateSetAside' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'state-set-aside',
      message: setAsideText(e),
      fields: { file: e.file, cause: e.cause },
    }))
    .with({ type: 'StateUnsaved' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'state-unsaved',
      message: `the state cannot be saved: ${e.cause}; announcing goes on, but a restart would not know of flaps, orders and drains; repeats of this are not logged`,
      fields: { cause: e.cause },
    }))
    .with({ type: 'RecordFailed' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'record-failed',
      message: `the black box cannot be written: ${e.cause}; announcing goes on, and until it can be again what happens is not written down; repeats of this are not logged`,
      fields: { cause: e.cause },
    }))
    .with({ type: 'RecordResumed' }, () => ({
      at,
      level: 'info' as const,
      event: 'record-resumed',
      message: 'the black box is written again, in a new file',
    }))
    .with({ type: 'StateSavedAgain' }, () => ({
      at,
      level: 'info' as const,
      event: 'state-saved-again',
      message: 'the state can be saved again',
    }))
    .with({ type: 'ClockJumped' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'clock-jumped',
      message: `the clock was set ${e.by < 0 ? 'back' : 'forward'} by ${formatDuration(Math.round(Math.abs(e.by) / 1000) * 1000)}, or the machine slept: lines before this one have other times; sessions, holds and leases go by the time that has passed`,
      fields: { by: e.by },
    }))
    .with({ type: 'StoodStill' }, ({ late }) => ({
      at,
      level: 'warn' as const,
      event: 'stood-still',
      message: `this process stood still for ${formatDuration(late < 1000 ? Math.round(late) : Math.round(late / 1000) * 1000)} or more: it could neither probe nor withdraw; what is announced stays so until its checks have been probed again`,
      fields: { late: Math.round(late) },
    }))
    .with(
      { type: 'PathsResolved' },
      { type: 'ConfigLoaded' },
      { type: 'OrdersChanged' },
      { type: 'TimeCame' },
      { type: 'TrafficMeasured' },
      { type: 'SignsChanged' },
      { type: 'AddressesChanged' },
      { type: 'LinkForgotten' },
      { type: 'BfdForgotten' },
      { type: 'KernelSettled' },
      { type: 'CheckForgotten' },
      () => undefined,
    )
    .exhaustive();
}

function setAsideText(event: DaemonEvent & { type: 'StateSetAside' }): string {
  const { file, aside, cause, isRead } = event;
  const unknown = `${file} cannot be used: ${cause}; flaps, orders and drains from before are not known`;
  if (aside === undefined) {
    return `${unknown}; it could not be moved away, so it is left as it is and nothing is saved: make it readable for this user and restart, before anything else is ordered`;
  }
  const mend = isRead
    ? ''
    : `; it may be whole: to have them back, stop, make that readable for this user, rename it to ${file}, and start`;
  return `${unknown}; it is now ${aside}${mend}`;
}

const BFD_LEVEL: Readonly<Record<BfdStanding, LogLine['level']>> = {
  up: 'info',
  starting: 'debug',
  lost: 'warn',
  off: 'warn',
  impossible: 'error',
};

const CHECK_LEVEL: Readonly<Record<CheckState, LogLine['level']>> = {
  unknown: 'info',
  rising: 'debug',
  up: 'info',
  falling: 'info',
  down: 'warn',
  stale: 'warn',
};

function checkLine({ at, check }: DaemonEvent & { type: 'CheckChanged' }): LogLine {
  return {
    at,
    level: CHECK_LEVEL[check.state],
    event: `check-${check.state}`,
    message: checkText(check),
    fields: { check: check.name, detail: check.detail },
  };
}

/** Every way down: what is sent, stopped, forgotten and reported when a connection ends. */

import { CeaseSubcode, ErrorCode, FsmSubcode, MessageType } from '../wire/constants.ts';
import type { RemoteError } from '../wire/errors.ts';
import { encodeCommunication, hardReset, type NotificationMessage } from '../wire/notification.ts';
import type { Action, DownReason, TimerName } from './actions.ts';
import type { Cease, EventOf, FsmEvent, FsmEventType } from './events.ts';
import { retainsRoutes } from './gracefulRestart.ts';
import { EAGER_RETRIES, idleHold } from './schedule.ts';
import type { Counters, Established, Idle, OpenConfirm, OpenSent, State, Step } from './state.ts';

/** The states in which the neighbour has our OPEN. */
export type Open = OpenSent | OpenConfirm | Established;
export type Ended = Exclude<State, Idle>;

interface Ending {
  readonly waiting: Idle['waiting'];
  readonly counters: Counters;
  readonly notification?: NotificationMessage;
  /** Told to people where the neighbour had our OPEN. */
  readonly reason?: DownReason;
}

/** What may run in each state, and is stopped when it is left. */
const TIMERS: Readonly<Record<Ended['name'], readonly TimerName[]>> = {
  Connect: ['connectRetry'],
  Active: ['connectRetry'],
  OpenSent: ['connectRetry', 'hold'],
  OpenConfirm: ['connectRetry', 'hold', 'keepalive'],
  Established: ['connectRetry', 'hold', 'keepalive', 'sendHold'],
};

/** The one teardown: whatever was open, sent for or running is not, afterwards. */
export function toIdle(state: Ended, ending: Ending): Step {
  const { waiting, counters, notification, reason } = ending;
  const actions: Action[] = [];
  if (notification) actions.push({ type: 'sendNotification', notification });
  for (const timer of TIMERS[state.name]) actions.push({ type: 'stopTimer', timer });
  if (state.name === 'Established') {
    const terms = state.negotiated.gracefulRestart;
    const retain = reason !== undefined && retainsRoutes(terms, reason);
    actions.push({ type: 'releaseRoutes', retain });
  }
  if (state.name !== 'Active') actions.push({ type: 'dropTcp' });
  if (waiting === 'holding') actions.push(idleHold(counters.oscillations));
  if (waiting === 'stopped') actions.push({ type: 'stopTimer', timer: 'idleHold' });
  if (reason) actions.push({ type: 'reportDown', reason });
  return [{ name: 'Idle', waiting, config: state.config, counters }, actions];
}

/** Events 2 and 8: no oscillation, and nothing starts again by itself. */
export function stop(state: Ended, event: EventOf<'ManualStop' | 'AutomaticStop'>): Step {
  const counters = countersAfterStop(state.counters, event.type);
  if (!isOpen(state)) return toIdle(state, { waiting: 'stopped', counters });
  const reason = { kind: 'stopped', communication: event.cease.communication } as const;
  const isSilent = event.type === 'ManualStop' && event.silent === true;
  if (isSilent && state.name === 'Established') {
    return toIdle(state, { waiting: 'stopped', counters, reason: { ...reason, silent: true } });
  }
  const notification = lastWords(state, cease(event.cease));
  return toIdle(state, { waiting: 'stopped', counters, notification, reason });
}

export function countersAfterStop(
  counters: Counters,
  type: 'ManualStop' | 'AutomaticStop',
): Counters {
  const connectRetryCounter = type === 'ManualStop' ? 0 : counters.connectRetryCounter + 1;
  return { ...counters, connectRetryCounter, eagerRetries: 0 };
}

/** An error before the neighbour has our OPEN: there is nothing to send, nothing to report. */
export function giveUp(state: Exclude<Ended, Open>): Step {
  return toIdle(state, { waiting: 'holding', counters: countersAfterError(state.counters) });
}

/** An error that the neighbour is not told of: it told us, or nothing reaches it. */
export function fail(state: Open, reason: DownReason): Step {
  return toIdle(state, {
    waiting: 'holding',
    counters: countersAfterError(state.counters),
    reason,
  });
}

/** An error that the neighbour is told of. */
export function refuse(state: Open, notification: NotificationMessage, reason: DownReason): Step {
  const counters = countersAfterError(state.counters);
  return toIdle(state, { waiting: 'holding', counters, notification, reason });
}

/** The neighbour broke the protocol. */
export function refuseError(state: Open, { code, subcode, data, message }: RemoteError): Step {
  const notification = lastWords(state, { code, subcode, data });
  return refuse(state, notification, { kind: 'notificationSent', notification, cause: message });
}

/** Event 10. */
export function holdTimerExpired(state: Open): Step {
  const notification = { code: ErrorCode.holdTimerExpired, subcode: 0, data: NO_DATA };
  return refuse(state, notification, { kind: 'holdTimerExpired' });
}

/** Events 24 and 25. RFC 4271 §6.4: a NOTIFICATION is never answered by another. */
export function notified(
  state: Open,
  { notification }: EventOf<'NotifMsg' | 'NotifMsgVerErr'>,
): Step {
  const reason: DownReason = { kind: 'notificationReceived', notification };
  // The neighbour prefers our other connection to this one, or one that it still believes in.
  return isCollisionCease(notification) ? lose(state, reason) : fail(state, reason);
}

/** No error of anyone's, so nothing to damp: ConnectRetryTime is patient enough. */
export function lose(state: Open, reason: DownReason): Step {
  return toIdle(state, {
    waiting: 'standby',
    counters: countersAfterYield(state.counters),
    reason,
  });
}

/**
 * Event 17 in Established: who has restarted connects anew before we know that the old connection is
 * dead (RFC 4724 §4.2). It is not told so on that one.
 */
export function replaced(state: Established): Step {
  const reason: DownReason = { kind: 'tcpFailed', cause: 'the neighbour has connected anew' };
  const retains = retainsRoutes(state.negotiated.gracefulRestart, reason);
  return retains ? awaitReturn(state, reason) : [state, []];
}

/**
 * Event 18 in Established. Who is expected back, its routes being kept, is not refused for the time
 * of a hold, and is tried as one whose link came back. If it fails again soon, it is an error.
 */
export function connectionLost(state: Established, cause: string): Step {
  const reason: DownReason = { kind: 'tcpFailed', cause };
  const retains = retainsRoutes(state.negotiated.gracefulRestart, reason);
  const isFirst = state.counters.oscillations === 0;
  return retains && isFirst ? awaitReturn(state, reason) : fail(state, reason);
}

function awaitReturn(state: Established, reason: DownReason): Step {
  const counters = { ...countersAfterError(state.counters), eagerRetries: EAGER_RETRIES };
  return toIdle(state, { waiting: 'standby', counters, reason });
}

/** Event 23: this connection makes way for the neighbour's other one. */
export function yieldTo(state: Ended): Step {
  const counters = countersAfterYield(state.counters);
  if (!isOpen(state)) return toIdle(state, { waiting: 'standby', counters });
  return toIdle(state, {
    waiting: 'standby',
    counters,
    notification: cease({ subcode: CeaseSubcode.connectionCollision, communication: '' }),
    reason: { kind: 'collision' },
  });
}

/** A message that the state has no place for (RFC 6608), or a timer that does not run in it. */
export function unexpected(state: Open, event: FsmEvent): Step {
  const message = MESSAGES[event.type];
  const notification = {
    code: ErrorCode.fsm,
    subcode: message ? SUBCODES[state.name] : FsmSubcode.unspecified,
    // RFC 6608 §4: the type of the message.
    data: message ? Uint8Array.of(message.type) : NO_DATA,
  };
  const cause = `${message?.name ?? event.type} in ${state.name}`;
  return refuse(state, notification, { kind: 'notificationSent', notification, cause });
}

const NO_DATA = new Uint8Array(0);

const SUBCODES: Readonly<Record<Open['name'], number>> = {
  OpenSent: FsmSubcode.inOpenSent,
  OpenConfirm: FsmSubcode.inOpenConfirm,
  Established: FsmSubcode.inEstablished,
};

const OPEN = { type: MessageType.open, name: 'an OPEN' };
const UPDATE = { type: MessageType.update, name: 'an UPDATE' };

const MESSAGES: {
  readonly [T in FsmEventType]?: { readonly type: number; readonly name: string };
} = {
  BGPOpen: OPEN,
  BGPOpenMsgErr: OPEN,
  KeepAliveMsg: { type: MessageType.keepalive, name: 'a KEEPALIVE' },
  UpdateMsg: UPDATE,
  UpdateMsgErr: UPDATE,
  RouteRefreshMsg: { type: MessageType.routeRefresh, name: 'a ROUTE-REFRESH' },
};

function isOpen(state: State): state is Open {
  return state.name === 'OpenSent' || state.name === 'OpenConfirm' || state.name === 'Established';
}

function isCollisionCease({ code, subcode }: NotificationMessage): boolean {
  return code === ErrorCode.cease && subcode === CeaseSubcode.connectionCollision;
}

/**
 * RFC 8538 §3.1, §4: a stop is meant, so that a neighbour that would keep our routes through a
 * NOTIFICATION is asked for a Hard Reset; an error it may outlive.
 */
function lastWords(state: Open, notification: NotificationMessage): NotificationMessage {
  const outlives =
    state.name === 'Established' && state.negotiated.gracefulRestart?.notification === true;
  return outlives && notification.code === ErrorCode.cease ? hardReset(notification) : notification;
}

/** RFC 9003 §2: only Administrative Shutdown and Administrative Reset carry a text. */
function cease({ subcode, communication, limit = NO_DATA }: Cease): NotificationMessage {
  const carriesText =
    subcode === CeaseSubcode.administrativeShutdown || subcode === CeaseSubcode.administrativeReset;
  const data = carriesText ? encodeCommunication(communication) : limit;
  return { code: ErrorCode.cease, subcode, data };
}

function countersAfterError(counters: Counters): Counters {
  return {
    connectRetryCounter: counters.connectRetryCounter + 1,
    oscillations: counters.oscillations + 1,
    eagerRetries: 0,
  };
}

function countersAfterYield(counters: Counters): Counters {
  return { ...counters, connectRetryCounter: counters.connectRetryCounter + 1 };
}

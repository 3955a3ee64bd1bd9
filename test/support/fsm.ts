/** One example of every state and event of the state machine, and what a step did as text. */

import type { Action } from '../../src/fsm/actions.ts';
import type { FsmEvent } from '../../src/fsm/events.ts';
import { negotiate } from '../../src/fsm/negotiate.ts';
import type { Negotiated } from '../../src/fsm/negotiated.ts';
import type { Counters, FsmConfig, State, Step } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { CeaseSubcode } from '../../src/wire/constants.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import type { NotificationMessage } from '../../src/wire/notification.ts';
import type { OpenMessage } from '../../src/wire/open.ts';

export const LOCAL_AS = 64500;
export const PEER_AS = 64496;

const NO_DATA = new Uint8Array(0);

export function openOf(
  asn: number,
  { bgpIdentifier = asn, holdTime = 90, more = [] as readonly Capability[] } = {},
): OpenMessage {
  const capabilities: Capability[] = [
    { kind: 'multiprotocol', afi: 1, safi: 1 },
    { kind: 'routeRefresh' },
    { kind: 'fourOctetAs', asn },
    ...more,
  ];
  return { version: 4, myAs: asn > 0xffff ? 23456 : asn, holdTime, bgpIdentifier, capabilities };
}

export const config: FsmConfig = {
  open: openOf(LOCAL_AS),
  localAs: LOCAL_AS,
  peerAs: PEER_AS,
  passive: false,
  connectRetryTime: 10,
  strictRole: false,
};
export const passiveConfig: FsmConfig = { ...config, passive: true };

export function agreed(with_: FsmConfig = config, received = openOf(PEER_AS)): Negotiated {
  const outcome = negotiate(with_, received);
  if (outcome instanceof RemoteError) throw outcome;
  return outcome;
}

const fresh: Counters = { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 };

/**
 * Every state, in the RFC's order; Idle once for each thing that it can wait for. A passive
 * machine is never in Connect.
 */
export function everyState(
  with_: FsmConfig = config,
  counters: Counters = fresh,
): readonly State[] {
  const common = { config: with_, counters };
  const negotiated = agreed(with_);
  const states: readonly State[] = [
    { name: 'Idle', waiting: 'stopped', ...common },
    { name: 'Idle', waiting: 'holding', ...common },
    { name: 'Idle', waiting: 'standby', ...common },
    { name: 'Connect', ...common },
    { name: 'Active', ...common },
    { name: 'OpenSent', ...common },
    { name: 'OpenConfirm', negotiated, ...common },
    { name: 'Established', negotiated, ...common },
  ];
  return states.filter(({ name }) => !with_.passive || name !== 'Connect');
}

export function stateNamed(label: string, with_: FsmConfig = config, counters = fresh): State {
  const state = everyState(with_, counters).find((s) => stateText(s) === label);
  if (!state) throw new Error(`no state ${label}`);
  return state;
}

export const notifications = {
  shutdown: notification(6, CeaseSubcode.administrativeShutdown),
  collision: notification(6, CeaseSubcode.connectionCollision),
  version: notification(2, 1, [0, 4]),
};

function notification(code: number, subcode: number, data: number[] = []): NotificationMessage {
  return { code, subcode, data: Uint8Array.from(data) };
}

const cease = { subcode: CeaseSubcode.administrativeShutdown, communication: 'maintenance' };

export const events = {
  ManualStart: { type: 'ManualStart' },
  ManualStop: { type: 'ManualStop', cease },
  AutomaticStart: { type: 'AutomaticStart', eager: false },
  EagerStart: { type: 'AutomaticStart', eager: true },
  AutomaticStop: { type: 'AutomaticStop', cease },
  ConnectRetryTimerExpires: { type: 'ConnectRetryTimerExpires' },
  HoldTimerExpires: { type: 'HoldTimerExpires' },
  KeepaliveTimerExpires: { type: 'KeepaliveTimerExpires' },
  IdleHoldTimerExpires: { type: 'IdleHoldTimerExpires' },
  TcpCRAcked: { type: 'TcpCRAcked' },
  TcpConnectionConfirmed: { type: 'TcpConnectionConfirmed' },
  TcpConnectionFails: { type: 'TcpConnectionFails', cause: 'reset' },
  BGPOpen: { type: 'BGPOpen', open: openOf(PEER_AS) },
  BGPOpenOfAnother: { type: 'BGPOpen', open: openOf(64499) },
  BGPOpenWithoutHold: { type: 'BGPOpen', open: openOf(PEER_AS, { holdTime: 0 }) },
  BGPHeaderErr: { type: 'BGPHeaderErr', error: new RemoteError(1, 1, NO_DATA, 'bad marker') },
  BGPOpenMsgErr: { type: 'BGPOpenMsgErr', error: new RemoteError(2, 4, NO_DATA, 'bad parameter') },
  OpenCollisionDump: { type: 'OpenCollisionDump' },
  NotifMsgVerErr: { type: 'NotifMsgVerErr', notification: notifications.version },
  NotifMsg: { type: 'NotifMsg', notification: notifications.shutdown },
  NotifMsgOfCollision: { type: 'NotifMsg', notification: notifications.collision },
  KeepAliveMsg: { type: 'KeepAliveMsg' },
  UpdateMsg: { type: 'UpdateMsg' },
  UpdateMsgErr: { type: 'UpdateMsgErr', error: new RemoteError(3, 1, NO_DATA, 'bad attributes') },
  RouteRefreshMsg: { type: 'RouteRefreshMsg' },
  SendHoldTimerExpires: { type: 'SendHoldTimerExpires' },
} as const satisfies Record<string, FsmEvent>;

export type EventName = keyof typeof events;
export const eventNames = Object.keys(events) as readonly EventName[];

/** `Idle/holding`, `Active`. */
export function stateText(state: State): string {
  return state.name === 'Idle' ? `Idle/${state.waiting}` : state.name;
}

/** The next state, then each action. */
export function stepText([state, actions]: Step): readonly string[] {
  return [stateText(state), ...actions.map(actionText)];
}

/** `startTimer hold 90`, with `~` before seconds that have jitter; `sendNotification 6/2`. */
export function actionText(action: Action): string {
  switch (action.type) {
    case 'startTimer':
      return `startTimer ${action.timer} ${action.jitter ? '~' : ''}${action.seconds}`;
    case 'stopTimer':
      return `stopTimer ${action.timer}`;
    case 'sendNotification':
      return `sendNotification ${action.notification.code}/${action.notification.subcode}`;
    case 'reportDown':
      return `reportDown ${action.reason.kind}`;
    default:
      return action.type;
  }
}

/** What `event` does in the state of that label. */
export function did(label: string, event: FsmEvent, with_: FsmConfig = config): readonly string[] {
  return stepText(transition(stateNamed(label, with_), event));
}

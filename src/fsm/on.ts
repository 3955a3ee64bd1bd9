/** One pattern an event, made once: ts-pattern would otherwise build every arm's on every call. */

import type { FsmEventType } from './events.ts';

export const on = {
  ManualStart: { type: 'ManualStart' },
  ManualStop: { type: 'ManualStop' },
  AutomaticStart: { type: 'AutomaticStart' },
  AutomaticStop: { type: 'AutomaticStop' },
  ConnectRetryTimerExpires: { type: 'ConnectRetryTimerExpires' },
  HoldTimerExpires: { type: 'HoldTimerExpires' },
  KeepaliveTimerExpires: { type: 'KeepaliveTimerExpires' },
  IdleHoldTimerExpires: { type: 'IdleHoldTimerExpires' },
  TcpCRAcked: { type: 'TcpCRAcked' },
  TcpConnectionConfirmed: { type: 'TcpConnectionConfirmed' },
  TcpConnectionFails: { type: 'TcpConnectionFails' },
  BGPOpen: { type: 'BGPOpen' },
  BGPHeaderErr: { type: 'BGPHeaderErr' },
  BGPOpenMsgErr: { type: 'BGPOpenMsgErr' },
  OpenCollisionDump: { type: 'OpenCollisionDump' },
  NotifMsgVerErr: { type: 'NotifMsgVerErr' },
  NotifMsg: { type: 'NotifMsg' },
  KeepAliveMsg: { type: 'KeepAliveMsg' },
  UpdateMsg: { type: 'UpdateMsg' },
  UpdateMsgErr: { type: 'UpdateMsgErr' },
  RouteRefreshMsg: { type: 'RouteRefreshMsg' },
  SendHoldTimerExpires: { type: 'SendHoldTimerExpires' },
} as const satisfies { readonly [T in FsmEventType]: { readonly type: T } };

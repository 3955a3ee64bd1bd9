/** OpenConfirm (RFC 4271 §8.2.2): both OPENs agree, the neighbour's KEEPALIVE is awaited. */

import { match } from 'ts-pattern';
import type { FsmEvent } from './events.ts';
import { on } from './on.ts';
import { hold, keepalive, sendHold, stability } from './schedule.ts';
import { type Established, ignore, type OpenConfirm, type Step } from './state.ts';
import {
  fail,
  holdTimerExpired,
  lose,
  notified,
  refuseError,
  stop,
  unexpected,
  yieldTo,
} from './teardown.ts';

export function openConfirm(state: OpenConfirm, event: FsmEvent): Step {
  return (
    match(event)
      // 1, 3
      .with(on.ManualStart, on.AutomaticStart, () => ignore(state))
      // 2, 8
      .with(on.ManualStop, on.AutomaticStop, (stopped) => stop(state, stopped))
      // 10
      .with(on.HoldTimerExpires, () => holdTimerExpired(state))
      // 11
      .with(on.KeepaliveTimerExpires, () => keepAlive(state))
      // 16, 17: another connection, which has a state machine of its own.
      .with(on.TcpCRAcked, on.TcpConnectionConfirmed, () => ignore(state))
      // 18: perhaps a collision's Cease that a reset overtook, so damping (optional) is not for it.
      .with(on.TcpConnectionFails, ({ cause }) => lose(state, { kind: 'tcpFailed', cause }))
      // 24, 25
      .with(on.NotifMsgVerErr, on.NotifMsg, (told) => notified(state, told))
      // 21, 22
      .with(on.BGPHeaderErr, on.BGPOpenMsgErr, ({ error }) => refuseError(state, error))
      // 23
      .with(on.OpenCollisionDump, () => yieldTo(state))
      // 26
      .with(on.KeepAliveMsg, () => establish(state))
      // 9, 13, 19, 27, 28: collisions are not found here, so an OPEN is the second on this connection.
      .with(
        on.ConnectRetryTimerExpires,
        on.IdleHoldTimerExpires,
        on.BGPOpen,
        on.UpdateMsg,
        on.UpdateMsgErr,
        on.RouteRefreshMsg,
        () => unexpected(state, event),
      )
      // 29
      .with(on.SendHoldTimerExpires, () => fail(state, { kind: 'sendHoldTimerExpired' }))
      .exhaustive()
  );
}

export function keepAlive<S extends OpenConfirm | Established>(state: S): Step {
  return [state, [{ type: 'sendKeepalive' }, ...keepalive(state.negotiated)]];
}

function establish(state: OpenConfirm): Step {
  const { config, negotiated } = state;
  const counters = { ...state.counters, eagerRetries: 0 };
  const next: Established = { name: 'Established', config, counters, negotiated };
  const timers = [...hold(negotiated), ...sendHold(negotiated), stability()];
  return [next, [...timers, { type: 'establish', negotiated }]];
}

/** Active (RFC 4271 §8.2.2): waiting for the neighbour's connection, or to try our own again. */

import { match } from 'ts-pattern';
import { connect, open } from './attempt.ts';
import type { FsmEvent } from './events.ts';
import { on } from './on.ts';
import { type Active, ignore, type Step } from './state.ts';
import { giveUp, stop, yieldTo } from './teardown.ts';

export function active(state: Active, event: FsmEvent): Step {
  return (
    match(event)
      // 1, 3
      .with(on.ManualStart, on.AutomaticStart, () => ignore(state))
      // 2, 8
      .with(on.ManualStop, on.AutomaticStop, (stopped) => stop(state, stopped))
      // 9: a passive neighbour has no such timer, and never connects out.
      .with(on.ConnectRetryTimerExpires, () =>
        state.config.passive ? ignore(state) : connect(state),
      )
      // 16, 17
      .with(on.TcpCRAcked, on.TcpConnectionConfirmed, () => open(state))
      // 18: without DelayOpen there is no connection here that could fail; a late report of one
      // that was given up before says nothing new.
      .with(on.TcpConnectionFails, () => ignore(state))
      // 23
      .with(on.OpenCollisionDump, () => yieldTo(state))
      // 10, 11, 13, 19, 21, 22, 24-29: there is no connection that these could come from.
      .with(
        on.HoldTimerExpires,
        on.KeepaliveTimerExpires,
        on.IdleHoldTimerExpires,
        on.BGPOpen,
        on.BGPHeaderErr,
        on.BGPOpenMsgErr,
        on.NotifMsgVerErr,
        on.NotifMsg,
        on.KeepAliveMsg,
        on.UpdateMsg,
        on.UpdateMsgErr,
        on.RouteRefreshMsg,
        on.SendHoldTimerExpires,
        () => giveUp(state),
      )
      .exhaustive()
  );
}

/** Established (RFC 4271 §8.2.2): routes are exchanged. */

import { match } from 'ts-pattern';
import type { FsmEvent } from './events.ts';
import { on } from './on.ts';
import { keepAlive } from './openConfirm.ts';
import { hold } from './schedule.ts';
import { type Established, ignore, type Step } from './state.ts';
import {
  connectionLost,
  fail,
  holdTimerExpired,
  notified,
  refuseError,
  replaced,
  stop,
  unexpected,
  yieldTo,
} from './teardown.ts';

export function established(state: Established, event: FsmEvent): Step {
  // 26, 27: what nearly always comes, and comes a thousand times a second.
  if (event.type === 'UpdateMsg' || event.type === 'KeepAliveMsg') {
    return [state, hold(state.negotiated)];
  }
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
      // 13, not the RFC's: the session has lasted, and its next error is the first again.
      .with(on.IdleHoldTimerExpires, () =>
        ignore({ ...state, counters: { ...state.counters, oscillations: 0 } }),
      )
      // 16: another connection, which has a state machine of its own.
      .with(on.TcpCRAcked, () => ignore(state))
      // 17: as RFC 4724 §5 has it.
      .with(on.TcpConnectionConfirmed, () => replaced(state))
      // 18
      .with(on.TcpConnectionFails, ({ cause }) => connectionLost(state, cause))
      // 23
      .with(on.OpenCollisionDump, () => yieldTo(state))
      // 24, 25
      .with(on.NotifMsgVerErr, on.NotifMsg, (told) => notified(state, told))
      // 28; and 21, which §6.1 gives its own NOTIFICATION.
      .with(on.UpdateMsgErr, on.BGPHeaderErr, ({ error }) => refuseError(state, error))
      // RFC 2918: answered by the runtime; RFC 4271 does not let it restart the hold timer.
      .with(on.RouteRefreshMsg, () => ignore(state))
      // 9, 19, 22
      .with(on.ConnectRetryTimerExpires, on.BGPOpen, on.BGPOpenMsgErr, () =>
        unexpected(state, event),
      )
      // 29
      .with(on.SendHoldTimerExpires, () => fail(state, { kind: 'sendHoldTimerExpired' }))
      .exhaustive()
  );
}

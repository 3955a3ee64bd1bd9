/** Connect (RFC 4271 §8.2.2): our own TCP connection is on its way. */

import { match } from 'ts-pattern';
import { connect as connectAgain, open } from './attempt.ts';
import type { FsmEvent } from './events.ts';
import { on } from './on.ts';
import { type Active, type Connect, ignore, type Step } from './state.ts';
import { giveUp, stop, yieldTo } from './teardown.ts';

export function connect(state: Connect, event: FsmEvent): Step {
  return (
    match(event)
      // 1, 3
      .with(on.ManualStart, on.AutomaticStart, () => ignore(state))
      // 2, 8
      .with(on.ManualStop, on.AutomaticStop, (stopped) => stop(state, stopped))
      // 9: no answer in all this time.
      .with(on.ConnectRetryTimerExpires, () => retry(state))
      // 16, 17
      .with(on.TcpCRAcked, on.TcpConnectionConfirmed, () => open(state))
      // 18
      .with(on.TcpConnectionFails, () => connectionFailed(state))
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

function retry(state: Connect): Step {
  const [next, actions] = connectAgain(state);
  return [next, [{ type: 'dropTcp' }, ...actions]];
}

/**
 * The RFC goes to Idle here unless DelayOpen is in use; but nothing in Idle would try again, and
 * the neighbour's own connection would be refused. So this is its DelayOpen branch: Active, where
 * the timer that was started with the attempt brings the next. No error of the neighbour's yet.
 */
function connectionFailed({ config, counters }: Connect): Step {
  const next: Active = {
    name: 'Active',
    config,
    counters: { ...counters, connectRetryCounter: counters.connectRetryCounter + 1 },
  };
  return [next, [{ type: 'dropTcp' }]];
}

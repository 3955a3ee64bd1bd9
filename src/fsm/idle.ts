/** Idle (RFC 4271 §8.2.2): no connection, none accepted, none tried. */

import { match } from 'ts-pattern';
import { begin, listen } from './attempt.ts';
import type { EventOf, FsmEvent } from './events.ts';
import { on } from './on.ts';
import { EAGER_RETRIES } from './schedule.ts';
import { type Counters, type Idle, ignore, type Step } from './state.ts';
import { countersAfterStop } from './teardown.ts';

export function idle(state: Idle, event: FsmEvent): Step {
  return (
    match(event)
      // 1: a person knows better than any hold.
      .with(on.ManualStart, () => start(state, { oscillations: 0, eagerRetries: 0 }))
      // 3
      .with(on.AutomaticStart, (started) => automaticStart(state, started))
      // 2, 8: the RFC ignores them; here a hold may be running that must not start anything.
      .with(on.ManualStop, on.AutomaticStop, ({ type }) => stopWaiting(state, type))
      // 13
      .with(on.IdleHoldTimerExpires, () =>
        state.waiting === 'stopped' ? ignore(state) : begin(state),
      )
      // 23: the other connection is ahead, and its end decides when this one is tried again.
      .with(on.OpenCollisionDump, () =>
        state.waiting === 'holding' ? ignore({ ...state, waiting: 'standby' }) : ignore(state),
      )
      // 9-11, 16-19, 21, 22, 24-29
      .with(
        on.ConnectRetryTimerExpires,
        on.HoldTimerExpires,
        on.KeepaliveTimerExpires,
        on.TcpCRAcked,
        on.TcpConnectionConfirmed,
        on.TcpConnectionFails,
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
        () => ignore(state),
      )
      .exhaustive()
  );
}

/** Start events set the ConnectRetryCounter to zero. */
function start(state: Idle, changed: Partial<Counters>): Step {
  return begin({ ...state, counters: { ...state.counters, connectRetryCounter: 0, ...changed } });
}

function automaticStart(state: Idle, { eager }: EventOf<'AutomaticStart'>): Step {
  switch (state.waiting) {
    case 'stopped':
      return start(state, { eagerRetries: eager ? EAGER_RETRIES : 0 });
    case 'holding':
      // DampPeerOscillations: automatic starts are what the hold is there to keep back.
      return ignore(state);
    case 'standby':
      // The other connection failed a moment ago, so not at once.
      return listen(state);
  }
}

function stopWaiting(state: Idle, type: 'ManualStop' | 'AutomaticStop'): Step {
  if (state.waiting === 'stopped') return ignore(state);
  const counters = countersAfterStop(state.counters, type);
  return [{ ...state, waiting: 'stopped', counters }, [{ type: 'stopTimer', timer: 'idleHold' }]];
}

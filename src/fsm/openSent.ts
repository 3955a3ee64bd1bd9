/** OpenSent (RFC 4271 §8.2.2): connected, our OPEN is out, the neighbour's is awaited. */

import { match } from 'ts-pattern';
import { capabilitiesOf } from '../wire/capability.ts';
import { RemoteError } from '../wire/errors.ts';
import type { OpenMessage } from '../wire/open.ts';
import { listen } from './attempt.ts';
import type { EventOf, FsmEvent } from './events.ts';
import { negotiate } from './negotiate.ts';
import { on } from './on.ts';
import { hold, keepalive } from './schedule.ts';
import { ignore, type OpenConfirm, type OpenSent, type Step } from './state.ts';
import {
  fail,
  holdTimerExpired,
  notified,
  refuseError,
  stop,
  unexpected,
  yieldTo,
} from './teardown.ts';

export function openSent(state: OpenSent, event: FsmEvent): Step {
  return (
    match(event)
      // 1, 3
      .with(on.ManualStart, on.AutomaticStart, () => ignore(state))
      // 2, 8
      .with(on.ManualStop, on.AutomaticStop, (stopped) => stop(state, stopped))
      // 10: the large one.
      .with(on.HoldTimerExpires, () => holdTimerExpired(state))
      // 16, 17: another connection, which has a state machine of its own.
      .with(on.TcpCRAcked, on.TcpConnectionConfirmed, () => ignore(state))
      // 18
      .with(on.TcpConnectionFails, (failed) => connectionFailed(state, failed))
      // 19
      .with(on.BGPOpen, ({ open }) => confirm(state, open))
      // 21, 22
      .with(on.BGPHeaderErr, on.BGPOpenMsgErr, ({ error }) => refuseError(state, error))
      // 23
      .with(on.OpenCollisionDump, () => yieldTo(state))
      // 24, 25: the RFC has 24 alone here, and 25 answered by an FSM error, against its §6.4.
      .with(on.NotifMsgVerErr, on.NotifMsg, (told) => notified(state, told))
      // 9, 11, 13, 26-28
      .with(
        on.ConnectRetryTimerExpires,
        on.KeepaliveTimerExpires,
        on.IdleHoldTimerExpires,
        on.KeepAliveMsg,
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

/** A valid OPEN. Whether its connection collides with another is `stepNeighbour`'s to say. */
function confirm(state: OpenSent, received: OpenMessage): Step {
  const negotiated = negotiate(state.config, received);
  if (negotiated instanceof RemoteError) return refuseError(state, negotiated); // 22 after all
  const { config, counters } = state;
  const next: OpenConfirm = { name: 'OpenConfirm', config, counters, negotiated };
  return [
    next,
    [
      { type: 'stopTimer', timer: 'connectRetry' },
      // RFC 8654 §4: who has our offer may send them, whatever it takes itself.
      ...(offers(config.open) ? [{ type: 'allowExtendedMessages' } as const] : []),
      { type: 'sendKeepalive' },
      // The large hold timer must go where no other takes its place.
      ...(negotiated.holdTime === 0 ? [{ type: 'stopTimer', timer: 'hold' } as const] : []),
      ...keepalive(negotiated),
      ...hold(negotiated),
    ],
  ];
}

function offers({ capabilities }: OpenMessage): boolean {
  return capabilitiesOf(capabilities, 'extendedMessage').length > 0;
}

/** Not an error yet: a neighbour that does not know us may accept and close. */
function connectionFailed(state: OpenSent, { cause }: EventOf<'TcpConnectionFails'>): Step {
  const [next, waiting] = listen(state);
  return [
    next,
    [
      { type: 'stopTimer', timer: 'hold' },
      { type: 'dropTcp' },
      ...waiting,
      { type: 'reportDown', reason: { kind: 'tcpFailed', cause } },
    ],
  ];
}

/**
 * The state machine of one BFD session (RFC 5880 §6.2, §6.8), asynchronous mode, active role. Pure:
 * the next state, and what is to be done, in order.
 */

import { match } from 'ts-pattern';
import { type ControlPacket, Diagnostic, type SessionState } from './packet.ts';
import {
  type BfdAction,
  type BfdEvent,
  type BfdParameters,
  type BfdState,
  type BfdStep,
  SLOW_INTERVAL,
} from './state.ts';
import { detectionTime } from './timing.ts';

export function transition(state: BfdState, event: BfdEvent): BfdStep {
  return match(event)
    .with({ type: 'PacketReceived' }, ({ packet }) => receive(state, packet))
    .with({ type: 'DetectionTimerExpires' }, () => expire(state))
    .with({ type: 'ParametersChanged' }, ({ parameters }) => change(state, parameters))
    .with({ type: 'AdministrativelyDown' }, () => shutDown(state))
    .exhaustive();
}

/** §6.8.6, from where the session is found on. */
function receive(state: BfdState, packet: ControlPacket): BfdStep {
  if (state.sessionState === 'AdminDown') return [state, []];
  const heard = endPoll(hear(state, packet), packet);
  const next = follow(heard, packet.state);
  const actions: BfdAction[] = [{ type: 'restartDetection' }];
  if (paceOf(next) !== paceOf(state)) actions.push({ type: 'rescheduleTransmit' });
  if (packet.poll) actions.push({ type: 'sendFinal' });
  const told = next.sessionState !== state.sessionState || packet.state !== state.remote.state;
  if (told) actions.push({ type: 'reportState' });
  return [next, actions];
}

function hear(state: BfdState, packet: ControlPacket): BfdState {
  return {
    ...state,
    remote: {
      state: packet.state,
      discriminator: packet.myDiscriminator,
      detectMult: packet.detectMult,
      desiredMinTx: packet.desiredMinTx,
      requiredMinRx: packet.requiredMinRx,
    },
  };
}

/** The Final that ends a Poll Sequence makes what it was about come true. */
function endPoll(state: BfdState, { final }: ControlPacket): BfdState {
  if (!final || !state.polling) return state;
  const { desiredMinTx, requiredMinRx } = state;
  // What changed meanwhile was not in the Poll that this answers, or may not have been.
  if (state.pollAgain) return { ...state, pollAgain: false };
  return { ...state, polling: false, txInUse: desiredMinTx, rxInUse: requiredMinRx };
}

/** The table of §6.8.6. */
function follow(state: BfdState, remote: SessionState): BfdState {
  const { sessionState } = state;
  if (remote === 'AdminDown') return sessionState === 'Down' ? state : signaledDown(state);
  if (sessionState === 'Down') {
    if (remote === 'Down') return enter(state, 'Init');
    return remote === 'Init' ? enter(state, 'Up') : state;
  }
  if (sessionState === 'Init') return remote === 'Down' ? state : enter(state, 'Up');
  return remote === 'Down' ? signaledDown(state) : state;
}

function signaledDown(state: BfdState): BfdState {
  return { ...enter(state, 'Down'), localDiagnostic: Diagnostic.neighbourSignaledDown };
}

/** What changes with the state: the pace is that of the file in Up alone (§6.8.3). */
function enter(state: BfdState, sessionState: SessionState): BfdState {
  const entered = { ...state, sessionState };
  if (sessionState === 'Up') {
    return pace({ ...entered, localDiagnostic: Diagnostic.none }, state.parameters);
  }
  // Nobody answers a Poll of a session that is not there.
  return pace({ ...entered, polling: false, pollAgain: false }, state.parameters);
}

/**
 * §6.8.3: a change is told by a Poll Sequence. In Up, slower sending and faster detection wait for
 * its end, so that neither end gives the other up in between.
 */
function pace(state: BfdState, { interval }: BfdParameters): BfdState {
  const up = state.sessionState === 'Up';
  const desiredMinTx = up ? interval : Math.max(SLOW_INTERVAL, interval);
  const same = desiredMinTx === state.desiredMinTx && interval === state.requiredMinRx;
  if (same) return state;
  return {
    ...state,
    desiredMinTx,
    txInUse: up ? Math.min(state.txInUse, desiredMinTx) : desiredMinTx,
    requiredMinRx: interval,
    rxInUse: up ? Math.max(state.rxInUse, interval) : interval,
    polling: up,
    pollAgain: up && state.polling,
  };
}

/** §6.8.4, and §6.8.1 for the discriminator. */
function expire(state: BfdState): BfdStep {
  const { sessionState, remote } = state;
  const forgotten = { ...state, remote: { ...remote, discriminator: 0 } };
  if (sessionState === 'Down' || sessionState === 'AdminDown') {
    // Not heard any more: what it said of itself is over, AdminDown too.
    const told = remote.state !== 'Down';
    const next: BfdState = { ...forgotten, remote: { ...forgotten.remote, state: 'Down' } };
    return [next, told ? [{ type: 'reportState' }] : []];
  }
  const down: BfdState = {
    ...enter(forgotten, 'Down'),
    // Whoever wanted nothing to be sent may be another by now.
    remote: { ...forgotten.remote, state: 'Down', requiredMinRx: 1 },
    localDiagnostic: Diagnostic.detectionTimeExpired,
  };
  return [down, [{ type: 'rescheduleTransmit' }, { type: 'reportState' }]];
}

function change(state: BfdState, parameters: BfdParameters): BfdStep {
  const { multiplier } = state.parameters;
  const changed = pace({ ...state, parameters }, parameters);
  // A multiplier alone is told by every packet, and needs no Poll.
  if (
    changed.desiredMinTx === state.desiredMinTx &&
    changed.requiredMinRx === state.requiredMinRx
  ) {
    return [changed, multiplier === parameters.multiplier ? [] : [{ type: 'rescheduleTransmit' }]];
  }
  const actions: BfdAction[] = [{ type: 'rescheduleTransmit' }];
  if (detectionTime(changed) !== detectionTime(state)) actions.push({ type: 'restartDetection' });
  return [changed, actions];
}

/** §6.8.16: told for a while, so that the other end does not take the silence for a failure. */
function shutDown(state: BfdState): BfdStep {
  const down = enter(state, 'AdminDown');
  const next = { ...down, localDiagnostic: Diagnostic.administrativelyDown };
  return [next, [{ type: 'stopDetection' }, { type: 'rescheduleTransmit' }]];
}

/** What the time of the next packet follows from. */
function paceOf({ txInUse, remote }: BfdState): number {
  return remote.requiredMinRx === 0 ? 0 : Math.max(txInUse, remote.requiredMinRx);
}

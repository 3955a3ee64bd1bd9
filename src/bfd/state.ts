/** One BFD session's variables (RFC 5880 §6.8.1), what can happen to it, and what it wants done. */

import type { ControlPacket, SessionState } from './packet.ts';

/** What the file says. Microseconds. */
export interface BfdParameters {
  /** Both Desired Min TX and Required Min RX. */
  readonly interval: number;
  readonly multiplier: number;
}

/** What the other end said last. Microseconds. */
export interface Remote {
  readonly state: SessionState;
  /** 0: not known, or not heard for a detection time. */
  readonly discriminator: number;
  readonly detectMult: number;
  readonly desiredMinTx: number;
  readonly requiredMinRx: number;
}

/** RFC 5880's names, but for `bfd.`. Microseconds. */
export interface BfdState {
  readonly parameters: BfdParameters;
  readonly sessionState: SessionState;
  readonly localDiscriminator: number;
  readonly localDiagnostic: number;
  readonly remote: Remote;
  /** What packets say, and what is sent by. */
  readonly desiredMinTx: number;
  /** What packets are sent by: greater values of `desiredMinTx` wait for the end of the poll (§6.8.3). */
  readonly txInUse: number;
  readonly requiredMinRx: number;
  /** What the detection time follows: smaller values of `requiredMinRx` wait for the same. */
  readonly rxInUse: number;
  /** A Poll Sequence is in progress (§6.5). */
  readonly polling: boolean;
  /** Changed again while that ran: its end starts another. */
  readonly pollAgain: boolean;
}

export type BfdEvent =
  | { readonly type: 'PacketReceived'; readonly packet: ControlPacket }
  | { readonly type: 'DetectionTimerExpires' }
  | { readonly type: 'ParametersChanged'; readonly parameters: BfdParameters }
  | { readonly type: 'AdministrativelyDown' };

export type BfdAction =
  /** Now, whatever the timer says: the answer to a Poll. */
  | { readonly type: 'sendFinal' }
  /** The interval is another one: what is due is due by that (a longer wait would look like a loss). */
  | { readonly type: 'rescheduleTransmit' }
  /** A packet came, or what the detection time is made of changed. */
  | { readonly type: 'restartDetection' }
  | { readonly type: 'stopDetection' }
  | { readonly type: 'reportState' };

export type BfdStep = readonly [BfdState, readonly BfdAction[]];

/** RFC 5880 §6.8.3: no faster than a packet a second until the session is up. */
export const SLOW_INTERVAL = 1_000_000;

const UNHEARD: Remote = {
  state: 'Down',
  discriminator: 0,
  detectMult: 0,
  desiredMinTx: 0,
  // §6.8.1: the initial value, so that the first packets are sent at all.
  requiredMinRx: 1,
};

/** In Down; `discriminator` is not 0, and no other session of ours has it. */
export function initialState(parameters: BfdParameters, discriminator: number): BfdState {
  const desiredMinTx = Math.max(SLOW_INTERVAL, parameters.interval);
  return {
    parameters,
    sessionState: 'Down',
    localDiscriminator: discriminator,
    localDiagnostic: 0,
    remote: UNHEARD,
    desiredMinTx,
    txInUse: desiredMinTx,
    requiredMinRx: parameters.interval,
    rxInUse: parameters.interval,
    polling: false,
    pollAgain: false,
  };
}

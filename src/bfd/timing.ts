/** How often a session sends, and how long it waits (RFC 5880 §6.8.2, §6.8.4, §6.8.7). Milliseconds. */

import type { ControlPacket } from './packet.ts';
import type { BfdState } from './state.ts';

/** Until the next periodic packet; `chance`: 0 <= x < 1. Undefined: none is sent, the other end wants none. */
export function transmitInterval(state: BfdState, chance: number): number | undefined {
  const { remote, txInUse, parameters } = state;
  if (remote.requiredMinRx === 0) return undefined;
  const interval = Math.max(txInUse, remote.requiredMinRx) / 1000;
  // §6.8.7: reduced by up to 25 %; with a multiplier of 1 by 10 % at least, or one late packet is the end.
  const [least, most] = parameters.multiplier === 1 ? [0.75, 0.9] : [0.75, 1];
  return interval * (least + (most - least) * chance);
}

/** §6.8.4, asynchronous mode: without a packet for so long, the other end is gone. 0: never heard. */
export function detectionTime({ remote, rxInUse }: BfdState): number {
  return (remote.detectMult * Math.max(rxInUse, remote.desiredMinTx)) / 1000;
}

/** The periodic packet, or the answer to a Poll, which must not be a Poll itself (§6.5). */
export function packetOf(state: BfdState, final: boolean): ControlPacket {
  return {
    diagnostic: state.localDiagnostic,
    state: state.sessionState,
    poll: state.polling && !final,
    final,
    demand: false,
    detectMult: state.parameters.multiplier,
    myDiscriminator: state.localDiscriminator,
    yourDiscriminator: state.remote.discriminator,
    desiredMinTx: state.desiredMinTx,
    requiredMinRx: state.requiredMinRx,
  };
}

/** One BFD session in time: the pure machine, its two timers, and its counters. */

import type { Clock } from '../session/clock.ts';
import type { Authenticator } from './authenticator.ts';
import type { BfdStanding } from './bfdFact.ts';
import { type DiscardReason, type Discards, discardedOneMore } from './discard.ts';
import type { BfdCounts } from './messages.ts';
import {
  type DecodedPacket,
  Diagnostic,
  diagnosticText,
  encodePacket,
  type SessionState,
} from './packet.ts';
import {
  type BfdAction,
  type BfdEvent,
  type BfdParameters,
  type BfdState,
  initialState,
} from './state.ts';
import { detectionTime, packetOf, transmitInterval } from './timing.ts';
import { transition } from './transition.ts';

export interface RunnerOptions {
  readonly clock: Clock;
  readonly discriminator: number;
  readonly parameters: BfdParameters;
  /** Undefined: packets have no authentication section, in either direction. */
  readonly authenticator?: Authenticator | undefined;
  readonly send: (octets: Uint8Array) => void;
  readonly onState: (told: RunnerState) => void;
}

export interface RunnerState {
  readonly state: SessionState;
  readonly remoteState: SessionState;
  readonly standing: BfdStanding;
  readonly detail: string;
}

export class Runner {
  readonly #options: RunnerOptions;
  #state: BfdState;
  #standing: BfdStanding = 'starting';
  #cancelTransmit = () => {};
  #lastSent: number;
  #cancelDetection = () => {};
  #lastHeard = 0;
  #sent = 0;
  #received = 0;
  #discards: Discards = {};

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#state = initialState(options.parameters, options.discriminator);
    this.#lastSent = options.clock.monotonic();
    this.#transmit();
  }

  receive(decoded: DecodedPacket): void {
    const fault = this.#faultOf(decoded);
    if (fault) {
      this.discard(fault);
      return;
    }
    const { packet } = decoded;
    this.#received++;
    this.#lastHeard = this.#options.clock.monotonic();
    this.#step({ type: 'PacketReceived', packet });
  }

  /** A packet from the neighbour's address that is not taken. */
  discard(reason: DiscardReason): void {
    this.#discards = discardedOneMore(this.#discards, reason);
  }

  change(parameters: BfdParameters): void {
    this.#step({ type: 'ParametersChanged', parameters });
  }

  /** Tells the other end once more and stays silent. */
  end(): void {
    this.#step({ type: 'AdministrativelyDown' });
    this.#send(false);
    this.#cancelTransmit();
    this.#cancelDetection();
  }

  told(): RunnerState {
    const { sessionState: state, remote, localDiagnostic } = this.#state;
    const detail = localDiagnostic === 0 ? '' : diagnosticText(localDiagnostic);
    return { state, remoteState: remote.state, standing: this.#standing, detail };
  }

  counts(neighbour: string): BfdCounts {
    return {
      neighbour,
      transmitInterval: transmitInterval(this.#state, 1) ?? 0,
      detectionTime: detectionTime(this.#state),
      sent: this.#sent,
      received: this.#received,
      discards: this.#discards,
    };
  }

  /** §6.8.6: authentication must be there if it is in use, and must not if it is not. */
  #faultOf({ packet, signed }: DecodedPacket): DiscardReason | undefined {
    const { authenticator, clock } = this.#options;
    if (!authenticator) return signed && 'unexpected-authentication';
    const silence = clock.monotonic() - this.#lastHeard;
    if (silence >= 2 * detectionTime(this.#state)) authenticator.forget();
    return authenticator.judge(packet, signed);
  }

  #step(event: BfdEvent): void {
    const before = this.#state;
    const [state, actions] = transition(before, event);
    this.#state = state;
    this.#standing = standingAfter(this.#standing, before, state);
    for (const action of actions) this.#perform(action);
  }

  #perform({ type }: BfdAction): void {
    if (type === 'sendFinal') this.#send(true);
    else if (type === 'rescheduleTransmit') this.#schedule();
    else if (type === 'restartDetection') this.#watch();
    else if (type === 'stopDetection') this.#cancelDetection();
    else {
      // The other end is to know of it now, not in an interval.
      this.#send(false);
      this.#options.onState(this.told());
    }
  }

  #transmit(): void {
    this.#send(false);
    this.#schedule();
  }

  /** Counted from the last packet: what is due by a shorter interval must not wait for a longer one. */
  #schedule(): void {
    this.#cancelTransmit();
    const { clock } = this.#options;
    const interval = transmitInterval(this.#state, clock.random());
    if (interval === undefined) return;
    const wait = Math.max(0, this.#lastSent + interval - clock.monotonic());
    this.#cancelTransmit = clock.after(wait, () => this.#transmit());
  }

  #send(final: boolean): void {
    if (!final) this.#lastSent = this.#options.clock.monotonic();
    this.#sent++;
    const packet = packetOf(this.#state, final);
    const { authenticator, send } = this.#options;
    send(authenticator ? authenticator.encode(packet) : encodePacket(packet));
  }

  #watch(): void {
    this.#cancelDetection();
    const { clock } = this.#options;
    const wait = this.#lastHeard + detectionTime(this.#state) - clock.monotonic();
    this.#cancelDetection = clock.after(Math.max(0, wait), () => {
      // This thread may not have run for a while: what came meanwhile is read before it is judged.
      clock.afterReads(() => this.#judge());
    });
  }

  #judge(): void {
    const silence = this.#options.clock.monotonic() - this.#lastHeard;
    // Timers may be a millisecond early, and a packet may have come just now.
    if (silence + 1 < detectionTime(this.#state)) this.#watch();
    else this.#step({ type: 'DetectionTimerExpires' });
  }
}

function standingAfter(standing: BfdStanding, before: BfdState, after: BfdState): BfdStanding {
  if (after.sessionState === 'Up') return 'up';
  if (after.remote.state === 'AdminDown') return 'off';
  if (before.sessionState === 'Up') {
    return after.localDiagnostic === Diagnostic.administrativelyDown ? 'starting' : 'lost';
  }
  // `off` ends when the other end speaks again, or falls silent.
  return standing === 'lost' ? 'lost' : 'starting';
}

/**
 * What a session tells: its events, kept until it is done with what raised them, and its tally.
 * Knows what is no news and is not told again.
 */

import type { DownReason } from '../fsm/actions.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import type { Side } from '../fsm/neighbour.ts';
import type { StateName } from '../fsm/state.ts';
import type { Family } from '../net/family.ts';
import { CeaseSubcode, ErrorCode } from '../wire/constants.ts';
import type { Clock } from './clock.ts';
import type { SessionEvent } from './events.ts';
import { internalError } from './internalError.ts';
import { SessionTally } from './tally.ts';

/** Without what `add` adds; a plain Omit would lose the union. */
type Unaddressed<Event> = Event extends unknown ? Omit<Event, 'neighbour' | 'at'> : never;

export class SessionReport {
  readonly tally: SessionTally;
  readonly #neighbour: string;
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #events: SessionEvent[] = [];

  constructor(
    neighbour: string,
    clock: Pick<Clock, 'wall'>,
    onEvent: (event: SessionEvent) => void,
  ) {
    this.#neighbour = neighbour;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.tally = new SessionTally(clock.wall());
  }

  add(event: Unaddressed<SessionEvent>): void {
    this.#events.push({ ...event, neighbour: this.#neighbour, at: this.#clock.wall() });
  }

  /** Tells the owner what was added; whoever is told may call the session again. */
  tell(): void {
    for (let event = this.#events.shift(); event; event = this.#events.shift()) {
      this.#onEvent(event);
    }
  }

  stateChanged(from: StateName, to: StateName): void {
    this.tally.enter(to, this.#clock.wall());
    this.add({ type: 'StateChanged', from, to });
  }

  sessionUp(negotiated: Negotiated, direction: Side, withoutNextHop: readonly Family[]): void {
    this.tally.up();
    this.add({ type: 'SessionUp', negotiated, direction, withoutNextHop });
  }

  /**
   * `otherLives`: the neighbour's other connection goes on. `lastWords`: the NOTIFICATION that it was
   * sent, if any.
   */
  sessionDown(reason: DownReason, otherLives: boolean, lastWords: Uint8Array | undefined): void {
    const wasUp = this.tally.state === 'Established';
    // One of two connections gave way: nothing went down.
    if (!wasUp && isCollision(reason) && otherLives) return;
    const isNews = this.tally.down(this.#clock.wall(), reason, wasUp);
    if (isNews) this.add({ type: 'SessionDown', reason, wasUp, lastWords });
  }

  /** Told again only when the cause changes: a neighbour may be away for days. */
  connectFailed(cause: string): void {
    const told = this.tally.lastConnectFault?.cause === cause;
    this.tally.lastConnectFault = { at: this.#clock.wall(), cause };
    if (!told) this.add({ type: 'ConnectFailed', cause });
  }

  /** A bug of ours ended in `state`, wherever it came from: that is told, and no change of state. */
  brokenDown(state: StateName, error: unknown): void {
    this.tally.enter(state, this.#clock.wall());
    this.add({ type: 'InternalError', ...internalError(error) });
  }
}

/** Found by us, or told by the neighbour (RFC 4486). */
function isCollision(reason: DownReason): boolean {
  if (reason.kind === 'collision') return true;
  if (reason.kind !== 'notificationReceived') return false;
  const { code, subcode } = reason.notification;
  return code === ErrorCode.cease && subcode === CeaseSubcode.connectionCollision;
}

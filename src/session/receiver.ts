/**
 * What a received message means to the session: an event for the state machine, or, for UPDATEs of
 * an established session, routes for the RIB. Throws RemoteError for what the neighbour must be
 * told; `Connection` catches it.
 */

import type { ConnectionEvent } from '../fsm/events.ts';
import type { Family } from '../net/family.ts';
import { RibFullError } from '../rib/memory.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import { CeaseSubcode, ErrorCode, MessageType, OpenSubcode } from '../wire/constants.ts';
import type { CodecContext } from '../wire/context.ts';
import { RemoteError } from '../wire/errors.ts';
import { decodeNotification } from '../wire/notification.ts';
import { decodeOpen } from '../wire/open.ts';
import { decodeRouteRefresh, type RouteRefreshMessage } from '../wire/routeRefresh.ts';
import { faultText, UpdateView, Verdict } from '../wire/update.ts';
import { decodeUpdate } from '../wire/updateDecode.ts';

export interface ReceiverEvents {
  /** An UPDATE had a fault that RFC 7606 lets the session survive: the first of each kind. */
  fault(verdict: 'attribute-discard' | 'treat-as-withdraw', fault: string): void;
  refreshRequested(request: RouteRefreshMessage): void;
  /** The initial routes of the family are complete (RFC 4724 §2). */
  endOfRib(family: Family): void;
}

/** UPDATEs since the session came up. */
export interface UpdateCounts {
  readonly updates: number;
  /** With an attribute discarded, or treated as withdrawal (RFC 7606). */
  readonly attributeDiscard: number;
  readonly treatAsWithdraw: number;
  /** Families whose initial routes are complete (RFC 4724 §2). */
  readonly endOfRib: readonly Family[];
}

/** A neighbour that is faulty in ever new ways is told of this many times a session. */
const MAX_FAULTS = 20;

const NO_DATA = new Uint8Array(0);

export class Receiver {
  readonly #rib: Pick<RibIn, 'feed' | 'takeEasy' | 'easyTaken'>;
  readonly #peer: PeerIndex;
  readonly #events: ReceiverEvents;
  readonly #view = new UpdateView();
  readonly #faults = new Set<string>();
  /** As negotiated. */
  #families: readonly Family[] = [];
  #ipv4 = false;
  #ipv6 = false;
  #updates = 0;
  #attributeDiscard = 0;
  #treatAsWithdraw = 0;
  readonly #endOfRib = new Set<Family>();

  constructor(
    rib: Pick<RibIn, 'feed' | 'takeEasy' | 'easyTaken'>,
    peer: PeerIndex,
    events: ReceiverEvents,
  ) {
    this.#rib = rib;
    this.#peer = peer;
    this.#events = events;
  }

  /** A new session: everything is counted and told anew. */
  begin(families: readonly Family[]): void {
    this.#families = families;
    this.#ipv4 = families.includes('ipv4');
    this.#ipv6 = families.includes('ipv6');
    this.#faults.clear();
    this.#updates = this.#attributeDiscard = this.#treatAsWithdraw = 0;
    this.#endOfRib.clear();
  }

  counts(): UpdateCounts {
    return {
      updates: this.#updates,
      attributeDiscard: this.#attributeDiscard,
      treatAsWithdraw: this.#treatAsWithdraw,
      endOfRib: [...this.#endOfRib],
    };
  }

  /**
   * The event that the message is to the state machine; undefined: an UPDATE that was taken in.
   * `context`: what the session negotiated; undefined unless Established.
   */
  event(
    bytes: Uint8Array,
    type: number,
    start: number,
    end: number,
    context: CodecContext | undefined,
  ): ConnectionEvent | undefined {
    switch (type) {
      case MessageType.update:
        return context ? this.#update(bytes, start, end, context) : { type: 'UpdateMsg' };
      case MessageType.keepalive:
        return { type: 'KeepAliveMsg' };
      case MessageType.open:
        return { type: 'BGPOpen', open: decodeOpen(bytes, start, end) };
      case MessageType.notification:
        return notificationEvent(bytes, start, end);
      default: // the framer lets only the five types through
        if (context) this.#events.refreshRequested(decodeRouteRefresh(bytes, start, end));
        return { type: 'RouteRefreshMsg' };
    }
  }

  /** UPDATEs from `start` on that need no look at them here; returns where the first other one begins. */
  takeEasy(bytes: Uint8Array, start: number): number {
    const end = this.#intoRib(() => {
      return this.#rib.takeEasy?.(this.#peer, bytes, start, this.#families) ?? start;
    });
    if (end > start) this.#updates += this.#rib.easyTaken ?? 0;
    return end;
  }

  #update(
    bytes: Uint8Array,
    start: number,
    end: number,
    context: CodecContext,
  ): ConnectionEvent | undefined {
    const view = this.#view;
    decodeUpdate(bytes, start, end, context, view);
    if (view.verdict === Verdict.sessionReset) throw view.error();
    this.#updates++;
    if (view.verdict !== Verdict.ok) this.#fault(view);
    if (view.endOfRib) this.#endsRib(view.endOfRib);
    // RFC 4760 §7: what was not negotiated is ignored.
    view.keepFamilies(this.#ipv4, this.#ipv6);
    this.#intoRib(() => this.#rib.feed(this.#peer, bytes, view));
    return undefined;
  }

  #intoRib<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RibFullError)) throw error;
      throw outOfResources(error.message);
    }
  }

  #endsRib(family: Family): void {
    if (this.#endOfRib.has(family)) return;
    this.#endOfRib.add(family);
    this.#events.endOfRib(family);
  }

  #fault(view: UpdateView): void {
    if (view.verdict === Verdict.treatAsWithdraw) this.#treatAsWithdraw++;
    else this.#attributeDiscard++;
    this.#tellFault(view);
  }

  #tellFault(view: UpdateView): void {
    const verdict =
      view.verdict === Verdict.treatAsWithdraw ? 'treat-as-withdraw' : 'attribute-discard';
    const fault = faultText(view);
    if (this.#faults.has(fault) || this.#faults.size >= MAX_FAULTS) return;
    this.#faults.add(fault);
    this.#events.fault(verdict, fault);
  }
}

function notificationEvent(bytes: Uint8Array, start: number, end: number): ConnectionEvent {
  const notification = decodeNotification(bytes, start, end);
  const version =
    notification.code === ErrorCode.openMessage &&
    notification.subcode === OpenSubcode.unsupportedVersion;
  return { type: version ? 'NotifMsgVerErr' : 'NotifMsg', notification };
}

/** RFC 4486 §4: no fault of the neighbour; the session may be tried again. */
export function outOfResources(cause: string): RemoteError {
  return new RemoteError(ErrorCode.cease, CeaseSubcode.outOfResources, NO_DATA, cause);
}

/** Which of RFC 4271's events a protocol error is. */
export function errorEvent(error: RemoteError): ConnectionEvent {
  if (error.code === ErrorCode.openMessage) return { type: 'BGPOpenMsgErr', error };
  if (error.code === ErrorCode.updateMessage) return { type: 'UpdateMsgErr', error };
  return { type: 'BGPHeaderErr', error };
}

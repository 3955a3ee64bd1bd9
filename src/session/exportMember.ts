/**
 * Where sessions and export groups meet. A session joins with what it negotiated (`ExportGroups.join`),
 * is written whole messages, and says when the kernel took some of them.
 *
 *   session ── join ──► ExportGroups ── write(chunk) ──► session ── drained ──► membership
 */

import type { LearnedReceiver } from '../config/config.ts';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { ExportRefusal } from '../policy/exportLearned.ts';
import type { CodecContext } from '../wire/context.ts';

/** An established session to somebody who may be sent what was learned. */
export interface ExportOutlet {
  /** Never an upstream: there is no such value. */
  readonly receiver: LearnedReceiver;
  readonly localAs: number;
  /** Ours on this session: the next hop where the file does not name one. */
  readonly localAddress: IpAddress;
  /** As negotiated. */
  readonly families: readonly Family[];
  /** It still has what we sent before we restarted, if we have (RFC 4724 §4.1). */
  readonly keepsOurs: boolean;
  /** RFC 9494 §4.3: it knows what LLGR_STALE means. */
  readonly longLived: boolean;
  readonly context: CodecContext;
}

/** What the session gives its group. */
export interface ExportMember {
  /** Octets that were written and that the kernel has not taken. */
  readonly unsent: number;
  /**
   * Hands `messages` whole UPDATEs to the kernel. The chunk is every member's: nobody may change it.
   * May not call back into the group.
   */
  write(chunk: Uint8Array, messages: number): void;
  /** What was written before was the end of a refresh with markers (RFC 7313 §4). */
  refreshEnded(family: Family): void;
  /**
   * There is no room for what it is to be sent: the session is to be ended with Cease/Out of
   * Resources (RFC 4486). Called once; the member is given nothing more and still has to `leave`.
   */
  overwhelmed(want: RoomWanted): void;
  /**
   * A bug of ours met the group of this member: the session is to be stopped as by one of its own.
   * Called once; the member is given nothing more and still has to `leave`.
   */
  broken(error: unknown): void;
  /**
   * A withdrawal that had to wait has overtaken, or been overtaken by, our own route for the same
   * prefix: own routes are to be sent again. Only after a prefix became ours while it was in use.
   */
  repeatOwn(): void;
}

/** Sends what was learned; see `ExportGroups`. */
export interface Exporter {
  join(outlet: ExportOutlet, member: ExportMember): ExportMembership;
}

/** What the session holds as long as it is established. */
export interface ExportMembership {
  /** The kernel took something: what waits may go on. */
  drained(): void;
  /** RFC 2918: all of a family again, for this member alone. `marked`: it is told the end of it. */
  refresh(family: Family, marked: boolean): void;
  /** It has not got all of the initial routes, and the End-of-RIB behind them. */
  readonly owesEndOfRib: boolean;
  /** The session is over. Nothing is written afterwards. */
  leave(): void;
  /** Learned routes that the group has sent. */
  advertised(family: Family): number;
  /** Whether and why not this prefix is sent; for people. */
  standing(prefix: Prefix): ExportStanding;
}

export interface ExportStanding {
  /** The group has sent it and not withdrawn it. */
  readonly advertised: boolean;
  /** Why the best path there is may not be sent; undefined: it may, or there is none. */
  readonly refusal: ExportRefusal | undefined;
}

/** `unread`: too much waits for a member that does not read; `memory`: no more routes fit. */
export type RoomWanted = 'unread' | 'memory';

/** What groups tell their owner; each once for as long as the cause lasts. */
export type ExportEvent =
  /** A best path's attributes leave no room for a prefix in a message: it is not sent. */
  | { readonly type: 'RouteTooLarge'; readonly receivers: readonly string[] }
  /** A member is given up. `waiting`: octets that were kept for it. */
  | {
      readonly type: 'ReceiverOverwhelmed';
      readonly receiver: string;
      readonly want: RoomWanted;
      readonly waiting: number;
    };

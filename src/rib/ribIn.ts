/**
 * Where received routes go. One peer's calls come in order: `peerUp`, then any number of `feed`,
 * then `peerDown`. After that none of its paths is counted or takes part in a decision; they are
 * taken away in slices.
 */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { CodecContext } from '../wire/context.ts';
import type { UpdateView } from '../wire/update.ts';

/** Names a peer cheaply; given by the speaker and never reused while the process runs. */
export type PeerIndex = number & { readonly __peer: true };

/** What a session knows of its neighbour once it is Established. */
export interface PeerSession {
  readonly peerAs: number;
  /** Unsigned 32-bit. */
  readonly bgpIdentifier: number;
  readonly address: IpAddress;
  /** Ours on the session. */
  readonly localAddress: IpAddress;
  /** What was negotiated. */
  readonly context: CodecContext;
  /** How many paths to one prefix are kept where it sends path identifiers. */
  readonly maxPaths: number;
}

/** Of one neighbour and family. */
export interface PathCounts {
  readonly received: number;
  /** Not refused by import policy. */
  readonly accepted: number;
  readonly best: number;
}

export interface RibIn {
  /**
   * Throws RibFullError when there is no room for another peer. Paths that were retained stay, unless
   * the peer is another router now, or sends path identifiers where it sent none.
   */
  peerUp(peer: PeerIndex, session: PeerSession): void;
  /**
   * The messages at `start..end`, the last of them perhaps cut, are what is fed next, as far as they
   * turn out to be UPDATEs: a hint that saves time. Whoever gains nothing from it leaves it out.
   */
  lookAhead?(peer: PeerIndex, bytes: Uint8Array, start: number, end: number): void;
  /**
   * Takes in UPDATEs from `start` on, of messages that `lookAhead` was told of last, as long as they are
   * easy: well formed, and of attributes that were judged before or have nothing unusual. Returns where
   * the first message begins that is left to `feed`. `families`: those that the session carries. Throws
   * RibFullError.
   */
  takeEasy?(peer: PeerIndex, bytes: Uint8Array, start: number, families: readonly Family[]): number;
  /** How many UPDATEs the last `takeEasy` took in. */
  readonly easyTaken?: number;
  /**
   * One UPDATE that has been judged and is not to reset the session, of negotiated families alone.
   * `update` holds offsets into `bytes`; both are the receive buffer's and valid during this call
   * only. Throws RibFullError when it does not fit; it may have been taken in part then.
   */
  feed(peer: PeerIndex, bytes: Uint8Array, update: UpdateView): void;
  peerDown(peer: PeerIndex): void;
  /**
   * In place of `peerDown`, to be followed by `peerUp` or `peerDown`: paths of these families stay
   * and are stale, those that were stale before and all others go.
   */
  retain(peer: PeerIndex, families: readonly Family[]): void;
  /** What the peer has sent of the family is stale until it is announced again. */
  refreshBegin(peer: PeerIndex, family: Family): void;
  /** What is still stale of the family goes. */
  refreshEnd(peer: PeerIndex, family: Family): void;
  /** RFC 9494 §4.2: what is stale of the family is long-lived stale, and goes out as such. */
  longLive(peer: PeerIndex, family: Family): void;
  /** At most so many of the peer's paths are stale, or about to go. */
  stale(peer: PeerIndex, family: Family): number;
  /** All zero while it is down and nothing is retained. */
  counts(peer: PeerIndex, family: Family): PathCounts;
  /** Announced paths that were not kept since it came up, for being more to a prefix than that. */
  overflow(peer: PeerIndex): number;
}

/**
 * What a session says and hears, for whoever writes it down. Told at once, in the middle of the
 * session's work: what listens must neither throw nor call the session.
 */

import type { Family } from '../net/family.ts';
import type { CodecContext } from '../wire/context.ts';

/** What an Established session sends our routes by. */
export interface OutletFacts {
  /** Ours on the session, as text. */
  readonly localAddress: string;
  /** As negotiated. */
  readonly families: readonly Family[];
  readonly context: CodecContext;
}

export interface SessionTap {
  /** Our routes leave from now on. */
  opened(outlet: OutletFacts): void;
  /** The neighbour holds nothing of ours any more. */
  closed(): void;
  /** Nothing is wanted at this neighbour any more, whatever was decided. */
  cleared(): void;
  /** The session took the keys of another file. */
  adjusted(): void;
  /** All of these families counts as not sent. */
  repeated(families: readonly Family[]): void;
  /** Our routes: whole UPDATEs back to back. `asked`: the neighbour wanted them again. */
  routes(octets: Uint8Array, asked: boolean): void;
  /** RFC 4724 §2, of each family. */
  endOfRib(octets: Uint8Array): void;
  /** Every other message that the state machine sent, but KEEPALIVE. */
  sent(type: number, octets: Uint8Array, localAddress: string | undefined): void;
  /** A message at `start..end` of `bytes`, whatever it is worth; valid during the call. */
  received(type: number, bytes: Uint8Array, start: number, end: number): void;
  /** Whether received UPDATEs are wanted, too: each of them has to be told by itself then. */
  hearsUpdates(): boolean;
}

/** Nobody listens. */
export const NO_TAP: SessionTap = {
  opened: () => {},
  closed: () => {},
  cleared: () => {},
  adjusted: () => {},
  repeated: () => {},
  routes: () => {},
  endOfRib: () => {},
  sent: () => {},
  received: () => {},
  hearsUpdates: () => false,
};

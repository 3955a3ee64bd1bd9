/**
 * One neighbour's routes of ours: what it is to be sent, what it has been sent, and the UPDATEs
 * that make the second the first. The session says when there is somebody to send them to.
 */

import type { OwnPrefix } from '../config/config.ts';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { AdjRibOut, type Difference, type Held } from '../rib/adjRibOut.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import { type PrefixList, textsOf } from '../rib/prefixList.ts';
import type { CodecContext } from '../wire/context.ts';
import { encodeEndOfRib } from '../wire/updateEncode.ts';
import { exportUpdates, nextHopFor } from './exportUpdates.ts';
import type { SessionConfig } from './sessionConfig.ts';

/** An established session, as far as sending routes over it goes. */
export interface Outlet {
  readonly config: SessionConfig;
  readonly localAddress: IpAddress;
  /** As negotiated. */
  readonly families: readonly Family[];
  readonly context: CodecContext;
}

/** What was sent: whole messages back to back, and the routes that are in them. */
export interface Advertisement {
  readonly octets: Uint8Array;
  readonly messages: number;
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
  readonly difference: Difference;
}

const NO_DIFFERENCE: Difference = { families: [], announce: [], withdraw: [] };

export class Advertiser {
  readonly #out = new AdjRibOut();

  setDesired(routes: readonly OwnRoutes[]): void {
    this.#out.setDesired(routes);
  }

  /** Undefined: the neighbour holds what it should. What is returned counts as sent at `at`. */
  advertise(outlet: Outlet, at: number): Advertisement | undefined {
    const { config, localAddress, context } = outlet;
    const difference = this.#out.difference(sendable(outlet));
    if (difference.announce.length + difference.withdraw.length === 0) return undefined;
    const batch = new Batch();
    exportUpdates(difference, config, localAddress, context, (message) => batch.add(message));
    this.#out.commit(difference, at);
    return { octets: batch.octets(), messages: batch.messages, ...named(difference) };
  }

  /** RFC 4724 §2: after the initial routes of each family. */
  endOfRib(outlet: Outlet): Advertisement {
    const batch = new Batch();
    for (const family of outlet.families) batch.add(encodeEndOfRib(family));
    const { messages } = batch;
    const nothing = { announced: [], withdrawn: [], difference: NO_DIFFERENCE };
    return { octets: batch.octets(), messages, ...nothing };
  }

  /** The neighbour holds nothing of these families any more. */
  forget(families: readonly Family[]): void {
    for (const family of families) this.#out.forget(family);
  }

  /** The neighbour is to be sent all of these families again. */
  repeat(families: readonly Family[]): void {
    for (const family of families) this.#out.repeat(family);
  }

  advertisedSince(prefix: OwnPrefix, among?: PrefixList): number | undefined {
    return this.#out.advertisedSince(prefix, among);
  }

  /** What the neighbour was sent. */
  held(): readonly Held[] {
    return this.#out.held();
  }

  count(family: Family): number {
    return this.#out.count(family);
  }
}

/** A family without a next hop of its own on this session cannot be announced over it. */
function sendable({ families, config, localAddress, context }: Outlet): readonly Family[] {
  return families.filter((family) => nextHopFor(family, config, localAddress, context));
}

function named(difference: Difference) {
  const { announce, withdraw } = difference;
  return {
    announced: textsOf(announce.flatMap(({ lists }) => lists)),
    withdrawn: textsOf(withdraw),
    difference,
  };
}

/** Messages gathered into one piece: a write for each message costs far more than the copy. */
class Batch {
  messages = 0;
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(message: Uint8Array): void {
    this.#parts.push(message);
    this.#length += message.length;
    this.messages++;
  }

  octets(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

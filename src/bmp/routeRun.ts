/**
 * Route Monitoring (RFC 7854 §4.6): an UPDATE behind the header of its neighbour. Routes that come
 * one after another with equal attributes share a message, as long as it is no longer than one that
 * any speaker would take.
 *
 *   common header | peer header | BGP header | withdrawn | attributes | routes
 *
 * The attributes are those that the neighbour sent, but for MP_REACH_NLRI: what is kept of it is its
 * next hop, and its routes are put in again, as the first attribute (RFC 7606 §5.1).
 */

import { afiSafiOf, type Family } from '../net/family.ts';
import { AttributeIndex } from '../wire/attributeIndex.ts';
import {
  AttributeCode,
  AttributeFlag,
  HEADER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
} from '../wire/constants.ts';
import { MIN_UPDATE_LENGTH, writeHeader } from '../wire/header.ts';
import { type NlriWords, nlriLength, putNlriWords } from '../wire/nlriWords.ts';
import { putUint16, putUint32 } from '../wire/octets.ts';
import { encodeEndOfRib } from '../wire/updateEncode.ts';
import { BmpType, COMMON_HEADER_LENGTH, PEER_HEADER_LENGTH, PeerFlag } from './constants.ts';
import { writeCommonHeader } from './message.ts';
import type { MessageBuffer } from './messageBuffer.ts';
import { addFlags, setTime } from './peerHeader.ts';

export interface RouteWords extends NlriWords {
  readonly family: Family;
}

/** Attributes at `start..end` of `octets`, as the RIB keeps them; equal ids, equal octets. */
export interface KeptSet {
  readonly id: number;
  readonly octets: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly fourOctetAs: boolean;
}

const BEFORE_UPDATE = COMMON_HEADER_LENGTH + PEER_HEADER_LENGTH;
const PATH_ID_OCTETS = 4;
/** Flags, type code and a two-octet length. */
const LONG_HEADER = 4;
/** AFI and SAFI. */
const MP_UNREACH_FIXED = 3;
/** Of a route: path identifier, length and address. */
const LONGEST_ROUTE = PATH_ID_OCTETS + 17;
/**
 * Attributes that fit into a message with any route. A neighbour of extended messages (RFC 8654) can
 * send some that do not: theirs may be shorter as it sent them, and OTC may have been added to them.
 */
const MOST_ATTRIBUTES =
  MAX_EXTENDED_MESSAGE_LENGTH - MIN_UPDATE_LENGTH - LONG_HEADER - LONGEST_ROUTE - 1;

/** What the next route shares with those before it. */
interface Run {
  readonly header: Uint8Array;
  readonly at: number;
  readonly family: Family;
  /** Undefined: they are withdrawn. */
  readonly set: KeptSet | undefined;
  /** Of octets for routes. */
  readonly room: number;
}

export class RouteRun {
  readonly #out: MessageBuffer;
  readonly #flags: number;
  readonly #index = new AttributeIndex();
  readonly #routes = new Uint8Array(MAX_MESSAGE_LENGTH);
  #length = 0;
  #run: Run | undefined;

  /** `postPolicy`: what comes of import policy is told, and not what it is given. */
  constructor(out: MessageBuffer, postPolicy: boolean) {
    this.#out = out;
    this.#flags = postPolicy ? PeerFlag.postPolicy : 0;
  }

  /**
   * `header`: the neighbour's, the same object each time; `at`: ms since the epoch, 0: not known.
   * `set` must stay as it is until `flush`; one that is too long for a message is told as gone.
   */
  announce(
    header: Uint8Array,
    at: number,
    set: KeptSet,
    row: RouteWords,
    pathId: number | undefined,
  ): void {
    if (set.end - set.start > MOST_ATTRIBUTES) {
      this.withdraw(header, at, row, pathId);
      return;
    }
    const run = this.#run;
    if (run?.set?.id !== set.id || !isSame(run, header, at, row.family)) {
      this.flush();
      const room = MAX_MESSAGE_LENGTH - MIN_UPDATE_LENGTH - (set.end - set.start) - LONG_HEADER;
      this.#run = { header, at, family: row.family, set, room };
    }
    this.#add(row, pathId);
  }

  withdraw(header: Uint8Array, at: number, row: RouteWords, pathId: number | undefined): void {
    const run = this.#run;
    if (!run || run.set || !isSame(run, header, at, row.family)) {
      this.flush();
      const room = MAX_MESSAGE_LENGTH - MIN_UPDATE_LENGTH - LONG_HEADER - MP_UNREACH_FIXED;
      this.#run = { header, at, family: row.family, set: undefined, room };
    }
    this.#add(row, pathId);
  }

  /** RFC 7854 §5: what the neighbour had when it was first told of is complete. */
  endOfRib(header: Uint8Array, family: Family): void {
    this.flush();
    const update = encodeEndOfRib(family);
    this.#begin(header, 0, update.length, 0);
    this.#out.put(update);
  }

  /** Writes what is not written yet. */
  flush(): void {
    const run = this.#run;
    if (run && this.#length > 0) {
      if (run.set) this.#writeAnnounced(run, run.set);
      else this.#writeWithdrawn(run);
    }
    this.#length = 0;
    this.#run = undefined;
  }

  #add({ word0, word1, word2, word3, length }: RouteWords, pathId: number | undefined): void {
    const octets = nlriLength(length) + (pathId === undefined ? 0 : PATH_ID_OCTETS);
    const run = this.#run;
    // Attributes that leave no room were in a longer message (RFC 8654): one route each, then.
    if (run && this.#length > 0 && this.#length + octets > run.room) {
      this.flush();
      this.#run = run;
    }
    const routes = this.#routes;
    const at = pathId === undefined ? this.#length : putUint32(routes, this.#length, pathId);
    this.#length = putNlriWords(routes, at, word0, word1, word2, word3, length);
  }

  #writeAnnounced({ header, at }: Run, { octets, start, end, fourOctetAs }: KeptSet): void {
    const index = this.#index;
    index.locate(octets, start, end);
    const isMultiprotocol = index.has(AttributeCode.mpReachNlri);
    const length = end - start + (isMultiprotocol ? this.#growth() : this.#length);
    const flags = fourOctetAs ? 0 : PeerFlag.legacyAsPath;
    this.#begin(header, at, MIN_UPDATE_LENGTH + length, flags);
    this.#beginUpdate(MIN_UPDATE_LENGTH + length);
    this.#put16(0);
    this.#put16(isMultiprotocol ? length : end - start);
    if (isMultiprotocol) {
      this.#putReach(octets);
      const from = index.attributeStart(AttributeCode.mpReachNlri);
      this.#out.put(octets.subarray(start, from));
      this.#out.put(octets.subarray(index.attributeEnd(AttributeCode.mpReachNlri), end));
    } else {
      this.#out.put(octets.subarray(start, end));
      this.#out.put(this.#routes.subarray(0, this.#length));
    }
  }

  /** By how many octets MP_REACH_NLRI is longer than what is kept of it. */
  #growth(): number {
    const code = AttributeCode.mpReachNlri;
    const header = this.#index.valueStart(code) - this.#index.attributeStart(code);
    return LONG_HEADER - header + 1 + this.#length;
  }

  /** RFC 4760 §3: AFI, SAFI and next hop, a reserved octet, the routes. */
  #putReach(octets: Uint8Array): void {
    const code = AttributeCode.mpReachNlri;
    const kept = octets.subarray(this.#index.valueStart(code), this.#index.attributeEnd(code));
    this.#putLongHeader(code, kept.length + 1 + this.#length);
    this.#out.put(kept);
    this.#out.put(Uint8Array.of(0));
    this.#out.put(this.#routes.subarray(0, this.#length));
  }

  #writeWithdrawn({ header, at, family }: Run): void {
    const routes = this.#routes.subarray(0, this.#length);
    if (family === 'ipv4') {
      const length = MIN_UPDATE_LENGTH + routes.length;
      this.#begin(header, at, length, 0);
      this.#beginUpdate(length);
      this.#put16(routes.length);
      this.#out.put(routes);
      this.#put16(0);
      return;
    }
    const value = MP_UNREACH_FIXED + routes.length;
    const length = MIN_UPDATE_LENGTH + LONG_HEADER + value;
    this.#begin(header, at, length, 0);
    this.#beginUpdate(length);
    this.#put16(0);
    this.#put16(LONG_HEADER + value);
    this.#putLongHeader(AttributeCode.mpUnreachNlri, value);
    const { afi, safi } = afiSafiOf(family);
    this.#put16(afi);
    this.#out.put(Uint8Array.of(safi));
    this.#out.put(routes);
  }

  /** Common header and peer header of a message with so many octets of UPDATE. */
  #begin(header: Uint8Array, at: number, update: number, flags: number): void {
    const out = this.#out;
    out.reserve(BEFORE_UPDATE + update);
    writeCommonHeader(out.octets, out.length, BEFORE_UPDATE + update, BmpType.routeMonitoring);
    out.length += COMMON_HEADER_LENGTH;
    out.put(header);
    const start = out.length - PEER_HEADER_LENGTH;
    addFlags(out.octets, start, this.#flags | flags);
    setTime(out.octets, start, at);
  }

  #beginUpdate(length: number): void {
    writeHeader(this.#out.octets, this.#out.length, length, MessageType.update);
    this.#out.length += HEADER_LENGTH;
  }

  #put16(value: number): void {
    this.#out.length = putUint16(this.#out.octets, this.#out.length, value);
  }

  #putLongHeader(code: number, length: number): void {
    const flags = AttributeFlag.optional | AttributeFlag.extendedLength;
    this.#out.put(Uint8Array.of(flags, code));
    this.#put16(length);
  }
}

function isSame(run: Run, header: Uint8Array, at: number, family: Family): boolean {
  return run.header === header && run.at === at && run.family === family;
}

/**
 * Routes gathered for one chunk of whole UPDATEs: those of equal attributes share messages, which
 * are as full as they can be; withdrawals come before everything else. Built for a table: nothing
 * is allocated for a route, and how long the chunk will be is known at every moment.
 *
 *   sets      [set]     family (0: IPv4, 1: IPv6); form (0: classic, 1: multiprotocol); where its
 *                       attributes and next hop are in `region`;
 *                       octets of a message without routes; room left in its last message; its
 *                       first and last route, 0: none.  Sets 0 and 1 are the withdrawals.
 *   routes    [route]   address words, length, path identifier, the set's next route; route 0 is
 *                       never used
 *   region    attributes, next hop (multiprotocol) | attributes, next hop | ..
 *
 *   classic       header | 0              | length | attributes                     | routes
 *   multiprotocol header | 0              | length | MP_REACH_NLRI with routes | attributes
 *   withdrawal    header | length, routes | length, MP_UNREACH_NLRI with routes
 */

import { Afi, addressOctets, type Family, Safi } from '../net/family.ts';
import {
  AttributeCode,
  AttributeFlag,
  HEADER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
} from './constants.ts';
import type { CodecContext } from './context.ts';
import { MIN_UPDATE_LENGTH, writeHeader } from './header.ts';
import { type NlriWords, nlriLength, putNlriWords } from './nlriWords.ts';
import { putUint16, putUint32 } from './octets.ts';
import type { OutgoingAttributes } from './outgoingAttributes.ts';

/** No chunk is longer; every message fits into one. */
export const CHUNK_OCTETS = 65536;

/** Whole messages back to back. */
export interface Chunk {
  readonly octets: Uint8Array;
  readonly messages: number;
}

const MAX_ROUTES = 8192;
const MAX_SETS = 4096;
const WITHDRAWALS = 2;
/** What accepted sets can take (each is in the chunk at least once), and one that does not fit any more. */
const REGION_OCTETS = 2 * CHUNK_OCTETS;

/** Flags, type code and a two-octet length; AFI and SAFI. */
const MP_HEADER = 4 + 3;
const NEXT_HOP_OCTETS = 16;
/** With the next hop's length, itself, and the reserved octet. */
const MP_REACH_FIXED = MP_HEADER + 1 + NEXT_HOP_OCTETS + 1;

const PATH_ID_OCTETS = 4;

export class UpdateBatch {
  /** Octets and messages that the chunk would have now. */
  octets = 0;
  messages = 0;
  readonly #maxMessage: number;
  readonly #pathIdOctets: Readonly<Record<Family, 0 | typeof PATH_ID_OCTETS>>;
  readonly #family = new Uint8Array(MAX_SETS);
  readonly #form = new Uint8Array(MAX_SETS);
  readonly #start = new Int32Array(MAX_SETS);
  readonly #end = new Int32Array(MAX_SETS);
  readonly #fixed = new Int32Array(MAX_SETS);
  readonly #room = new Int32Array(MAX_SETS);
  readonly #first = new Int32Array(MAX_SETS);
  readonly #last = new Int32Array(MAX_SETS);
  readonly #words = new Int32Array(MAX_ROUTES * 4);
  readonly #length = new Uint8Array(MAX_ROUTES);
  readonly #pathIds = new Int32Array(MAX_ROUTES);
  readonly #next = new Int32Array(MAX_ROUTES);
  readonly #region = new Uint8Array(REGION_OCTETS);
  #sets = 0;
  #routes = 1;
  #regionEnd = 0;
  /** Where the message written last stopped: the set's next route, 0: none. */
  #unwritten = 0;

  constructor(context: CodecContext) {
    this.#maxMessage = context.extendedMessages ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH;
    this.#pathIdOctets = {
      ipv4: context.addPath.ipv4 ? PATH_ID_OCTETS : 0,
      ipv6: context.addPath.ipv6 ? PATH_ID_OCTETS : 0,
    };
    this.clear();
  }

  clear(): void {
    this.octets = this.messages = 0;
    this.#sets = 0;
    this.#routes = 1;
    this.#regionEnd = 0;
    this.#addSet('ipv4', true, 0, MIN_UPDATE_LENGTH);
    this.#addSet('ipv6', false, 0, MIN_UPDATE_LENGTH + MP_HEADER);
  }

  /** Whether a message of the session takes these attributes and the longest prefix there is. */
  fits({ family, classic, length }: OutgoingAttributes): boolean {
    const longest = 1 + addressOctets(family) + this.#pathIdOctets[family];
    return fixedOctets(classic, length) + longest <= this.#maxMessage;
  }

  /** A set for `announce`, which must fit; -1: the batch is full. */
  addSet({ family, classic, octets, length, nextHop }: OutgoingAttributes): number {
    const start = this.#regionEnd;
    if (this.#sets === MAX_SETS || start + length + NEXT_HOP_OCTETS > REGION_OCTETS) return -1;
    const region = this.#region;
    for (let i = 0; i < length; i++) region[start + i] = octets[i]!;
    this.#regionEnd += length;
    if (!classic) {
      region.set(nextHop, this.#regionEnd);
      this.#regionEnd += NEXT_HOP_OCTETS;
    }
    return this.#addSet(family, classic, length, fixedOctets(classic, length));
  }

  /** Whether the set's outgoing attributes are these. */
  isSet(set: number, { family, classic, octets, length, nextHop }: OutgoingAttributes): boolean {
    const start = this.#start[set]!;
    if (this.#family[set] !== (family === 'ipv4' ? 0 : 1)) return false;
    if (this.#form[set] !== (classic ? 0 : 1)) return false;
    if (this.#end[set]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#region[start + i] !== octets[i]) return false;
    if (classic) return true;
    return nextHop.every((octet, i) => this.#region[start + length + i] === octet);
  }

  /**
   * False: the batch is full, encode it first. So for `withdraw`. `pathId` goes out where ADD-PATH
   * was negotiated (RFC 7911 §3).
   */
  announce(set: number, route: NlriWords, pathId: number): boolean {
    return this.#add(set, route, pathId);
  }

  withdraw(family: Family, route: NlriWords, pathId: number): boolean {
    return this.#add(family === 'ipv4' ? 0 : 1, route, pathId);
  }

  /** The messages, in a new array that nothing here refers to; the batch is empty afterwards. */
  encode(): Chunk {
    const target = new Uint8Array(this.octets);
    let at = 0;
    for (let set = 0; set < this.#sets; set++) {
      for (let route = this.#first[set]!; route !== 0; route = this.#unwritten) {
        at = this.#message(target, at, set, route);
      }
    }
    const { messages } = this;
    if (at !== target.length) throw new Error('a chunk is not as long as it was to be');
    this.clear();
    return { octets: target, messages };
  }

  #addSet(family: Family, classic: boolean, attributes: number, fixed: number): number {
    const set = this.#sets++;
    this.#family[set] = family === 'ipv4' ? 0 : 1;
    this.#form[set] = classic ? 0 : 1;
    this.#end[set] = this.#regionEnd - (set >= WITHDRAWALS && !classic ? NEXT_HOP_OCTETS : 0);
    this.#start[set] = this.#end[set]! - attributes;
    this.#fixed[set] = fixed;
    this.#room[set] = 0;
    this.#first[set] = this.#last[set] = 0;
    return set;
  }

  #add(set: number, { word0, word1, word2, word3, length }: NlriWords, pathId: number): boolean {
    const route = this.#routes;
    if (route === MAX_ROUTES) return false;
    const family = this.#family[set] === 0 ? 'ipv4' : 'ipv6';
    const nlri = nlriLength(length) + this.#pathIdOctets[family];
    const opens = nlri > this.#room[set]!;
    const more = opens ? this.#fixed[set]! + nlri : nlri;
    if (this.octets + more > CHUNK_OCTETS) return false;
    this.octets += more;
    if (opens) {
      this.messages++;
      this.#room[set] = this.#maxMessage - this.#fixed[set]!;
    }
    this.#room[set]! -= nlri;
    const at = route * 4;
    this.#words[at] = word0;
    this.#words[at + 1] = word1;
    this.#words[at + 2] = word2;
    this.#words[at + 3] = word3;
    this.#length[route] = length;
    this.#pathIds[route] = pathId;
    this.#next[route] = 0;
    if (this.#first[set] === 0) this.#first[set] = route;
    else this.#next[this.#last[set]!] = route;
    this.#last[set] = route;
    this.#routes++;
    return true;
  }

  /** One message with as many of the set's routes from `first` on as fit; returns its end. */
  #message(target: Uint8Array, start: number, set: number, first: number): number {
    const withdrawal = set < WITHDRAWALS;
    const body = start + HEADER_LENGTH;
    let end: number;
    if (this.#form[set] === 0) {
      end = withdrawal
        ? this.#withdrawnRoutes(target, body, set, first)
        : this.#classic(target, body, set, first);
    } else {
      putUint16(target, body, 0);
      end = this.#multiprotocol(target, body + 2, set, first, withdrawal);
      putUint16(target, body + 2, end - body - 4);
    }
    writeHeader(target, start, end - start, MessageType.update);
    return end;
  }

  #withdrawnRoutes(target: Uint8Array, body: number, set: number, first: number): number {
    const end = this.#putRoutes(target, body + 2, set, first);
    putUint16(target, body, end - body - 2);
    return putUint16(target, end, 0);
  }

  #classic(target: Uint8Array, body: number, set: number, first: number): number {
    const [start, end] = [this.#start[set]!, this.#end[set]!];
    let at = putUint16(target, body, 0);
    at = putUint16(target, at, end - start);
    at = this.#putRegion(target, at, start, end);
    return this.#putRoutes(target, at, set, first);
  }

  /** From the length of the path attributes on; that is left to the caller. */
  #multiprotocol(
    target: Uint8Array,
    offset: number,
    set: number,
    first: number,
    withdrawal: boolean,
  ): number {
    const { mpReachNlri, mpUnreachNlri } = AttributeCode;
    const header = offset + 2;
    // RFC 4271 §4.3: Extended Length may be used with short values.
    target[header] = AttributeFlag.optional | AttributeFlag.extendedLength;
    target[header + 1] = withdrawal ? mpUnreachNlri : mpReachNlri;
    let at = putUint16(target, header + 4, this.#family[set] === 0 ? Afi.ipv4 : Afi.ipv6);
    target[at++] = Safi.unicast;
    const [start, end] = [this.#start[set]!, this.#end[set]!];
    if (!withdrawal) {
      target[at++] = NEXT_HOP_OCTETS;
      at = this.#putRegion(target, at, end, end + NEXT_HOP_OCTETS);
      target[at++] = 0; // reserved
    }
    at = this.#putRoutes(target, at, set, first);
    putUint16(target, header + 2, at - header - 4);
    return withdrawal ? at : this.#putRegion(target, at, start, end);
  }

  #putRegion(target: Uint8Array, offset: number, start: number, end: number): number {
    let at = offset;
    for (let from = start; from < end; from++) target[at++] = this.#region[from]!;
    return at;
  }

  /** As many as a message of the set takes; the next one is left in `#unwritten`. */
  #putRoutes(target: Uint8Array, offset: number, set: number, first: number): number {
    const pathId = this.#pathIdOctets[this.#family[set] === 0 ? 'ipv4' : 'ipv6'] !== 0;
    const words = this.#words;
    let room = this.#maxMessage - this.#fixed[set]!;
    let at = offset;
    let route = first;
    for (; route !== 0; route = this.#next[route]!) {
      const length = this.#length[route]!;
      room -= nlriLength(length) + (pathId ? PATH_ID_OCTETS : 0);
      if (room < 0) break;
      if (pathId) at = putUint32(target, at, this.#pathIds[route]!);
      const from = route * 4;
      const a = words[from]!;
      const b = words[from + 1]!;
      const c = words[from + 2]!;
      const d = words[from + 3]!;
      at = putNlriWords(target, at, a, b, c, d, length);
    }
    this.#unwritten = route;
    return at;
  }
}

/** Of a message without routes. */
function fixedOctets(classic: boolean, attributes: number): number {
  return MIN_UPDATE_LENGTH + attributes + (classic ? 0 : MP_REACH_FIXED);
}

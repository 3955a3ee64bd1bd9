/**
 * Reads the table for people and exporters: one prefix, the longest match, everything in order.
 * Each step finds its place anew by prefix, so the table may change between any two of them.
 */

import { addressFromOctets, type IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { covers, type Prefix, prefixOf } from '../net/prefix.ts';
import { octets32 } from '../wire/octets.ts';
import { preferenceOf } from './bestSet.ts';
import type { ColumnOwner } from './columns.ts';
import { type ExplainedPath, explainRow, type PathStanding } from './explain.ts';
import { AttributeClass } from './facts.ts';
import { onlyToCustomerAs } from './onlyToCustomer.ts';
import { attributesOf, generationOf, LLGR_STALE } from './path.ts';
import type { PeerIndex } from './ribIn.ts';
import type { RouteTable, Store } from './routeTable.ts';

export interface PathView {
  readonly peer: PeerIndex;
  /** Where it stands: what a `standing` names. */
  readonly column: number;
  /** The neighbour, as the decision process sees it. */
  readonly owner: ColumnOwner;
  /** Degree of preference (RFC 4271 §9.1.1), unsigned 32-bit. */
  readonly preference: number;
  /** Undefined where the neighbour sends none. */
  readonly pathId: number | undefined;
  /** A copy: all attributes but the routes; of MP_REACH_NLRI AFI, SAFI and next hop. */
  readonly attributes: Uint8Array;
  readonly fourOctetAs: boolean;
  /** The AS that ONLY_TO_CUSTOMER names, received or added (RFC 9234 §5); 0: there is none. */
  readonly onlyToCustomer: number;
  /** Its neighbour has not announced it since it began anew. */
  readonly stale: boolean;
  readonly llgrStale: boolean;
  readonly standing: PathStanding;
}

export interface RouteView {
  readonly prefix: Prefix;
  readonly paths: readonly PathView[];
}

/** The present generation of a neighbour's paths. */
type GenerationOfPeer = (peer: PeerIndex, family: Family) => number;

export class RouteReader {
  readonly #table: RouteTable;
  readonly #generation: GenerationOfPeer;

  constructor(table: RouteTable, generation: GenerationOfPeer) {
    this.#table = table;
    this.#generation = generation;
  }

  /** Exactly this prefix; undefined: nobody sent it. */
  route(prefix: Prefix): RouteView | undefined {
    const [a, b, c, d] = wordsOf(prefix.octets);
    const store = this.#table.find(prefix.family, a, b, c, d, prefix.length);
    return store && this.#table.hasPaths() ? this.#view(store) : undefined;
  }

  /** The longest prefix of at most `longest` bits that covers the address and has a best path. */
  match(address: IpAddress, longest = address.octets.length * 8): RouteView | undefined {
    for (let bits = longest; bits >= 0; ) {
      const store = this.#match(address, bits);
      if (!store) return undefined;
      if (this.#table.best() >= 0) return this.#view(store);
      bits = store.length() - 1;
    }
    return undefined;
  }

  /** Every prefix that covers this one, itself included, the longest first. */
  *covering(prefix: Prefix): Generator<RouteView> {
    const address = addressFromOctets(prefix.octets);
    for (let bits = prefix.length; bits >= 0; ) {
      const store = this.#match(address, bits);
      if (!store) return;
      bits = store.length() - 1;
      if (this.#table.hasPaths()) yield this.#view(store);
    }
  }

  /** Every prefix within this one, itself included, in the order of (address, length). */
  *coveredBy(prefix: Prefix): Generator<RouteView> {
    for (let store = this.#seek(prefix, prefix.length); store; ) {
      const found = prefixAt(store);
      if (!covers(prefix, found)) return;
      if (this.#table.hasPaths()) yield this.#view(store);
      store = this.#seek(found, found.length + 1);
    }
  }

  /** Every prefix of the family in that order. */
  all(family: Family): Generator<RouteView> {
    const octets = new Uint8Array(family === 'ipv4' ? 4 : 16);
    return this.coveredBy(prefixOf(addressFromOctets(octets), 0));
  }

  /** Goes to the first prefix at or behind (address, length); undefined: there is none. */
  #seek(prefix: Prefix, length: number): Store | undefined {
    const table = this.#table;
    const [a, b, c, d] = wordsOf(prefix.octets);
    if (prefix.family === 'ipv4') return table.ipv4.seekRow(a, length) ? table.ipv4 : undefined;
    if (!table.ipv6Long.seekRow(a, b, c, d, length)) {
      return table.ipv6.seekRow(a, b, c, d, length) ? table.ipv6 : undefined;
    }
    const long = prefixAt(table.ipv6Long);
    if (!table.ipv6.seekRow(a, b, c, d, length)) return this.#goTo(long);
    return comparePrefixes(long, prefixAt(table.ipv6)) < 0 ? this.#goTo(long) : table.ipv6;
  }

  #goTo(prefix: Prefix): Store | undefined {
    const [a, b, c, d] = wordsOf(prefix.octets);
    return this.#table.find(prefix.family, a, b, c, d, prefix.length);
  }

  #match(address: IpAddress, longest: number): Store | undefined {
    const { ipv4, ipv6, ipv6Long } = this.#table;
    const [a, b, c, d] = wordsOf(address.octets);
    if (address.family === 'ipv4') return ipv4.match(a, longest) ? ipv4 : undefined;
    if (longest > 64 && ipv6Long.match(a, b, c, d, longest)) return ipv6Long;
    return ipv6.match(a, b, c, d, Math.min(64, longest)) ? ipv6 : undefined;
  }

  #view(store: Store): RouteView {
    const prefix = prefixAt(store);
    const paths = explainRow(this.#table).map((path) => this.#pathView(path, store.family));
    return { prefix, paths };
  }

  #pathView({ column, path, standing }: ExplainedPath, family: Family): PathView {
    const { arena } = this.#table.attributes;
    const id = attributesOf(path);
    const facts = arena.facts(id);
    const owner = this.#table.columns.owner(column);
    const { peer } = owner;
    const leaving = standing.kind === 'leaving';
    return {
      peer,
      column,
      owner,
      preference: preferenceOf(arena, id),
      pathId: (facts & AttributeClass.pathId) !== 0 ? arena.pathId(id) : undefined,
      attributes: arena.octets.slice(arena.attributesStart(id), arena.attributesEnd(id)),
      onlyToCustomer: onlyToCustomerAs(arena, id),
      fourOctetAs: (facts & AttributeClass.twoOctetAs) === 0,
      stale: leaving || generationOf(path) !== this.#generation(peer, family),
      llgrStale: (path & LLGR_STALE) !== 0,
      standing,
    };
  }
}

/** The prefix of the row where the store is. */
function prefixAt(store: Store): Prefix {
  if (store.family === 'ipv4') return prefixFromWords('ipv4', [store.word0()], store.length());
  const words = [0, 1, 2, 3].map((i) => store.word(i));
  return prefixFromWords('ipv6', words, store.length());
}

/** From an address as 32-bit numbers; of an IPv4 address there is one. */
export function prefixFromWords(family: Family, words: readonly number[], length: number): Prefix {
  const octets = words.slice(0, family === 'ipv4' ? 1 : 4).flatMap(octets32);
  return prefixOf(addressFromOctets(Uint8Array.from(octets)), length);
}

/** The address as signed 32-bit numbers; an IPv4 address is the first of them. */
function wordsOf(octets: Uint8Array): [number, number, number, number] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (octets.length === 4) return [view.getInt32(0), 0, 0, 0];
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}

function comparePrefixes(a: Prefix, b: Prefix): number {
  for (let i = 0; i < a.octets.length; i++) {
    if (a.octets[i] !== b.octets[i]) return a.octets[i]! - b.octets[i]!;
  }
  return a.length - b.length;
}

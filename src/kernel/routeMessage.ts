/**
 * Requests and answers of rtnetlink(7) about routes. Pure.
 *
 *   body        family (8) | length of destination (8) | of source (8) | TOS (8)
 *               table (8) | protocol (8) | scope (8) | type (8)
 *               flags (32)
 *   attributes  DST, TABLE, PRIORITY, NH_ID
 */

import type { Family } from '../net/family.ts';
import { type PrefixWords, RowPrefix } from '../rib/rowPrefix.ts';
import { octets32, putUint32, uint32 } from '../wire/octets.ts';
import { Flag, type MessageView, type NetlinkWriter } from './netlink.ts';

export const RouteType = { new: 24, delete: 25, get: 26 } as const;

export const AF = { ipv4: 2, ipv6: 10 } as const;

const BODY_OCTETS = 12;
const Attribute = { destination: 1, priority: 6, table: 15, nextHopId: 30 } as const;
const UNICAST = 1;
/** Of a deletion: whatever scope it has. */
const SCOPE_NOWHERE = 255;

/** What all of our routes have in common. */
export interface RouteTerms {
  readonly table: number;
  readonly metric: number;
  readonly protocol: number;
}

/** How much a message about a route may take. */
export const MAX_ROUTE_OCTETS = 16 + BODY_OCTETS + 3 * 8 + 20;

export type RouteVerb = 'add' | 'replace' | 'delete';

/** `add` fails where there is a route of this metric, `replace` where there is none. */
const FLAGS = {
  add: Flag.request | Flag.create | Flag.exclusive,
  replace: Flag.request | Flag.replace,
  delete: Flag.request,
} as const;

/** `nextHop`: the id of the nexthop object; a deletion is by prefix, metric and protocol alone. */
export function putRoute(
  writer: NetlinkWriter,
  verb: RouteVerb,
  sequence: number,
  row: PrefixWords,
  { table, metric, protocol }: RouteTerms,
  nextHop: number,
): void {
  const type = verb === 'delete' ? RouteType.delete : RouteType.new;
  const { octets } = writer.memory;
  const body = writer.begin(type, FLAGS[verb], sequence, BODY_OCTETS);
  octets[body] = AF[row.family];
  octets[body + 1] = row.length;
  octets[body + 4] = shortTable(table);
  octets[body + 5] = protocol;
  if (verb === 'delete') octets[body + 6] = SCOPE_NOWHERE;
  octets[body + 7] = UNICAST;
  putDestination(writer, row);
  writer.number(Attribute.table, table);
  writer.number(Attribute.priority, metric);
  if (verb !== 'delete') writer.number(Attribute.nextHopId, nextHop);
  writer.end();
}

/** Asks for the routes of one protocol; the kernel looks at that only where it is told to be strict. */
export function putRouteDump(
  writer: NetlinkWriter,
  sequence: number,
  family: Family,
  { table, protocol }: Pick<RouteTerms, 'table' | 'protocol'>,
): void {
  const { octets } = writer.memory;
  const body = writer.begin(RouteType.get, Flag.request | Flag.dump, sequence, BODY_OCTETS);
  octets[body] = AF[family];
  octets[body + 4] = shortTable(table);
  octets[body + 5] = protocol;
  writer.number(Attribute.table, table);
  writer.end();
}

/** A route as the kernel shows it; one object serves for many. */
export class RouteSeen extends RowPrefix {
  table = 0;
  metric = 0;
  protocol = 0;
  /** The nexthop object; 0: it refers to none. */
  nextHop = 0;

  /** False: the message is about none of ours: not a unicast route. */
  readMessage(view: MessageView): boolean {
    const { memory, body } = view;
    const { octets } = memory;
    if (view.type !== RouteType.new || octets[body + 7] !== UNICAST) return false;
    this.family = octets[body] === AF.ipv4 ? 'ipv4' : 'ipv6';
    this.length = octets[body + 1] ?? 0;
    this.table = octets[body + 4] ?? 0;
    this.protocol = octets[body + 5] ?? 0;
    this.metric = this.nextHop = 0;
    this.word0 = this.word1 = this.word2 = this.word3 = 0;
    view.eachAttribute(body + BODY_OCTETS, (type, at, length) => {
      if (type === Attribute.destination) this.#readDestination(octets, at, length);
      else if (type === Attribute.table) this.table = memory.word(at);
      else if (type === Attribute.priority) this.metric = memory.word(at);
      else if (type === Attribute.nextHopId) this.nextHop = memory.word(at);
    });
    return true;
  }

  #readDestination(octets: Uint8Array, at: number, length: number): void {
    this.word0 = uint32(octets, at) | 0;
    if (length < 16) return;
    this.word1 = uint32(octets, at + 4) | 0;
    this.word2 = uint32(octets, at + 8) | 0;
    this.word3 = uint32(octets, at + 12) | 0;
  }
}

/** The octets of a row's address; for what is rare. */
export function addressOctets(row: PrefixWords): Uint8Array {
  const words = row.family === 'ipv4' ? [row.word0] : [row.word0, row.word1, row.word2, row.word3];
  return Uint8Array.from(words.flatMap((word) => octets32(word)));
}

function putDestination(writer: NetlinkWriter, row: PrefixWords): void {
  const { octets } = writer.memory;
  const isShort = row.family === 'ipv4';
  const at = writer.room(Attribute.destination, isShort ? 4 : 16);
  putUint32(octets, at, row.word0);
  if (isShort) return;
  putUint32(octets, at + 4, row.word1);
  putUint32(octets, at + 8, row.word2);
  putUint32(octets, at + 12, row.word3);
}

/** The field of eight bits; numbers that do not fit are in the attribute alone. */
function shortTable(table: number): number {
  return table < 256 ? table : 0;
}

/**
 * Requests and answers of rtnetlink about nexthop objects (ip-nexthop(8)): a next hop with a number,
 * which routes refer to, so that all of them are led elsewhere by one request. Pure.
 *
 *   body        family (8) | scope (8) | protocol (8) | 0 (8)
 *               flags (32)
 *   attributes  ID, OIF, GATEWAY
 */

import { FAMILIES, type Family } from '../net/family.ts';
import { Flag, type MessageView, type NetlinkWriter } from './netlink.ts';
import { AF } from './routeMessage.ts';

export const NextHopType = { new: 104, delete: 105, get: 106 } as const;

const BODY_OCTETS = 8;
const Attribute = { id: 1, interface: 5, gateway: 6 } as const;

export interface NextHopObject {
  readonly id: number;
  readonly family: Family;
  readonly gateway: Uint8Array;
  /** The number of the interface. */
  readonly interface: number;
}

/** `isNew`: fails where there is one of this number; otherwise it takes its place. */
export function putNextHop(
  writer: NetlinkWriter,
  sequence: number,
  object: NextHopObject,
  protocol: number,
  isNew: boolean,
): void {
  const flags = Flag.request | (isNew ? Flag.create | Flag.exclusive : Flag.replace);
  const { octets } = writer.memory;
  const body = writer.begin(NextHopType.new, flags, sequence, BODY_OCTETS);
  octets[body] = AF[object.family];
  octets[body + 2] = protocol;
  writer.number(Attribute.id, object.id);
  writer.number(Attribute.interface, object.interface);
  octets.set(object.gateway, writer.room(Attribute.gateway, object.gateway.length));
  writer.end();
  writer.acknowledge();
}

/** Routes that refer to it go with it. */
export function putNextHopDeletion(writer: NetlinkWriter, sequence: number, id: number): void {
  writer.begin(NextHopType.delete, Flag.request, sequence, BODY_OCTETS);
  writer.number(Attribute.id, id);
  writer.end();
  writer.acknowledge();
}

export function putNextHopDump(writer: NetlinkWriter, sequence: number): void {
  writer.begin(NextHopType.get, Flag.request | Flag.dump, sequence, BODY_OCTETS);
  writer.end();
}

export interface NextHopSeen {
  readonly id: number;
  readonly protocol: number;
  /** Undefined: it is a blackhole, a group or the like. */
  readonly object: NextHopObject | undefined;
}

export function nextHopIn(view: MessageView): NextHopSeen | undefined {
  if (view.type !== NextHopType.new) return undefined;
  const { memory, body } = view;
  const family = FAMILIES.find((each) => AF[each] === memory.octets[body]);
  const protocol = memory.octets[body + 2] ?? 0;
  let id = 0;
  let out = 0;
  let gateway: Uint8Array | undefined;
  view.eachAttribute(body + BODY_OCTETS, (type, at, length) => {
    if (type === Attribute.id) id = memory.word(at);
    else if (type === Attribute.interface) out = memory.word(at);
    else if (type === Attribute.gateway) gateway = memory.octets.slice(at, at + length);
  });
  const object = family && gateway && out > 0 ? { id, family, gateway, interface: out } : undefined;
  return { id, protocol, object };
}

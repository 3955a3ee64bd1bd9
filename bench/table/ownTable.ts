/** A table of own IPv4 prefixes as a file: MRT TABLE_DUMP_V2 (RFC 6396 §4.3) with one peer, ourselves. */

import { addressOctets, nlriOf } from '../feeder/nlri.ts';
import { Attribute, attribute, four } from './attributes.ts';
import { OctetWriter } from './octetWriter.ts';

const TABLE_DUMP_V2 = 13;
const PEER_INDEX_TABLE = 1;
const RIB_IPV4_UNICAST = 2;

export function ownTable(prefixes: readonly string[], routerId: string): Uint8Array {
  const out = new OctetWriter();
  const identifier = addressOctets(routerId);
  const ourselves = [2, ...identifier, ...identifier, ...four(0)]; // IPv4, AS of four octets
  record(out, PEER_INDEX_TABLE, [...identifier, ...two(0), ...two(1), ...ourselves]);
  const attributes = [
    ...attribute(0x40, Attribute.origin, [0]),
    ...attribute(0x40, Attribute.asPath, []),
    ...attribute(0x40, Attribute.nextHop, [0, 0, 0, 0]), // ourselves
  ];
  const entry = [...two(0), ...four(0), ...two(attributes.length), ...attributes];
  for (const [index, prefix] of prefixes.entries()) {
    record(out, RIB_IPV4_UNICAST, [...four(index), ...nlriOf(prefix), ...two(1), ...entry]);
  }
  return out.written();
}

/** RFC 6396 §2; the time is that of no clock. */
function record(out: OctetWriter, subtype: number, body: readonly number[]): void {
  out.put([...four(0), ...two(TABLE_DUMP_V2), ...two(subtype), ...four(body.length)]);
  out.put(body);
}

function two(value: number): number[] {
  return [value >>> 8, value & 255];
}

/**
 * A recorded table (MRT TABLE_DUMP_V2, RFC 6396 §4.3) as the UPDATEs that its peers would send:
 * prefixes with equal attributes share messages, in the order in which the sets first occur. The
 * next hop becomes the sender's own, as at any border; all else is as recorded.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Attribute } from './attributes.ts';
import { OctetWriter } from './octetWriter.ts';
import { type Sender, writeUpdate } from './updates.ts';

const TABLE_DUMP_V2 = 13;
const PEER_INDEX_TABLE = 1;
const RIB_IPV4_UNICAST = 2;

export interface RecordedPeer {
  readonly peerAs: number;
  readonly prefixes: number;
  /** Attribute octets as Latin-1 text -> the NLRI octets of each prefix. */
  readonly sets: ReadonlyMap<string, readonly Uint8Array[]>;
}

interface Peer extends RecordedPeer {
  prefixes: number;
  readonly sets: Map<string, Uint8Array[]>;
}

/** The peers with the most prefixes first; IPv4 only. `file` is gzipped. */
export function recordedPeers(file: string): RecordedPeer[] {
  const dump = gunzipSync(readFileSync(file));
  let peers: Peer[] = [];
  for (let at = 0; at + 12 <= dump.length; ) {
    const [type, subtype] = [dump.readUInt16BE(at + 4), dump.readUInt16BE(at + 6)];
    const [start, end] = [at + 12, at + 12 + dump.readUInt32BE(at + 8)];
    if (type === TABLE_DUMP_V2 && subtype === PEER_INDEX_TABLE) peers = readPeers(dump, start);
    if (type === TABLE_DUMP_V2 && subtype === RIB_IPV4_UNICAST) readRoutes(dump, start, peers);
    at = end;
  }
  return peers.sort((a, b) => b.prefixes - a.prefixes);
}

/** RFC 6396 §4.3.1. */
function readPeers(dump: Buffer, start: number): Peer[] {
  let at = start + 4;
  at += 2 + dump.readUInt16BE(at);
  const count = dump.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const type = dump[at]!;
    at += 5 + (type & 1 ? 16 : 4);
    const asLength = type & 2 ? 4 : 2;
    const peerAs = dump.readUIntBE(at, asLength);
    at += asLength;
    return { peerAs, prefixes: 0, sets: new Map() };
  });
}

/** RFC 6396 §4.3.2 and §4.3.4. */
function readRoutes(dump: Buffer, start: number, peers: readonly Peer[]): void {
  const nlriStart = start + 4;
  let at = nlriStart + 1 + ((dump[nlriStart]! + 7) >> 3);
  const nlri = dump.subarray(nlriStart, at);
  const entries = dump.readUInt16BE(at);
  at += 2;
  for (let i = 0; i < entries; i++) {
    const peer = peers[dump.readUInt16BE(at)]!;
    const length = dump.readUInt16BE(at + 6);
    const attributes = dump.toString('latin1', at + 8, at + 8 + length);
    const known = peer.sets.get(attributes);
    if (known) known.push(nlri);
    else peer.sets.set(attributes, [nlri]);
    peer.prefixes++;
    at += 8 + length;
  }
}

export function recordedUpdates(peer: RecordedPeer, sender: Sender): Uint8Array {
  const out = new OctetWriter();
  for (const [attributes, nlri] of peer.sets) {
    const set = withNextHop(Buffer.from(attributes, 'latin1'), sender.nextHop.ipv4);
    writeUpdate(out, 'ipv4', set, nlri, sender);
  }
  return out.written();
}

function withNextHop(set: Buffer, nextHop: readonly number[]): Uint8Array {
  for (let at = 0; at + 3 <= set.length; ) {
    const extended = (set[at]! & 0x10) !== 0;
    const value = at + (extended ? 4 : 3);
    if (set[at + 1] === Attribute.nextHop) set.set(nextHop, value);
    at = value + (extended ? set.readUInt16BE(at + 2) : set[at + 2]!);
  }
  return set;
}

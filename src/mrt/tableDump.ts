/**
 * The table as MRT records of type TABLE_DUMP_V2 (RFC 6396 §4.3, RFC 8050 §4), one record at a time.
 * Every record begins alike (§2):
 *
 *   +---------------+----------+-------------+------------+
 *   | timestamp (4) | type (2) | subtype (2) | length (4) |
 *   +---------------+----------+-------------+------------+
 *
 * and has seconds since the epoch, and the length of what follows.
 */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { PathView, RouteReader, RouteView } from '../rib/routeReader.ts';
import { octets16, octets32 } from '../wire/octets.ts';
import { DumpAttributes } from './dumpAttributes.ts';

export interface DumpPeer {
  readonly address: IpAddress;
  readonly peerAs: number;
  /** Unsigned 32-bit; 0: not known. */
  readonly bgpIdentifier: number;
  /** Since when its session is up, seconds since the epoch: no path of it is older. */
  readonly since: number;
}

/** What a dump reads. */
export type TableReader = Pick<RouteReader, 'all'>;

export interface DumpOptions {
  readonly reader: TableReader;
  readonly peers: readonly DumpPeer[];
  /** The BGP Identifier of whoever collected the table: ours. */
  readonly collector: number;
  /** Seconds since the epoch. */
  readonly time: number;
}

const TABLE_DUMP_V2 = 13;
const PEER_INDEX_TABLE = 1;
const UNICAST: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 4 };
/** RFC 8050 §4.2. */
const UNICAST_ADDPATH: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 10 };

/** RFC 6396 §4.3.1: the peer's address has 16 octets; its AS number has 4. */
const PeerFlag = { ipv6: 1, fourOctetAs: 2 } as const;

const FAMILIES = ['ipv4', 'ipv6'] as const;

/**
 * The records, the peers first. Undefined: a prefix was looked at of which nothing is to be told; the
 * walk may pause there, too. What is about to be taken away is left out.
 */
export function* tableDump(options: DumpOptions): Generator<Uint8Array | undefined> {
  const { reader, peers, time } = options;
  const indexes = new Map(peers.map(({ address }, i) => [address.text, i]));
  const attributes = new DumpAttributes();
  let sequence = 0;
  yield record(time, PEER_INDEX_TABLE, peerTable(options));
  for (const family of FAMILIES) {
    for (const route of reader.all(family)) {
      const told = route.paths.flatMap((path): readonly Told[] => {
        const index = indexes.get(path.owner.address.text);
        const peer = index === undefined ? undefined : peers[index];
        if (index === undefined || !peer || path.standing.kind === 'leaving') return [];
        return [{ path, index, since: peer.since }];
      });
      // A record's entries all have a path identifier, or none has.
      for (const withId of [false, true]) {
        const chosen = told.filter(({ path }) => (path.pathId !== undefined) === withId);
        if (chosen.length === 0) continue;
        const subtype = (withId ? UNICAST_ADDPATH : UNICAST)[family];
        yield record(time, subtype, ribEntries(sequence++, route, chosen, attributes));
      }
      if (told.length === 0) yield undefined;
    }
  }
}

interface Told {
  readonly path: PathView;
  readonly index: number;
  readonly since: number;
}

function record(time: number, subtype: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...octets32(time),
    ...octets16(TABLE_DUMP_V2),
    ...octets16(subtype),
    ...octets32(body.length),
    ...body,
  ]);
}

/** RFC 6396 §4.3.1. The name of the view is empty. */
function peerTable({ collector, peers }: DumpOptions): readonly number[] {
  const entries = peers.flatMap(({ address, peerAs, bgpIdentifier }) => [
    PeerFlag.fourOctetAs | (address.family === 'ipv6' ? PeerFlag.ipv6 : 0),
    ...octets32(bgpIdentifier),
    ...address.octets,
    ...octets32(peerAs),
  ]);
  return [...octets32(collector), ...octets16(0), ...octets16(peers.length), ...entries];
}

/** RFC 6396 §4.3.2 and §4.3.4, RFC 8050 §4.1. */
function ribEntries(
  sequence: number,
  { prefix }: RouteView,
  told: readonly Told[],
  attributes: DumpAttributes,
): readonly number[] {
  const entries = told.flatMap(({ path, index, since }) => {
    const octets = attributes.encode(path);
    const id = path.pathId === undefined ? [] : octets32(path.pathId);
    return [...octets16(index), ...octets32(since), ...id, ...octets16(octets.length), ...octets];
  });
  const network = prefix.octets.subarray(0, Math.ceil(prefix.length / 8));
  return [...octets32(sequence), prefix.length, ...network, ...octets16(told.length), ...entries];
}

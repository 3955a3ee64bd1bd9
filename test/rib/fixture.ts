/** A RIB with neighbours, for tests. */

import { type ImportPolicy, OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import type { Family } from '../../src/net/family.ts';
import { parseAddress, parsePrefix } from '../../src/net/text.ts';
import { importRules } from '../../src/policy/import.ts';
import { HEADER_WORDS, UNIT_WORDS } from '../../src/rib/attributeArena.ts';
import type { ImportRules } from '../../src/rib/importRules.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { Rib, type RibOptions } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import type { PeerDescription } from '../../src/rib/ribPeer.ts';
import type { RouteView } from '../../src/rib/routeReader.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { decoded, FOUR_OCTET, type UpdateSpec, updateBytes } from './updates.ts';

export const LOCAL_AS = 64500;

export function openRules(policy: Partial<ImportPolicy> = {}, asn = 0): ImportRules {
  const neighbour = { asn, role: undefined, ownPrefixes: ownPrefixes([]) };
  return importRules({ ...OPEN_IMPORT, asSet: 'accept', ...policy }, neighbour);
}

export function makeRib(options: Partial<RibOptions> = {}): Rib {
  return new Rib({
    local: { asn: LOCAL_AS, bgpIdentifier: 0xc0000201, addresses: new OwnAddresses() },
    seed: 0x2545f491,
    tracked: true,
    routeWords: 1 << 20,
    attributeWords: 1 << 20,
    ...options,
  });
}

export function peerIndex(value: number): PeerIndex {
  return value as PeerIndex;
}

export function describe(peer: number, changes: Partial<PeerDescription> = {}): PeerDescription {
  const address = parseAddress(`198.51.100.${peer + 1}`);
  if (!address) throw new Error('no address');
  return {
    peerAs: 64496 + peer,
    bgpIdentifier: 0x0a000001 + peer,
    address,
    nextHopCost: 0,
    context: FOUR_OCTET,
    rules: openRules(),
    maxPaths: 1,
    ...changes,
  };
}

/** Describes the neighbour and brings it up. */
export function bringUp(rib: Rib, peer: number, changes: Partial<PeerDescription> = {}): PeerIndex {
  const index = peerIndex(peer);
  rib.describePeer(index, describe(peer, changes));
  rib.peerUp(index);
  return index;
}

export function feed(
  rib: Rib,
  peer: PeerIndex,
  spec: UpdateSpec,
  context: CodecContext = FOUR_OCTET,
): void {
  const bytes = updateBytes(spec, context);
  rib.feed(peer, bytes, decoded(bytes, context));
}

export function finish(rib: Rib): void {
  while (rib.step(1000));
}

export function drain(rib: Rib): number {
  let visits = 0;
  while (rib.drainChanges(1000, () => visits++));
  return visits;
}

export function route(rib: Rib, text: string): RouteView | undefined {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return rib.reader.route(prefix);
}

export function bestPeer(rib: Rib, text: string): number | undefined {
  return route(rib, text)?.paths.find(({ standing }) => standing.kind === 'best')?.peer;
}

/** Every attribute set that is interned: references, what was read from its octets, and these. */
export function setsOf(rib: Rib): string[] {
  const { arena, slots, slotRoom, slotCounts } = rib.table.attributes;
  const inUse = [...slotCounts].flatMap((count, table) => [
    ...slots.subarray(table * slotRoom, table * slotRoom + count).filter((slot) => slot !== 0),
  ]);
  const sets: string[] = [];
  for (const slot of inUse) {
    const id = slot & 0xff_ffff;
    const header = arena.words.subarray(id * UNIT_WORDS + 1, id * UNIT_WORDS + HEADER_WORDS);
    const octets = arena.octets.slice(arena.attributesStart(id), arena.attributesEnd(id));
    sets.push(`${header.join()} ${Buffer.from(octets).toString('hex')}`);
  }
  return sets.sort();
}

export function texts(rib: Rib, family: Family): string[] {
  return [...rib.reader.all(family)].map(({ prefix }) => prefix.text);
}

/** Makes a neighbour's import policy into the numbers that the RIB applies to each path. */

import type { ImportPolicy } from '../config/importPolicy.ts';
import { isPrivateAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import { isUpOrAcross } from '../net/role.ts';
import { parsePrefix } from '../net/text.ts';
import { Fact } from '../rib/facts.ts';
import type { ImportRules } from '../rib/importRules.ts';
import { headsOf } from '../rib/ownPrefixes.ts';
import { Reason } from '../rib/reason.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from './importBogons.ts';
import type { ImportNeighbour } from './importNeighbour.ts';

const IPV4 = parsed(IPV4_BOGONS);
const IPV6 = parsed(IPV6_BOGONS);
const NONE = new Int32Array(0);
const BOGON_RANGES = { ipv4: ranges(IPV4), ipv6: ranges(IPV6) };
const BOGON_HEADS = { ipv4: headsOf(IPV4, 'ipv4'), ipv6: headsOf(IPV6, 'ipv6') };

export function importRules(policy: ImportPolicy, neighbour: ImportNeighbour): ImportRules {
  const own = policy.ownPrefixes === 'refuse' ? neighbour.ownPrefixes : undefined;
  const bogons = policy.bogons === 'refuse';
  return {
    refusedFacts: refusedFacts(policy, neighbour),
    allowOwnAs: policy.allowOwnAs,
    firstAs: policy.firstAs === 'refuse' ? neighbour.asn : 0,
    onlyToCustomer: onlyToCustomer(neighbour),
    addsOnlyToCustomer: isUpOrAcross(neighbour.role),
    rejectInvalid: policy.rpkiInvalid === 'refuse',
    accept: policy.accept,
    maxLength: policy.maxLength,
    ownPrefixes: own,
    ipv4Ranges: bogons ? BOGON_RANGES.ipv4 : NONE,
    ipv4Heads: heads(own?.ipv4Heads, bogons, 'ipv4'),
    ipv6Ranges: bogons ? BOGON_RANGES.ipv6 : NONE,
    ipv6Heads: heads(own?.ipv6Heads, bogons, 'ipv6'),
  };
}

function refusedFacts(policy: ImportPolicy, neighbour: ImportNeighbour): number {
  let facts: number = Fact.asZero | Fact.nextHopOurs;
  if (policy.longPaths === 'refuse') facts |= Fact.asPathTooLong;
  if (policy.asSet === 'refuse') facts |= Fact.asSet;
  if (policy.reservedAs === 'refuse') facts |= Fact.reservedAs;
  // A neighbour with a private number puts it into every path, and was configured with it.
  if (policy.privateAs === 'refuse' && !isPrivateAsn(neighbour.asn)) facts |= Fact.privateAs;
  return facts;
}

/** RFC 9234 §5: OTC from a customer or RS-client is a leak; from a peer, unless it names the peer. */
function onlyToCustomer({ role, asn }: ImportNeighbour): ImportRules['onlyToCustomer'] {
  if (role === 'customer' || role === 'rs-client') return 'nothing';
  return role === 'peer' ? asn : 'anything';
}

/** Those of our own prefixes and of the bogons, as far as either is refused. */
function heads(own: Uint8Array | undefined, bogons: boolean, family: Family): Uint8Array {
  const all = BOGON_HEADS[family].slice();
  if (!bogons) all.fill(0);
  // By what the engine has built in: thousands of steps of ours would warm up its optimizing compiler.
  if (own) for (let at = own.indexOf(1); at >= 0; at = own.indexOf(1, at + 1)) all[at] = 1;
  return all;
}

function parsed(texts: readonly string[]): readonly Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (!prefix) throw new Error(`${text} is not a prefix`);
    return prefix;
  });
}

/** Address words, length, reason of each bogon, one after the other. */
function ranges(prefixes: readonly Prefix[]): Int32Array {
  return Int32Array.from(
    prefixes.flatMap(({ octets, length }) => {
      const view = new DataView(octets.buffer, octets.byteOffset);
      const address = Array.from({ length: octets.length / 4 }, (_, i) => view.getInt32(i * 4));
      return [...address, length, Reason.bogon];
    }),
  );
}

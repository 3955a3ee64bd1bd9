/**
 * Prefixes that the Internet does not route: IANA's special-purpose registries (RFC 6890) as far as
 * they concern what one may announce. Documentation prefixes are left in peace: examples use them,
 * and nobody announces one by accident.
 */

import { addressFromOctets } from '../net/address.ts';
import { addressOctets, type Family } from '../net/family.ts';
import { covers, type Prefix, prefixOf } from '../net/prefix.ts';
import type { Told } from './findings.ts';

interface Block {
  readonly prefix: Prefix;
  readonly what: string;
}

/** `first` are the octets that are not 0; from octets, since reading texts would delay every start. */
function block(family: Family, first: readonly number[], length: number, what: string): Block {
  const octets = new Uint8Array(addressOctets(family));
  octets.set(first);
  return { prefix: prefixOf(addressFromOctets(octets), length), what };
}

/** No network takes these, and none may. */
const NEVER: readonly Block[] = [
  block('ipv4', [], 8, '"this network" (RFC 791)'),
  block('ipv4', [127], 8, 'loopback (RFC 1122)'),
  block('ipv4', [169, 254], 16, 'link-local (RFC 3927)'),
  block('ipv4', [224], 4, 'multicast (RFC 5771)'),
  block('ipv6', [], 8, 'reserved, loopback among it (RFC 4291)'),
  block('ipv6', [0xfe, 0x80], 10, 'link-local (RFC 4291)'),
  block('ipv6', [0xff], 8, 'multicast (RFC 4291)'),
];

/** Of use inside one's own networks; upstreams drop them. */
const RARELY: readonly Block[] = [
  block('ipv4', [10], 8, 'private (RFC 1918)'),
  block('ipv4', [100, 64], 10, 'shared address space (RFC 6598)'),
  block('ipv4', [172, 16], 12, 'private (RFC 1918)'),
  block('ipv4', [192], 24, 'reserved for protocol assignments (RFC 6890)'),
  block('ipv4', [192, 168], 16, 'private (RFC 1918)'),
  block('ipv4', [198, 18], 15, 'for benchmarks (RFC 2544)'),
  block('ipv4', [240], 4, 'reserved (RFC 1112)'),
  block('ipv6', [0xfc], 7, 'unique local (RFC 4193)'),
];

/** Global unicast (RFC 4291 §2.4, as assigned): the rest is reserved, special, or both. */
const GLOBAL_IPV6 = block('ipv6', [0x20], 3, 'global unicast').prefix;

/** Why `prefix` must not be announced. */
export function neverRouted(prefix: Prefix): Told | undefined {
  if (prefix.length === 0) {
    return {
      cause: `${prefix.text} is the default route`,
      consequence: 'an upstream that took it would send us all of its traffic',
      mend: 'write the prefixes that are yours',
    };
  }
  const what = blockOf(prefix, NEVER);
  if (what === undefined) return undefined;
  return {
    cause: `${prefix.text} is ${what}`,
    consequence: 'routers must not forward it beyond a link, and every network refuses it',
    mend: 'write a prefix that is assigned to you',
  };
}

/** Why `prefix` will not get far. */
export function rarelyRouted(prefix: Prefix): Told | undefined {
  const outside =
    prefix.family === 'ipv6' && !covers(GLOBAL_IPV6, prefix)
      ? 'outside 2000::/3, the global unicast space'
      : undefined;
  const what = blockOf(prefix, RARELY) ?? outside;
  if (what === undefined) return undefined;
  return {
    cause: `${prefix.text} is ${what}`,
    consequence: 'upstreams filter it, and the Internet does not route it',
    mend: 'write a prefix that is assigned to you, or leave it so in a lab',
  };
}

function blockOf(prefix: Prefix, blocks: readonly Block[]): string | undefined {
  return blocks.find((block) => covers(block.prefix, prefix))?.what;
}

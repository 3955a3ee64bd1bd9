/** Import policy as BIRD's filters have it: what refuses a route, and what BIRD says of it then. */

import type { Neighbour } from '../config/config.ts';
import { isPrivateAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { maxLength, type Prefix } from '../net/prefix.ts';

export interface Refusal {
  readonly condition: string;
  readonly why: string;
}

/** Sets of AS numbers; `filter(bgp_path, SET)` keeps of a path what is in them. */
export const AS_SETS = [
  { name: 'AS_ZERO', entries: '0' },
  { name: 'RESERVED_AS', entries: '23456, 65535, 4294967295' },
  { name: 'PRIVATE_AS', entries: '64512..65534, 4200000000..4294967294' },
] as const;

export function pathRefusals({ import: policy, asn, kind }: Neighbour): readonly Refusal[] {
  const privateAs = policy.privateAs === 'refuse' && (kind === 'internal' || !isPrivateAsn(asn));
  return [
    inPath('AS_ZERO', 'AS 0 is in the path'),
    ...when(policy.longPaths === 'refuse', 'bgp_path.len > 64', 'the path has more than 64 hops'),
    // The last number behind which no set has come yet is not the last one: there is a set.
    ...when(
      policy.asSet === 'refuse',
      'bgp_path.last != bgp_path.last_nonaggregated',
      'an AS_SET is in the path',
    ),
    ...(policy.reservedAs === 'refuse'
      ? [inPath('RESERVED_AS', 'a reserved AS is in the path')]
      : []),
    ...(privateAs ? [inPath('PRIVATE_AS', 'a private AS is in the path')] : []),
    ...when(
      policy.firstAs === 'refuse',
      `bgp_path.first != ${asn}`,
      "the path does not begin with the neighbour's AS",
    ),
  ];
}

/** The prefix alone decides; `own`: whether anything of the family is ours. */
export function prefixRefusals(
  { import: policy }: Neighbour,
  family: Family,
  own: boolean,
): readonly Refusal[] {
  const upper = family.toUpperCase();
  if (policy.accept === 'default') return when(true, 'net.len > 0', 'it is not the default route');
  const longest = policy.maxLength[family];
  return [
    ...when(policy.ownPrefixes === 'refuse' && own, `net ~ OWN_PARTS_${upper}`, 'it is ours'),
    ...when(policy.bogons === 'refuse', `net ~ BOGONS_${upper}`, 'nobody may announce it'),
    ...when(longest < maxLength(family), `net.len > ${longest}`, `it is longer than /${longest}`),
  ];
}

/** `10.0.0.0/8+`: the prefix and everything in it. */
export function orLonger(prefix: Pick<Prefix, 'text'>): string {
  return `${prefix.text}+`;
}

function inPath(set: string, why: string): Refusal {
  return { condition: `filter(bgp_path, ${set}).len > 0`, why };
}

function when(applies: boolean, condition: string, why: string): readonly Refusal[] {
  return applies ? [{ condition, why }] : [];
}

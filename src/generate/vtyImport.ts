/**
 * Import policy in the words of Quagga and FRR: access lists over the text of the AS path, and prefix
 * lists. What refuses comes first, what is taken last; between them the order does not matter.
 */

import type { Neighbour } from '../config/config.ts';
import type { ImportPolicy } from '../config/importPolicy.ts';
import { isPrivateAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { maxLength, type Prefix } from '../net/prefix.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../policy/importBogons.ts';

export interface AsPathList {
  readonly name: string;
  readonly why: string;
  /** Regular expressions over paths as `64496 {64500,64501}`. */
  readonly expressions: readonly string[];
}

/** `_` stands for a beginning, an end, or anything between two numbers. */
export const PATH_LISTS = {
  asZero: { name: 'AS-ZERO', why: 'AS 0 (RFC 7607)', expressions: ['_0_'] },
  longPaths: {
    name: 'LONG-PATH',
    why: 'more than 64 hops',
    expressions: ['^([0-9]+ ){64}'],
  },
  asSet: { name: 'AS-SET', why: 'an AS_SET (RFC 9774)', expressions: ['[{]'] },
  reservedAs: {
    name: 'RESERVED-AS',
    why: 'AS_TRANS (RFC 6793) and the last numbers (RFC 7300)',
    expressions: ['_(23456|65535|4294967295)_'],
  },
  privateAs: {
    name: 'PRIVATE-AS',
    why: '64512 to 65534, 4200000000 to 4294967294 (RFC 6996)',
    expressions: [
      '_(6451[2-9]|645[2-9][0-9]|64[6-9][0-9][0-9]|65[0-4][0-9][0-9]|655[0-2][0-9]|6553[0-4])_',
      '_(42[0-8][0-9][0-9][0-9][0-9][0-9][0-9][0-9]|429[0-3][0-9][0-9][0-9][0-9][0-9][0-9])_',
      '_(4294[0-8][0-9][0-9][0-9][0-9][0-9]|42949[0-5][0-9][0-9][0-9][0-9])_',
      '_(429496[0-6][0-9][0-9][0-9]|4294967[01][0-9][0-9]|42949672[0-8][0-9]|429496729[0-4])_',
    ],
  },
} as const satisfies Record<string, AsPathList>;

/** The lists that refuse what this neighbour sends. */
export function refusedPaths({ import: policy, asn, kind }: Neighbour): readonly AsPathList[] {
  // Our own routers have judged it where it came in.
  const external = kind !== 'internal';
  return [
    PATH_LISTS.asZero,
    ...refused(policy, 'longPaths'),
    ...refused(policy, 'asSet'),
    ...refused(policy, 'reservedAs'),
    ...(isPrivateAsn(asn) && external ? [] : refused(policy, 'privateAs')),
  ];
}

function refused(
  policy: ImportPolicy,
  kind: 'longPaths' | 'asSet' | 'reservedAs' | 'privateAs',
): readonly AsPathList[] {
  return policy[kind] === 'refuse' ? [PATH_LISTS[kind]] : [];
}

/** `10.0.0.0/8 le 32`: the prefix and everything in it. A host's own is written alone. */
export function orLonger({ text, length, family }: Prefix): string {
  return upTo(text, length, maxLength(family));
}

/** The prefix and what is in it up to a length. */
export function upTo(text: string, length: number, longest: number): string {
  return longest > length ? `${text} le ${longest}` : text;
}

export function bogonEntries(family: Family): readonly string[] {
  const max = maxLength(family);
  const bogons = family === 'ipv4' ? IPV4_BOGONS : IPV6_BOGONS;
  return bogons.map((text) => upTo(text, Number(text.split('/')[1]), max));
}

/** What is taken once nothing has refused it; undefined: nothing at all. */
export function takenEntry(policy: ImportPolicy, family: Family): string | undefined {
  const everything = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  if (policy.accept === 'none') return undefined;
  if (policy.accept === 'default') return everything;
  return upTo(everything, 0, policy.maxLength[family]);
}

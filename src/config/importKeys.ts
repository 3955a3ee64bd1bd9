/**
 * What is taken from a neighbour: the keys `accept`, `import` and `max-prefixes`. The defaults of
 * `import` differ by kind of neighbour, and are those of the policies in `importPolicy.ts`.
 */

import { allowOwnAs, idleTime, maxPrefixLength, percent, prefixLimit } from './bgpFields.ts';
import { choice } from './field.ts';
import { DEFAULT_IMPORT, type ImportPolicy, OPEN_IMPORT } from './importPolicy.ts';
import { wordOr } from './list.ts';
import { fallback, mapping, type ReadKeys } from './mapping.ts';
import {
  IMPORT_WORDS,
  INTERNAL_IMPORT_WORDS,
  MAX_LENGTH_WORDS,
  MAX_PREFIXES_WORDS,
} from './neighbourWords.ts';

export function acceptKey(absent: ImportPolicy['accept']) {
  return fallback(
    choice('a part of what is received', ['full', 'default', 'none']),
    absent,
    'What is taken of what it sends: all that `import` lets through, the default route alone, or nothing.',
  );
}

const verdict = choice('a verdict', ['refuse', 'accept']);

function maxLengthKeys({ ipv4, ipv6 }: ImportPolicy['maxLength']) {
  return {
    ipv4: fallback(maxPrefixLength('ipv4'), ipv4, 'Longer IPv4 prefixes are refused.'),
    ipv6: fallback(maxPrefixLength('ipv6'), ipv6, 'Longer IPv6 prefixes are refused.'),
  };
}

function importKeys(absent: ImportPolicy) {
  return {
    bogons: fallback(
      verdict,
      absent.bogons,
      'Address space that nobody may announce: private, reserved, documentation, multicast.',
    ),
    'own-prefixes': fallback(verdict, absent.ownPrefixes, 'Our own prefixes, and parts of them.'),
    'long-paths': fallback(verdict, absent.longPaths, 'Paths of more than 64 hops.'),
    'as-set': fallback(
      verdict,
      absent.asSet,
      'Paths with an AS_SET (RFC 9774). Where they are taken, they are passed on to nobody.',
    ),
    'private-as': fallback(
      verdict,
      absent.privateAs,
      'Paths with a private AS number, unless the neighbour itself has one.',
    ),
    'reserved-as': fallback(
      verdict,
      absent.reservedAs,
      'Paths with AS 23456, 65535 or 4294967295; those with AS 0 are always refused (RFC 7607).',
    ),
    'max-length': fallback(
      mapping(maxLengthKeys(absent.maxLength), MAX_LENGTH_WORDS),
      {},
      'The longest prefixes that are taken.',
    ),
    'allow-own-as': fallback(
      allowOwnAs,
      absent.allowOwnAs,
      'How often our own AS number may be in a path, which else is a loop.',
    ),
  };
}

const EXTERNAL_IMPORT = {
  ...importKeys(DEFAULT_IMPORT),
  'first-as': fallback(
    verdict,
    DEFAULT_IMPORT.firstAs,
    "Paths that do not begin with the neighbour's AS number, as a route server's do not.",
  ),
};

const INTERNAL_IMPORT = importKeys(OPEN_IMPORT);

export const externalImport = mapping(EXTERNAL_IMPORT, IMPORT_WORDS);
export const internalImport = mapping(INTERNAL_IMPORT, INTERNAL_IMPORT_WORDS);

/**
 * Twice the IPv4 table of 2026 and four times its IPv6 table: no honest neighbour comes near it for
 * years, and another is stopped while there is memory left for the rest.
 */
const LIMIT = { ipv4: 2_000_000, ipv6: 1_000_000 } as const;

const limit = wordOr<number | 'none'>('none', 'none', prefixLimit);

const MAX_PREFIXES = {
  ipv4: fallback(
    limit,
    LIMIT.ipv4,
    'The most IPv4 prefixes, refused ones included; every path counts, where it sends several.',
  ),
  ipv6: fallback(limit, LIMIT.ipv6, 'The most IPv6 prefixes, in the same way.'),
  warn: fallback(percent, '80%', 'The part of a limit from which on the log warns.'),
  idle: fallback(idleTime, '30m', 'How long the session stays down after a limit, 1s to 168h.'),
};

export const maxPrefixes = mapping(MAX_PREFIXES, MAX_PREFIXES_WORDS);

export type ReadImport = ReadKeys<typeof INTERNAL_IMPORT>;
export type ReadExternalImport = ReadKeys<typeof EXTERNAL_IMPORT>;
export type ReadMaxPrefixes = ReadKeys<typeof MAX_PREFIXES>;

/** What the file says of BFD (RFC 5880) to a neighbour of any kind. */

import { BFD_AUTHENTICATION_KINDS } from './bfdAuthentication.ts';
import { BFD_WORDS } from './bfdWords.ts';
import type { BfdConfig } from './config.ts';
import { boolean, choice, integer, milliseconds } from './field.ts';
import { fallback, mapping, optional, type ReadKeys } from './mapping.ts';
import { secretReference } from './secretField.ts';

const interval = milliseconds('a BFD interval', {
  min: 50,
  max: 10_000,
  because:
    'faster is more than a busy machine can keep up with, and slower is what hold-time is for',
});

const multiplier = integer(
  'a BFD multiplier',
  3,
  50,
  'with fewer than three, two lost packets would be taken for the end of the way',
);

const authentication = choice('a kind of BFD authentication', BFD_AUTHENTICATION_KINDS);

const keyId = integer('a key ID', 0, 255, 'it is one octet of the packet (RFC 5880 §4.2)');

const BFD = {
  interval: fallback(
    interval,
    '300ms',
    'How often a packet is sent, and how often one is wanted; the slower of both ends rules.',
  ),
  multiplier: fallback(
    multiplier,
    3,
    'After how many missing packets the way is dead: the other end counts ours by this, we count its by what it says.',
  ),
  strict: fallback(
    boolean,
    false,
    'Whether the session may come up only when BFD is up. Some neighbours start BFD only once the session is up: with those it never is.',
  ),
  password: optional(
    secretReference,
    'Where the password is that packets are authenticated by: `env:NAME` or `file:/PATH`, of up to 20 octets, or 16 without SHA1. The neighbour has the same, or BFD does not come up. Default: packets are not authenticated, and authenticated ones not taken.',
  ),
  authentication: optional(
    authentication,
    'How packets are authenticated (RFC 5880 §6.7), as the neighbour does it. Those that are not meticulous can be repeated by whoever sees them; `simple` shows the password. Default: `meticulous-keyed-sha1`.',
  ),
  'key-id': optional(keyId, 'The number that both ends have for the password. Default: 1.'),
};

export function bfdKeys(who: string) {
  return {
    bfd: optional(
      mapping(BFD, BFD_WORDS),
      `Watches the way to the ${who} by packets (BFD, RFC 5880): when they stay away, the session drops at once, though the link still looks alive. \`{}\` for the defaults. Needs the optional package koffi. Default: not done.`,
    ),
  };
}

type ReadBfd = ReadKeys<ReturnType<typeof bfdKeys>>;

export function bfdOf({ bfd }: ReadBfd): BfdConfig | undefined {
  if (!bfd) return undefined;
  const { interval: wanted, multiplier: count, strict } = bfd.value;
  return {
    interval: wanted.value,
    multiplier: count.value,
    strict: strict.value,
    authentication: authenticationOf(bfd.value),
  };
}

function authenticationOf(read: NonNullable<ReadBfd['bfd']>['value']) {
  const { password, authentication: kind, 'key-id': id } = read;
  if (!password) return undefined;
  return {
    kind: kind?.value ?? 'meticulous-keyed-sha1',
    keyId: id?.value ?? 1,
    password: password.value,
  };
}

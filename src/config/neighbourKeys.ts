/**
 * What the file says of one neighbour, by kind: upstreams, downstreams and internal neighbours have
 * most of their keys in common. See `definition.ts` for the rest of the file.
 */

import { address, interfaceName, ipv4Address, ipv6Address } from './addressFields.ts';
import { bfdKeys } from './bfdKeys.ts';
import { asn, connectRetry, holdTime, med, multihop, port, prepend } from './bgpFields.ts';
import { addPathKey, roleKey } from './capabilityKeys.ts';
import { communities } from './communityFields.ts';
import { damping } from './dampingKeys.ts';
import { boolean, choice } from './field.ts';
import { acceptKey, externalImport, internalImport, maxPrefixes } from './importKeys.ts';
import { DEFAULT_IMPORT, type ImportPolicy, OPEN_IMPORT } from './importPolicy.ts';
import { list } from './list.ts';
import { fallback, mapping, optional, type ReadKeys, required } from './mapping.ts';
import {
  DOWNSTREAM_WORDS,
  INTERNAL_WORDS,
  NEXT_HOP_WORDS,
  UPSTREAM_WORDS,
} from './neighbourWords.ts';
import { reachabilityKeys } from './reachabilityKeys.ts';
import { restartKeys } from './restartKeys.ts';
import { secretReference } from './secretField.ts';

const families = list(
  {
    name: 'families',
    max: 2,
    because: 'there are two: ipv4 and ipv6',
    key: (family) => family,
    repetition: 'error',
  },
  choice('a family', ['ipv4', 'ipv6']),
);

const NEXT_HOP = {
  ipv4: optional(
    ipv4Address,
    'Next hop of IPv4 routes. Default: our address on the session, in IPv6 too if the neighbour can (RFC 8950).',
  ),
  ipv6: optional(ipv6Address, 'Next hop of IPv6 routes. Default: our address on the session.'),
};

/** `who` is what the neighbour is called, `link` what is to be said of the link to it. */
function connectionKeys(who: string, hops: number, link: string) {
  return {
    address: required(
      address,
      `The ${who}'s address, IPv4 or IPv6. Each neighbour has its own, unless we listen on nothing.`,
    ),
    port: fallback(port, 179, 'The TCP port that is connected to.'),
    'local-address': optional(
      address,
      'The address of ours that connects and is connected to. Default: what the kernel chooses.',
    ),
    interface: optional(interfaceName, link),
    passive: fallback(boolean, false, `Never connect out, wait for the ${who} to connect.`),
    multihop: fallback(
      multihop,
      hops,
      `TTL of what is sent: how many hops the ${who} may be away. Needs the optional package koffi; without it the TTL is what the kernel takes for every connection.`,
    ),
    'ttl-security': fallback(
      boolean,
      false,
      `GTSM (RFC 5082): send with TTL 255 and take nothing that comes with less, so that only who is on the link can reach the session. The ${who} must do the same. Excludes multihop. Needs the optional package koffi.`,
    ),
    password: optional(
      secretReference,
      `The TCP MD5 key (RFC 2385): env:NAME, an environment variable of the daemon, or file:PATH. 1 to 80 octets, read at the start and at each reload, never shown. Needs the optional package koffi. Default: none.`,
    ),
    'bind-to-interface': fallback(
      boolean,
      false,
      'Whether the connection may use no other interface than `interface`, whatever the routes say (SO_BINDTODEVICE); for VRFs, and for address blocks that exist twice. Needs the optional package koffi.',
    ),
    'hold-time': fallback(
      holdTime,
      '90s',
      'Silence after which the session is dropped: whole seconds, 0 (never) or from 3s. The lower of both sides holds.',
    ),
    families: optional(
      families,
      "What the session carries: ipv4, ipv6 or both. Default: the address's own.",
    ),
    'next-hop': optional(
      mapping(NEXT_HOP, NEXT_HOP_WORDS),
      'The next hop that routes are announced with, by family. Default: our address on the session.',
    ),
    'connect-retry': fallback(connectRetry, '10s', 'Time between attempts to connect, 1s to 1h.'),
    'add-path': addPathKey,
    ...restartKeys(who),
    ...bfdKeys(who),
  };
}

/** Of neighbours in another AS. `routes` is what they are sent. */
function externalKeys(who: string, routes: string) {
  return {
    asn: required(asn, `The ${who}'s AS number, plain or dotted (64496, 1.10).`),
    ...connectionKeys(
      who,
      1,
      `The link to the ${who}: when it loses carrier, the session drops at once. Default: the interface of the connected route to the address.`,
    ),
    prepend: fallback(
      prepend,
      0,
      `How many more times our AS number stands in the path of ${routes}, to make it less attractive.`,
    ),
    med: optional(
      med,
      `MULTI_EXIT_DISC of ${routes}; the lower is preferred. Default: none is sent.`,
    ),
    communities: fallback(
      communities,
      [],
      `Communities of ${routes}: "N:N", large "N:N:N", extended rt:N:N and ro:N:N, or well-known names.`,
    ),
  };
}

const maxPrefixesKey = fallback(
  maxPrefixes,
  {},
  'How many prefixes it may send; beyond that the session ends with Cease/Maximum Number of Prefixes Reached.',
);

/** What is taken from neighbours in another AS. */
function takenKeys(accept: ImportPolicy['accept']) {
  return {
    accept: acceptKey(accept),
    import: fallback(externalImport, {}, 'What is refused of what it sends, and what is not.'),
    'max-prefixes': maxPrefixesKey,
  };
}

const UPSTREAM = {
  ...externalKeys('upstream', 'every route that is announced to this upstream'),
  ...takenKeys(DEFAULT_IMPORT.accept),
  role: roleKey(
    'an upstream',
    ['customer', 'peer', 'rs-client'],
    'customer of a provider, peer, or client of a route server',
  ),
  prefer: optional(
    choice('a preference', ['primary', 'backup']),
    'Whether the world is to come to us by it: sets what makes it so at this upstream; `prepend` and `med` override that, `communities` add to it. Default: nothing is done about it.',
  ),
  damping: optional(
    damping,
    'How the networks behind it damp flapping routes (RFC 2439), so that we do not flap into the dark. Default: `unknown`.',
  ),
  ...reachabilityKeys,
};

const DOWNSTREAM = {
  ...externalKeys('downstream', 'every route that is sent to this downstream, learned or own'),
  export: fallback(
    choice('a set of routes', ['all', 'default', 'own']),
    'all',
    'What it is sent beside our own prefixes: the best route to everything, the default route alone, or nothing.',
  ),
  // RFC 8212 §3: without a policy that somebody wrote, nothing is taken from another AS.
  ...takenKeys('none'),
  role: roleKey(
    'a downstream',
    ['provider', 'peer', 'rs'],
    'provider of a customer, peer, or route server',
  ),
};

const INTERNAL = {
  asn: optional(asn, 'Its AS number, which is ours. Default: ours.'),
  ...connectionKeys(
    'router',
    255,
    'The link to the router, if every way to it leads over that: when it loses carrier, the session drops at once. Default: none; with multihop: 1, as of an upstream.',
  ),
  'next-hop-self': fallback(
    boolean,
    true,
    'Whether it is to send us the traffic for what we learned: false leaves the next hop as it came from outside.',
  ),
  accept: acceptKey(OPEN_IMPORT.accept),
  import: fallback(
    internalImport,
    {},
    'What is refused of what it sends. What our own routers have accepted is not judged again by default.',
  ),
  'max-prefixes': maxPrefixesKey,
};

export const upstream = mapping(UPSTREAM, UPSTREAM_WORDS);
export const downstream = mapping(DOWNSTREAM, DOWNSTREAM_WORDS);
export const internal = mapping(INTERNAL, INTERNAL_WORDS);

export type ReadUpstream = ReadKeys<typeof UPSTREAM>;
export type ReadDownstream = ReadKeys<typeof DOWNSTREAM>;
export type ReadInternal = ReadKeys<typeof INTERNAL>;
export type ReadNeighbour = ReadUpstream | ReadDownstream | ReadInternal;

/** As `laterKeys.ts`, for what the file says of neighbours. */

import { at, type KnownWords, later } from './unknownKey.ts';

const IMPORT_LATER = {
  'rpki-invalid': later('nothing is validated yet', 'remove it'),
} as const;

/** FRR, BIRD, OpenBGPD, GoBGP, ExaBGP and Junos, for hands that know them. */
const FOREIGN = {
  as: 'asn',
  'as-number': 'asn',
  'autonomous-system': 'asn',
  'peer-as': 'asn',
  'peer-asn': 'asn',
  'remote-as': 'asn',
  ip: 'address',
  host: 'address',
  neighbor: 'address',
  neighbour: 'address',
  'neighbor-address': 'address',
  'neighbor-ip': 'address',
  'peer-address': 'address',
  'peer-ip': 'address',
  'remote-address': 'address',
  'remote-ip': 'address',
  'source-address': 'local-address',
  'source-ip': 'local-address',
  'local-ip': 'local-address',
  'update-source': 'local-address',
  'remote-port': 'port',
  device: 'interface',
  dev: 'interface',
  iface: 'interface',
  link: 'interface',
  'ebgp-multihop': 'multihop',
  ttl: 'multihop',
  'hold-timer': 'hold-time',
  timers: 'hold-time',
  'address-families': 'families',
  'address-family': 'families',
  'afi-safi': 'families',
  'afi-safis': 'families',
  family: 'families',
  'connect-retry-time': 'connect-retry',
  'connect-delay-time': 'connect-retry',
  md5: 'password',
  'md5-password': 'password',
  'authentication-key': 'password',
  'auth-password': 'password',
  'tcp-md5sig': 'password',
  gtsm: 'ttl-security',
  'ttl-security-hops': 'ttl-security',
  'bind-to-device': 'bind-to-interface',
  vrf: 'bind-to-interface',
  'maximum-prefix': 'max-prefixes',
  'max-prefix': 'max-prefixes',
  'import-limit': 'max-prefixes',
  'receive-limit': 'max-prefixes',
  'allowas-in': 'import',
  'allow-own-as': 'import',
  'import-policy': 'import',
  addpath: 'add-path',
  'add-paths': 'add-path',
  'additional-paths': 'add-path',
} as const;

const EXTERNAL_FOREIGN = {
  ...FOREIGN,
  'next-hop-self': 'next-hop',
  'as-path-prepend': 'prepend',
  'path-prepend': 'prepend',
  metric: 'med',
  'multi-exit-disc': 'med',
  'set-community': 'communities',
  community: 'communities',
  'enforce-first-as': 'import',
  'local-role': 'role',
  'require-roles': 'role',
  dampening: 'damping',
  preference: 'prefer',
} as const;

const ELSEWHERE = {
  ...at('the top of the file', 'router-id', 'site', 'listen', 'log', 'control', 'prefixes'),
  'local-as': 'the top of the file, as asn',
} as const;

export const UPSTREAM_WORDS: KnownWords = {
  owner: 'an upstream',
  later: {},
  foreign: EXTERNAL_FOREIGN,
  elsewhere: {
    ...ELSEWHERE,
    ...at('downstreams.NAME: nothing learned goes to upstreams', 'export'),
  },
};

export const DOWNSTREAM_WORDS: KnownWords = {
  owner: 'a downstream',
  later: {},
  foreign: EXTERNAL_FOREIGN,
  elsewhere: { ...ELSEWHERE, ...at('upstreams.NAME', 'prefer', 'damping', 'reachability') },
};

export const INTERNAL_WORDS: KnownWords = {
  owner: 'an internal neighbour',
  later: {},
  foreign: { ...FOREIGN, 'nexthop-self': 'next-hop-self' },
  elsewhere: {
    ...ELSEWHERE,
    ...at('upstreams.NAME', 'prefer', 'damping', 'reachability'),
    ...at('upstreams.NAME or downstreams.NAME', 'role', 'prepend', 'med', 'communities'),
    ...at('downstreams.NAME: an internal neighbour is sent everything', 'export'),
  },
};

export const NEXT_HOP_WORDS: KnownWords = {
  owner: 'next-hop',
  later: {},
  foreign: { v4: 'ipv4', inet: 'ipv4', ip: 'ipv4', v6: 'ipv6', inet6: 'ipv6' },
  elsewhere: {},
};

const IMPORT_FOREIGN = {
  'bogon-prefixes': 'bogons',
  martians: 'bogons',
  own: 'own-prefixes',
  'as-path-length': 'long-paths',
  'as-sets': 'as-set',
  'enforce-first-as': 'first-as',
  'remove-private-as': 'private-as',
  'private-asn': 'private-as',
  'reserved-asn': 'reserved-as',
  'max-prefix-length': 'max-length',
  'allowas-in': 'allow-own-as',
  'allow-as-in': 'allow-own-as',
  'allow-local-as': 'allow-own-as',
  rpki: 'rpki-invalid',
} as const;

const IMPORT_ELSEWHERE = at('the neighbour, beside import', 'accept', 'max-prefixes', 'families');

export const IMPORT_WORDS: KnownWords = {
  owner: 'import',
  later: IMPORT_LATER,
  foreign: IMPORT_FOREIGN,
  elsewhere: IMPORT_ELSEWHERE,
};

export const INTERNAL_IMPORT_WORDS: KnownWords = {
  ...IMPORT_WORDS,
  elsewhere: {
    ...IMPORT_ELSEWHERE,
    ...at('upstreams.NAME.import: within one AS, paths begin with any number', 'first-as'),
  },
};

export const MAX_LENGTH_WORDS: KnownWords = { ...NEXT_HOP_WORDS, owner: 'max-length' };

export const ROLE_WORDS: KnownWords = {
  owner: 'role',
  later: {},
  foreign: { role: 'is', name: 'is', local: 'is', 'strict-mode': 'strict', require: 'strict' },
  elsewhere: {},
};

export const ADD_PATH_WORDS: KnownWords = {
  owner: 'add-path',
  later: {},
  foreign: { direction: 'is', mode: 'is', limit: 'paths', max: 'paths', 'max-paths': 'paths' },
  elsewhere: {},
};

export const MAX_PREFIXES_WORDS: KnownWords = {
  owner: 'max-prefixes',
  later: {},
  foreign: {
    ...NEXT_HOP_WORDS.foreign,
    warning: 'warn',
    threshold: 'warn',
    restart: 'idle',
    'idle-time': 'idle',
    'restart-time': 'idle',
  },
  elsewhere: {},
};

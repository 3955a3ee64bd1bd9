/** Keys that the file will have and this version does not, and what other tools call the ones it has. */

import { at, type KnownWords, later } from './unknownKey.ts';

const FILE_LATER = {
  rpki: later(
    'nothing is validated yet',
    'remove it, and create ROAs for your prefixes all the same',
  ),
  guard: later('sites do not know of each other yet', 'remove it'),
} as const;

const FILE_FOREIGN = {
  as: 'asn',
  'as-number': 'asn',
  'autonomous-system': 'asn',
  'local-as': 'asn',
  'my-as': 'asn',
  'bgp-identifier': 'router-id',
  'bgp-id': 'router-id',
  identifier: 'router-id',
  id: 'router-id',
  bind: 'listen',
  'listen-on': 'listen',
  announce: 'prefixes',
  network: 'prefixes',
  networks: 'prefixes',
  routes: 'prefixes',
  bgp: 'upstreams',
  group: 'upstreams',
  neighbor: 'upstreams',
  neighbors: 'upstreams',
  neighbour: 'upstreams',
  neighbours: 'upstreams',
  peer: 'upstreams',
  peers: 'upstreams',
  providers: 'upstreams',
  transits: 'upstreams',
  customers: 'downstreams',
  clients: 'downstreams',
  collectors: 'downstreams',
  ibgp: 'internal',
  internals: 'internal',
  logging: 'log',
  'black-box': 'record',
  blackbox: 'record',
  recording: 'record',
  statedir: 'state-dir',
  'state-directory': 'state-dir',
  'exit-policy': 'on-exit',
  healthchecks: 'checks',
  healthcheck: 'checks',
  'health-checks': 'checks',
  stability: 'flap-budget',
  dampening: 'flap-budget',
} as const;

const PREFIX_FOREIGN = {
  network: 'prefix',
  cidr: 'prefix',
  route: 'prefix',
  nlri: 'prefix',
  upstream: 'upstreams',
  neighbors: 'upstreams',
  peers: 'upstreams',
  to: 'upstreams',
  community: 'communities',
  checks: 'needs',
  healthcheck: 'needs',
  'health-check': 'needs',
  fallback: 'on-failure',
} as const;

export const FILE_WORDS: KnownWords = {
  owner: 'the file',
  later: FILE_LATER,
  foreign: FILE_FOREIGN,
  elsewhere: {
    ...at('upstreams.NAME', 'address', 'port', 'local-address', 'interface', 'passive', 'multihop'),
    ...at('upstreams.NAME', 'hold-time', 'families', 'next-hop', 'prepend', 'med', 'communities'),
    ...at('upstreams.NAME', 'ttl-security', 'password', 'bind-to-interface'),
    ...at('upstreams.NAME', 'connect-retry', 'accept', 'import', 'max-prefixes'),
    ...at('upstreams.NAME', 'graceful-restart', 'long-lived-graceful-restart', 'bfd'),
    ...at('upstreams.NAME', 'prefer', 'damping', 'role', 'add-path', 'reachability'),
    ...at('a prefix, as { prefix: 203.0.113.0/24, needs: [web] }', 'needs', 'on-failure'),
    ...at('downstreams.NAME', 'export'),
    ...at('internal.NAME', 'next-hop-self'),
    ...at('control', 'socket', 'mode', 'http'),
    ...at('log', 'level', 'format'),
    ...at('kernel', 'install', 'anchor', 'table'),
    ...at('record', 'dir', 'max-size', 'keep', 'received'),
  },
};

export const CONTROL_WORDS: KnownWords = {
  owner: 'control',
  later: {},
  foreign: { path: 'socket', 'unix-socket': 'socket', permissions: 'mode', listen: 'http' },
  elsewhere: {},
};

export const LOG_WORDS: KnownWords = {
  owner: 'log',
  later: {},
  foreign: { 'log-level': 'level', severity: 'level', verbosity: 'level', output: 'format' },
  elsewhere: {},
};

export const PREFIX_WORDS: KnownWords = {
  owner: 'a prefix',
  later: {},
  foreign: PREFIX_FOREIGN,
  elsewhere: at('upstreams.NAME', 'prepend', 'med', 'next-hop'),
};

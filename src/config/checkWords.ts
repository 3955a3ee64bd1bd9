/** As `laterKeys.ts`, for what the file says of checks, conditions and the flap budget. */

import { at, type KnownWords } from './unknownKey.ts';

/** ExaBGP's healthcheck, HAProxy, keepalived and anycast_healthchecker, for hands that know them. */
const CHECK_FOREIGN = {
  cmd: 'exec',
  command: 'exec',
  script: 'exec',
  check_cmd: 'exec',
  'check-cmd': 'exec',
  url: 'http',
  https: 'http',
  'http-get': 'http',
  icmp: 'ping',
  agent: 'haproxy-agent',
  'agent-check': 'haproxy-agent',
  interface: 'link',
  carrier: 'link',
  inter: 'interval',
  'check-interval': 'interval',
  'delay-loop': 'interval',
  'check-timeout': 'timeout',
  'connect-timeout': 'timeout',
  'check-rise': 'rise',
  'check-fail': 'fall',
  retries: 'fall',
  'expect-status': 'status',
  'status-code': 'status',
  expect: 'body',
  contains: 'body',
  sni: 'host',
  'server-name': 'host',
  'ca-file': 'ca',
  'skip-verify': 'insecure',
  query: 'name',
  qname: 'name',
  qtype: 'type',
  'bind-to': 'source',
  'local-address': 'source',
  'source-ip': 'source',
} as const;

export const CHECK_WORDS: KnownWords = {
  owner: 'a check',
  later: {},
  foreign: CHECK_FOREIGN,
  elsewhere: at('the prefixes that depend on it', 'needs', 'on-failure'),
};

export const STABILITY_WORDS: KnownWords = {
  owner: 'flap-budget',
  later: {},
  foreign: {
    first: 'first-hold',
    repeated: 'repeated-hold',
    cap: 'longest-hold',
    max: 'longest-hold',
    follower: 'follower-hold',
  },
  elsewhere: at('upstreams.NAME.damping', 'profile', 'suppress', 'reuse', 'half-life'),
};

export const DAMPING_WORDS: KnownWords = {
  owner: 'damping',
  later: {},
  foreign: {
    'suppress-limit': 'suppress',
    'suppress-threshold': 'suppress',
    'reuse-limit': 'reuse',
    'reuse-threshold': 'reuse',
    'half-life-time': 'half-life',
    'max-suppress-time': 'max-suppress',
    withdrawal: 'withdraw',
    'attribute-change': 'change',
  },
  elsewhere: {},
};

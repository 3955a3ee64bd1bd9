/** As `laterKeys.ts`, for `reachability`. */

import { at, type KnownWords } from './unknownKey.ts';

export const REACHABILITY_WORDS: KnownWords = {
  owner: 'reachability',
  later: {},
  foreign: {
    checks: 'probes',
    probe: 'probes',
    targets: 'probes',
    canary: 'canaries',
    prefixes: 'canaries',
    'table-size': 'table-drop',
    'prefix-drop': 'table-drop',
    default: 'default-gone',
  },
  elsewhere: at('the check, under checks:', 'interval', 'timeout', 'rise', 'fall', 'source'),
};

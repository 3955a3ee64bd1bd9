/** As `laterKeys.ts`, for `bfd`. */

import { type KnownWords, later } from './unknownKey.ts';

export const BFD_WORDS: KnownWords = {
  owner: 'bfd',
  later: {
    echo: later('packets that the neighbour sends back are not used', 'remove it'),
    demand: later('the neighbour is never asked for silence', 'remove it'),
  },
  foreign: {
    'detect-multiplier': 'multiplier',
    'detection-multiplier': 'multiplier',
    mult: 'multiplier',
    'minimum-interval': 'interval',
    'min-interval': 'interval',
    'transmit-interval': 'interval',
    'receive-interval': 'interval',
    'tx-interval': 'interval',
    'rx-interval': 'interval',
    'strict-mode': 'strict',
    auth: 'authentication',
    'auth-type': 'authentication',
    'authentication-type': 'authentication',
    algorithm: 'authentication',
    'auth-key': 'password',
    'authentication-key': 'password',
    secret: 'password',
    'auth-key-id': 'key-id',
    keyid: 'key-id',
  },
  elsewhere: {},
};

/** The key `correlated-failure`: a guard that waits when it is probably our own fault. */

import { checkReference } from './conditionField.ts';
import { milliseconds } from './field.ts';
import { fallback, mapping, required } from './mapping.ts';
import { at, type KnownWords } from './unknownKey.ts';

const WORDS: KnownWords = {
  owner: 'correlated-failure',
  later: {},
  foreign: { check: 'self-check', gateway: 'self-check', self: 'self-check', timeout: 'hold' },
  elsewhere: at('checks.NAME', 'interval', 'rise', 'fall'),
};

const hold = milliseconds('a hold', {
  min: 100,
  max: 10_000,
  because: 'a service that is really gone would be announced for so long',
});

const CORRELATED_FAILURE = {
  'self-check': required(
    checkReference,
    'The check that fails too when the fault is ours: of the gateway, or of a target far from the services. Not of a link, whose loss is certain, and of none that prefixes need.',
  ),
  hold: fallback(
    hold,
    '10s',
    'How long withdrawals that such checks cause are held at most, 100ms to 10s.',
  ),
};

export const correlatedFailure = mapping(CORRELATED_FAILURE, WORDS);

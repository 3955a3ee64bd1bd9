/** Why packets of BFD were discarded, for people. */

import { DISCARD_REASONS, type DiscardReason, type Discards } from '../bfd/discard.ts';

const WORDS: Readonly<Record<DiscardReason, string>> = {
  malformed: 'malformed',
  'other-session': 'of another session',
  demand: 'asking for demand mode',
  unsigned: 'not authenticated, and there is a password here',
  'unexpected-authentication': 'authenticated, and there is no password here',
  'authentication-kind': 'with another kind of authentication',
  'key-id': 'with another key ID',
  sequence: 'repeated, late, or far ahead by their sequence numbers',
  password: 'with another password',
};

/** The most frequent reason first; empty: none was. */
export function discardsText(discards: Discards): string {
  return DISCARD_REASONS.map((reason) => ({ count: discards[reason] ?? 0, words: WORDS[reason] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ count, words }) => `${count} ${words}`)
    .join('; ');
}

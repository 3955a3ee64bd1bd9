/** Why a path was refused, in words: what `show routes` prints. */

import type { Reason } from '../rib/reason.ts';

export interface ReasonText {
  /** For scripts. */
  readonly code: string;
  /** For people. */
  readonly text: string;
}

const TEXTS: Readonly<Record<Reason, ReasonText>> = {
  0: { code: 'accepted', text: 'accepted' },
  1: { code: 'as-path-too-long', text: 'the path has more than 64 hops' },
  2: { code: 'as-zero', text: 'the path has AS 0 in it (RFC 7607)' },
  3: { code: 'reserved-as', text: 'the path has a reserved AS number in it' },
  4: { code: 'private-as', text: 'the path has a private AS number in it' },
  5: { code: 'as-set', text: 'the path has an AS_SET in it' },
  6: { code: 'own-as', text: 'the path has our own AS in it: a loop' },
  7: { code: 'next-hop-ours', text: 'the next hop is an address of ours' },
  8: { code: 'route-leak', text: 'ONLY_TO_CUSTOMER says that it was leaked (RFC 9234)' },
  9: { code: 'first-as', text: "the path does not begin with the neighbour's AS" },
  10: { code: 'own-prefix', text: 'the prefix is ours, or part of one of ours' },
  11: { code: 'bogon', text: 'the prefix is in address space that nobody may announce' },
  12: { code: 'too-specific', text: 'the prefix is longer than max-length' },
  13: { code: 'not-default', text: 'only the default route is taken from this neighbour' },
  14: { code: 'accept-none', text: 'nothing is taken from this neighbour' },
  15: { code: 'rpki-invalid', text: 'the RPKI says that this AS may not originate the prefix' },
  16: { code: 'originator-loop', text: 'ORIGINATOR_ID is our own: it was reflected to us' },
};

export function reasonText(reason: Reason): ReasonText {
  return TEXTS[reason];
}

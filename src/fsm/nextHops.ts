/** Whether IPv4 routes may have IPv6 next hops (RFC 8950 §4). */

import { Afi, type Family, Safi } from '../net/family.ts';
import { capabilitiesOf } from '../wire/capability.ts';
import type { OpenMessage } from '../wire/open.ts';

/** Where both sides say so, and the session carries IPv4. */
export function agreeOnNextHops(
  ours: OpenMessage,
  theirs: OpenMessage,
  families: readonly Family[],
): boolean {
  return families.includes('ipv4') && [ours, theirs].every(says);
}

function says({ capabilities }: OpenMessage): boolean {
  return capabilitiesOf(capabilities, 'extendedNextHop').some(({ entries }) =>
    entries.some(
      ({ afi, safi, nextHopAfi }) =>
        afi === Afi.ipv4 && safi === Safi.unicast && nextHopAfi === Afi.ipv6,
    ),
  );
}

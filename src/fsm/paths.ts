/** In which direction a family's prefixes have path identifiers (RFC 7911 §4). */

import { afiSafiOf, type Family } from '../net/family.ts';
import { capabilitiesOf } from '../wire/capability.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { Negotiated } from './negotiated.ts';

/** The Send/Receive field, by its bits. */
export const PathDirection = { receive: 1, send: 2 } as const;

/** Each way where one side is able to receive them and the other to send them. */
export function agreeOnPaths(
  ours: OpenMessage,
  theirs: OpenMessage,
  families: readonly Family[],
): Negotiated['addPath'] {
  const { receive, send } = PathDirection;
  const both = (mine: number, other: number) => (family: Family) =>
    families.includes(family) && has(ours, family, mine) && has(theirs, family, other);
  const receives = both(receive, send);
  const sends = both(send, receive);
  return {
    receive: { ipv4: receives('ipv4'), ipv6: receives('ipv6') },
    send: { ipv4: sends('ipv4'), ipv6: sends('ipv6') },
  };
}

/** §4: of several entries for a family, the first counts and the others are ignored. */
function has({ capabilities }: OpenMessage, family: Family, direction: number): boolean {
  const wanted = afiSafiOf(family);
  const entry = capabilitiesOf(capabilities, 'addPath')
    .flatMap(({ entries }) => entries)
    .find(({ afi, safi }) => afi === wanted.afi && safi === wanted.safi);
  return entry !== undefined && (entry.sendReceive & direction) !== 0;
}

/** What a neighbour is to us, as far as import policy depends on it. */

import type { Asn } from '../net/asn.ts';
import type { Role } from '../net/role.ts';
import type { OwnPrefixes } from '../rib/ownPrefixes.ts';

export interface ImportNeighbour {
  readonly asn: Asn;
  /** RFC 9234, the neighbour's role; undefined: not one that has to do with OTC. */
  readonly role: Role | undefined;
  /** The same for all neighbours. */
  readonly ownPrefixes: OwnPrefixes;
}

/** What the control server sees of a RIB whose neighbours have names. */

import type { LearnedRoutes } from '../../src/control/port.ts';
import type { Rib } from '../../src/rib/rib.ts';
import { bringUp, feed, makeRib, openRules } from '../rib/fixture.ts';
import type { UpdateSpec } from '../rib/updates.ts';

/** `names`: by peer index. */
export function learnedRoutes(rib: Rib, names: readonly string[]): LearnedRoutes {
  return {
    reader: rib.reader,
    prefixes: (family) => rib.table.prefixes(family),
    nameOf: (peer) => names[peer] ?? `peer ${peer}`,
  };
}

/** Two neighbours, transit-a and transit-b, that sent these UPDATEs; bogons and /25s are refused. */
export function twoTransits(
  ofA: readonly UpdateSpec[],
  ofB: readonly UpdateSpec[],
): { rib: Rib; learned: LearnedRoutes } {
  const rib = makeRib();
  const rules = openRules({ bogons: 'refuse', maxLength: { ipv4: 24, ipv6: 48 } });
  const [a, b] = [bringUp(rib, 0, { rules }), bringUp(rib, 1, { rules })];
  for (const update of ofA) feed(rib, a, update);
  for (const update of ofB) feed(rib, b, update);
  return { rib, learned: learnedRoutes(rib, ['transit-a', 'transit-b']) };
}

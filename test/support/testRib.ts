/** The production RIB for tests of sessions: every peer may come up, and nothing is refused. */

import { OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import { importRules } from '../../src/policy/import.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { RibRunner } from '../../src/speaker/ribRunner.ts';
import { VirtualClock } from './virtualClock.ts';

const LOCAL = { asn: 64500, bgpIdentifier: 0xc0000201 };
const RULES = importRules(OPEN_IMPORT, {
  asn: 64496,
  role: undefined,
  ownPrefixes: ownPrefixes([]),
});

export function testRib(peers: readonly number[] = [0], clock = new VirtualClock()): RibRunner {
  const runner = new RibRunner({ clock, local: LOCAL, onEvent: () => {} });
  for (const peer of peers) runner.setRules(peer as PeerIndex, RULES);
  return runner;
}

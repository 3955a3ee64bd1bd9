/** What the announcer wants, as the speaker takes it. */

import { type Desired, type Reason, UNDECIDED } from '../announcer/desired.ts';
import { reasonText } from '../control/words.ts';
import type { Cease } from '../fsm/events.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import type { NeighbourIntent } from '../speaker/speaker.ts';
import { CeaseSubcode } from '../wire/constants.ts';

export function intentsOf(desired: Desired): ReadonlyMap<string, NeighbourIntent> {
  const intents = new Map<string, NeighbourIntent>();
  for (const [name, { session, decisions }] of desired) {
    const routes: OwnRoutes[] = [];
    for (const { prefixes, terms } of decisions) if (terms) routes.push({ prefixes, terms });
    // Whether a service is alive is soon known: until then this is not all that will be announced.
    const partial = decisions.some(({ reason }) => UNDECIDED.has(reason.kind));
    const down = session.wanted ? undefined : ceaseFor(session.reason);
    intents.set(name, { down, routes, partial });
  }
  return intents;
}

/** What the neighbour is told (RFC 4486, 9003): a stop is for good, a dead link is not. */
function ceaseFor(reason: Reason): Cease {
  const communication = reasonText(reason, undefined);
  return { subcode: SUBCODE[reason.kind] ?? CeaseSubcode.administrativeReset, communication };
}

const SUBCODE: { readonly [K in Reason['kind']]?: number } = {
  stopping: CeaseSubcode.administrativeShutdown,
  // RFC 9384 §3
  'bfd-down': CeaseSubcode.bfdDown,
  'bfd-awaited': CeaseSubcode.bfdDown,
};

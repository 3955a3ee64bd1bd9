/** A wire delta as people read it. Pure. */

import type { PlannedNeighbourView, WirePlanView } from '../control/wirePlanView.ts';
import { prefixList } from '../control/words.ts';
import { wrap } from '../control/wrap.ts';
import { attributesText } from './attributesText.ts';
import { type Fact, factLines } from './facts.ts';
import type { Layout } from './table.ts';

/** Lines without their ends. `file`: the one that it is a plan for. */
export function wirePlanText(view: WirePlanView, file: string, layout: Layout): readonly string[] {
  const { against, configFile, neighbours } = view;
  const beside =
    against === 'daemon'
      ? `${file}, beside what the running daemon (${configFile}) has announced:`
      : `${file}; no daemon runs, so this is beside nothing, with every session and check up:`;
  const head = wrap(beside, layout.width);
  if (neighbours.length === 0) return [...head, 'nothing would be sent, and no session touched'];
  return [...head, ...neighbours.flatMap((each) => ['', ...neighbourLines(each, layout)])];
}

const SESSION: Readonly<Record<PlannedNeighbourView['session'], string>> = {
  none: 'the session stays',
  routes: 'the session stays',
  'next-hops': 'the session stays, all is sent again with another next hop',
  reset: 'THE SESSION RESETS: all is withdrawn, and announced anew',
  added: 'a new session',
  removed: 'the session ends',
};

function neighbourLines(planned: PlannedNeighbourView, layout: Layout): readonly string[] {
  const { neighbour, session, announce, change, withdraw, held, price } = planned;
  const gentle = session !== 'reset' && session !== 'removed';
  const facts: readonly Fact[] = [
    ...announce.map(({ prefixes, attributes }): Fact => {
      return ['announce', `${prefixList(prefixes)} (${attributesText(attributes)})`];
    }),
    ...change.map(({ prefixes, attributes }): Fact => {
      return ['change', `${prefixList(prefixes)} (${attributesText(attributes)})`];
    }),
    ...(withdraw.length > 0 ? [['withdraw', prefixList(withdraw)] as const] : []),
    ...held.map(
      ({ prefixes, reason }): Fact => ['later', `${prefixList(prefixes)}: ${reason.text}`],
    ),
    ...(price ? [['costs', price.text] as const] : []),
  ];
  const quiet = facts.length === 0 && gentle;
  const nothing: Fact = ['now', 'nothing is sent: it counts from the next announcement on'];
  return [
    `${layout.paint('bold', neighbour)}: ${layout.paint(gentle ? 'good' : 'warn', SESSION[session])}`,
    ...factLines(quiet ? [nothing] : facts, layout),
  ];
}

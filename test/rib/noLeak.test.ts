/**
 * A learned route cannot be announced to an upstream (ADR 2), held by the compiler: each
 * `@ts-expect-error` is a way to try, and `tsc` fails when one of them is no error any more. The
 * functions are never called: what must be shown is that they cannot be written without lying to the
 * compiler.
 */

import t from 'tap';
import type { LearnedReceiver, OwnPrefix } from '../../src/config/config.ts';
import { NO_COMMUNITIES } from '../../src/net/community.ts';
import type { Prefix } from '../../src/net/prefix.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { AdjRibOut } from '../../src/rib/adjRibOut.ts';
import type { OwnRoute } from '../../src/rib/ownRoute.ts';
import { PrefixList } from '../../src/rib/prefixList.ts';
import type { ExportOutlet } from '../../src/session/exportMember.ts';
import type { Session } from '../../src/session/session.ts';
import { NlriCursor } from '../../src/wire/nlri.ts';
import { configOf, ownRoute, routesOf } from '../support/ownRoute.ts';

const [upstream] = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { transit-a: { asn: 64496, address: 198.51.100.1 } }
`).upstreams;
if (!upstream) throw new Error('the file names an upstream');

/** As much as can be had of a received route. */
function learned(): Prefix {
  const cursor = new NlriCursor();
  return cursor.prefix();
}

export const ATTEMPTS = {
  'a received prefix is no own prefix': (): OwnPrefix => {
    // @ts-expect-error
    return learned();
  },
  'nor is one that was copied from it': (): OwnPrefix => {
    // @ts-expect-error
    return { ...learned() };
  },
  'nor one that was read from text': (): OwnPrefix | undefined => {
    // @ts-expect-error
    return parsePrefix('203.0.113.0/24');
  },
  'an own route cannot be made around it': (): OwnRoute => {
    const rest = { prepend: 0, med: undefined, communities: NO_COMMUNITIES };
    // @ts-expect-error
    return { prefix: learned(), ...rest };
  },
  'an own route cannot be turned into it': (): OwnRoute => {
    // @ts-expect-error
    return { ...ownRoute('203.0.113.0/24'), prefix: learned() };
  },
  'nor does a list of own prefixes': (): PrefixList => {
    // @ts-expect-error
    return new PrefixList([learned()]);
  },
  'Adj-RIB-Out does not take it': () => {
    const terms = { prepend: 0, med: undefined, communities: NO_COMMUNITIES };
    // @ts-expect-error
    new AdjRibOut().setDesired([{ prefixes: [learned()], terms }]);
  },
  'nor does a session': (session: Session) => {
    const terms = { prepend: 0, med: undefined, communities: NO_COMMUNITIES };
    // @ts-expect-error
    session.setRoutes([{ prefixes: [learned()], terms }]);
  },
  'an upstream is not among those who may be sent learned routes': (): LearnedReceiver => {
    // @ts-expect-error
    return upstream;
  },
  'whatever is said of it': (): LearnedReceiver => {
    // @ts-expect-error
    return { ...upstream, export: 'all', nextHopSelf: true };
  },
  'so an export group has no place for it': (outlet: ExportOutlet): ExportOutlet => {
    // @ts-expect-error
    return { ...outlet, receiver: upstream };
  },
};

t.test('an own route comes from the file, and goes to Adj-RIB-Out', (t) => {
  const out = new AdjRibOut();
  out.setDesired(routesOf(ownRoute('203.0.113.0/24')));
  const [group] = out.difference(['ipv4']).announce;
  t.same(group?.lists[0]?.texts, ['203.0.113.0/24']);
  t.ok(Object.keys(ATTEMPTS).length > 0, 'and nothing else does: see the file head');
  t.end();
});

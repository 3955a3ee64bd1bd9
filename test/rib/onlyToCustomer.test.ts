/** RFC 9234 §5, ingress: what is added to, and refused of, what a neighbour of each role sends. */

import t from 'tap';
import { OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import type { Role } from '../../src/net/role.ts';
import { importRules } from '../../src/policy/import.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { bringUp, describe, feed, makeRib, route } from './fixture.ts';
import { FOUR_OCTET, type SetSpec } from './updates.ts';

const A = '10.0.0.0/8';
const SIX = '2400:1::/32';
const PEER = 64496;
const TWO_OCTET = { ...FOUR_OCTET, fourOctetAs: false };

function rulesFor(role: Role | undefined) {
  return importRules(
    { ...OPEN_IMPORT, asSet: 'accept' },
    { asn: PEER, role, ownPrefixes: ownPrefixes([]) },
  );
}

/** What OTC says of the stored path, or `leak`. */
function stored(role: Role | undefined, set: SetSpec, context = FOUR_OCTET, prefix = A) {
  const rib = makeRib();
  const peer = bringUp(rib, 0, { rules: rulesFor(role), context });
  feed(rib, peer, { announce: [prefix], ...set }, context);
  rib.checkInvariants();
  const path = route(rib, prefix)?.paths[0];
  return path?.standing.kind === 'refused' ? 'leak' : path?.onlyToCustomer;
}

const ROWS: readonly (readonly [Role | undefined, SetSpec, number | 'leak', string])[] = [
  ['provider', {}, PEER, 'is added'],
  ['provider', { otc: PEER }, PEER, 'stays'],
  ['provider', { otc: 5 }, 5, 'stays, whatever AS it names'],
  ['rs', {}, PEER, 'is added'],
  ['rs', { otc: 5 }, 5, 'stays'],
  ['peer', {}, PEER, 'is added'],
  ['peer', { otc: PEER }, PEER, 'stays'],
  ['peer', { otc: 5 }, 'leak', 'is a leak when it names another'],
  ['customer', {}, 0, 'is not added'],
  ['customer', { otc: 5 }, 'leak', 'is a leak'],
  ['customer', { otc: PEER }, 'leak', 'is a leak'],
  ['rs-client', {}, 0, 'is not added'],
  ['rs-client', { otc: PEER }, 'leak', 'is a leak'],
  [undefined, {}, 0, 'is not added'],
  [undefined, { otc: 5 }, 5, 'stays'],
];

for (const [role, set, expected, what] of ROWS) {
  const from = role ?? 'neighbour of no role';
  const has = set.otc === undefined ? 'no OTC' : `OTC ${set.otc}`;
  t.test(`RFC 9234 §5: from a ${from}, with ${has}: it ${what}`, (t) => {
    t.equal(stored(role, { path: [PEER, 7], ...set }), expected);
    t.equal(stored(role, { path: [PEER, 7], ...set }, FOUR_OCTET, SIX), expected, 'IPv6');
    t.equal(stored(role, { path: [PEER, 7], ...set }, TWO_OCTET), expected, 'two octets an AS');
    t.end();
  });
}

t.test("RFC 9234 §5: it names the neighbour's AS, even where the path begins with another", (t) => {
  t.equal(stored('rs', { path: [7, 8] }), PEER, 'a route server that is not in the path');
  t.equal(stored('rs', { path: [7, 8], otc: 9 }), 9);
  t.equal(stored('provider', { path: [[PEER, 7]] }), PEER, 'a set');
  t.equal(stored('provider', { path: [] }), PEER, 'no path at all');
  t.equal(stored('rs', { path: [7], raw: [0x80, 99, 1, 0] }, TWO_OCTET), PEER);
  t.end();
});

t.test('what one neighbour sends with OTC and another without are two attribute sets', (t) => {
  const rib = makeRib();
  const provider = bringUp(rib, 0, { rules: rulesFor('provider') });
  const customer = bringUp(rib, 1, { ...describe(1), rules: rulesFor('customer') });
  feed(rib, provider, { announce: [A], path: [PEER, 7] });
  feed(rib, customer, { announce: [A], path: [PEER, 7] });
  t.same(
    route(rib, A)?.paths.map(({ onlyToCustomer }) => onlyToCustomer),
    [PEER, 0],
  );
  rib.checkInvariants();
  t.end();
});

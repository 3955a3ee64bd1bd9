import t from 'tap';
import { DEFAULT_IMPORT, type ImportPolicy, OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import type { Prefix } from '../../src/net/prefix.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { importRules } from '../../src/policy/import.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../../src/policy/importBogons.ts';
import type { ImportNeighbour } from '../../src/policy/importNeighbour.ts';
import { reasonText } from '../../src/policy/importReason.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { MAX_REASON, Reason } from '../../src/rib/reason.ts';
import { bringUp, feed, makeRib, route } from '../rib/fixture.ts';
import type { SetSpec } from '../rib/updates.ts';

const PEER_AS = 3000;
const GOOD = '8.8.8.0/24';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed) throw new Error(`${text} is not a prefix`);
  return parsed;
}

/** What becomes of a route, as the code that scripts see. */
function fate(
  text: string,
  set: SetSpec = {},
  policy: Partial<ImportPolicy> = {},
  neighbour: Partial<ImportNeighbour> = {},
): string {
  const whole = {
    asn: PEER_AS,
    role: 'provider' as const,
    ownPrefixes: ownPrefixes([]),
    ...neighbour,
  };
  const rib = makeRib();
  const peer = bringUp(rib, 0, { rules: importRules({ ...DEFAULT_IMPORT, ...policy }, whole) });
  feed(rib, peer, { path: [PEER_AS, 4000], ...set, announce: [text] });
  rib.checkInvariants();
  const standing = route(rib, text)?.paths[0]?.standing;
  return standing?.kind === 'refused' ? reasonText(standing.reason).code : 'accepted';
}

t.test('what an honest upstream sends is accepted by default', (t) => {
  for (const text of [
    GOOD,
    '0.0.0.0/0',
    '::/0',
    '1.0.0.0/8',
    '2a00::/12',
    '2001:4860::/32',
    '2001::/32',
  ]) {
    t.equal(fate(text), 'accepted', text);
  }
  t.end();
});

t.test('bogons, parts of them and nothing beside them are refused', (t) => {
  for (const text of [...IPV4_BOGONS, ...IPV6_BOGONS]) {
    t.equal(fate(text), 'bogon', text);
    t.equal(
      fate(text, {}, { bogons: 'accept', maxLength: { ipv4: 32, ipv6: 128 } }),
      'accepted',
      text,
    );
  }
  for (const text of [
    '10.20.0.0/16',
    '172.31.0.0/16',
    '255.255.255.0/24',
    'fc00::/7',
    'fe80::/10',
    '::1/128',
    '2001:db8:1::/48',
  ]) {
    t.equal(fate(text), 'bogon', text);
  }
  for (const text of [
    '9.0.0.0/8',
    '11.0.0.0/8',
    '100.0.0.0/10',
    '172.32.0.0/16',
    '192.0.1.0/24',
    '223.255.255.0/24',
    '2001:db7::/32',
    '2003::/16',
    '3ff0::/20',
  ]) {
    t.equal(fate(text), 'accepted', text);
  }
  // Less specific than a bogon is not within it.
  t.equal(fate('172.0.0.0/8'), 'accepted');
  t.end();
});

t.test('our own prefixes and parts of them are refused as ours, whatever else they are', (t) => {
  const ours = {
    ownPrefixes: ownPrefixes(['203.0.113.0/24', '8.8.0.0/16', '2400:1::/32'].map(prefix)),
  };
  t.equal(fate('203.0.113.0/24', {}, {}, ours), 'own-prefix');
  t.equal(fate(GOOD, {}, {}, ours), 'own-prefix');
  t.equal(fate('2400:1:2::/48', {}, {}, ours), 'own-prefix');
  t.equal(fate('8.0.0.0/8', {}, {}, ours), 'accepted');
  t.equal(fate('2400::/16', {}, {}, ours), 'accepted');
  t.equal(fate(GOOD, {}, { ownPrefixes: 'accept' }, ours), 'accepted');
  t.end();
});

t.test('longer than /24 and /48 is refused, or than what the file says', (t) => {
  t.equal(fate('8.8.8.0/25'), 'too-specific');
  t.equal(fate('2400:1::/49'), 'too-specific');
  t.equal(fate('2400:1::/48'), 'accepted');
  const maxLength = { ipv4: 32, ipv6: 128 };
  t.equal(fate('8.8.8.8/32', {}, { maxLength }), 'accepted');
  t.equal(fate('2400:1::1/128', {}, { maxLength }), 'accepted');
  t.end();
});

t.test('paths are refused for what is in them, and accepted where that is turned', (t) => {
  const path = (...rest: (number | number[])[]) => ({ path: [PEER_AS, ...rest] });
  const cases: [SetSpec, string, Partial<ImportPolicy>][] = [
    [path(...new Array(64).fill(5)), 'as-path-too-long', { longPaths: 'accept' }],
    [path([5, 6]), 'as-set', { asSet: 'accept' }],
    [path(64512), 'private-as', { privateAs: 'accept' }],
    [path(4_200_000_000), 'private-as', { privateAs: 'accept' }],
    [path(65535), 'reserved-as', { reservedAs: 'accept' }],
    [path(23456), 'reserved-as', { reservedAs: 'accept' }],
    [path(64500), 'own-as', { allowOwnAs: 1 }],
    [path(64500, 64500), 'own-as', { allowOwnAs: 2 }],
    [{ path: [5, PEER_AS] }, 'first-as', { firstAs: 'accept' }],
    [{ path: [] }, 'first-as', { firstAs: 'accept' }],
    [{ path: [[PEER_AS]] }, 'as-set', { firstAs: 'accept', asSet: 'accept' }],
  ];
  for (const [set, code, turned] of cases) {
    t.equal(fate(GOOD, set), code, code);
    t.equal(fate(GOOD, set, turned), 'accepted', `${code} turned`);
  }
  t.equal(fate(GOOD, path(64500, 64500), { allowOwnAs: 1 }), 'own-as');
  t.equal(fate(GOOD, path(...new Array(63).fill(5))), 'accepted');
  t.end();
});

t.test('a neighbour with a private AS number may have it in its paths', (t) => {
  t.equal(fate(GOOD, { path: [65001, 5] }, {}, { asn: 65001 }), 'accepted');
  t.end();
});

t.test('accept: default takes the default route alone, accept: none nothing', (t) => {
  t.equal(fate('0.0.0.0/0', {}, { accept: 'default' }), 'accepted');
  t.equal(fate('::/0', {}, { accept: 'default' }), 'accepted');
  t.equal(fate(GOOD, {}, { accept: 'default' }), 'not-default');
  t.equal(fate('0.0.0.0/0', {}, { accept: 'none' }), 'accept-none');
  t.equal(fate('2400:1::/32', {}, { accept: 'none' }), 'accept-none');
  t.end();
});

t.test('RFC 9234 §5: OTC is a leak from a customer, and from a peer that it does not name', (t) => {
  const otc = (value: number) => ({ otc: value });
  t.equal(fate(GOOD, otc(5), {}, { role: 'customer' }), 'route-leak');
  t.equal(fate(GOOD, otc(5), {}, { role: 'rs-client' }), 'route-leak');
  t.equal(fate(GOOD, otc(5), {}, { role: 'peer' }), 'route-leak');
  t.equal(fate(GOOD, otc(PEER_AS), {}, { role: 'peer' }), 'accepted');
  t.equal(fate(GOOD, otc(5)), 'accepted');
  t.equal(fate(GOOD, otc(5), {}, { role: undefined }), 'accepted');
  t.equal(fate(GOOD, {}, {}, { role: 'customer' }), 'accepted');
  t.end();
});

t.test('RFC 7607: AS 0 is refused even where everything is open', (t) => {
  const rules = importRules(OPEN_IMPORT, {
    asn: PEER_AS,
    role: undefined,
    ownPrefixes: ownPrefixes([]),
  });
  t.not(rules.refusedFacts & (1 << (Reason.asZero - 1)), 0);
  t.end();
});

t.test('every reason fits into its five bits and has a code of its own', (t) => {
  const reasons = Object.values(Reason);
  t.ok(Math.max(...reasons) <= MAX_REASON);
  t.equal(new Set(reasons).size, reasons.length);
  t.equal(new Set(reasons.map((reason) => reasonText(reason).code)).size, reasons.length);
  t.end();
});

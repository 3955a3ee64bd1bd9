import fc from 'fast-check';
import t from 'tap';
import type { Family } from '../../src/net/family.ts';
import { parseAddress } from '../../src/net/text.ts';
import { AdjRibOut } from '../../src/rib/adjRibOut.ts';
import type { OwnRoute } from '../../src/rib/ownRoute.ts';
import { exportUpdates, nextHopFor } from '../../src/session/exportUpdates.ts';
import type { SessionConfig } from '../../src/session/sessionConfig.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { NlriCursor } from '../../src/wire/nlri.ts';
import { Verdict } from '../../src/wire/update.ts';
import { configOf, ownRoute, routesOf } from '../support/ownRoute.ts';
import { SESSION, viewOf } from '../support/updateBytes.ts';

function sessionOf(keys = '', asn = 64500): SessionConfig {
  const config = configOf(`
asn: ${asn}
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { peer: { asn: 64496, address: 198.51.100.1, ${keys} } }
`);
  const [neighbour] = config.upstreams;
  if (!neighbour) throw new Error('the file names an upstream');
  return { localAs: config.asn, routerId: config.routerId, neighbour };
}

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`not an address: ${text}`);
  return parsed;
}

const LOCAL = address('198.51.100.2');
const BOTH = ['ipv4', 'ipv6'] as const;
const SIX = 'families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" }';

/** Everything that brings a neighbour from `before` to `after`. */
function updates(
  after: readonly OwnRoute[],
  config = sessionOf(SIX),
  context: CodecContext = SESSION.external,
  before: readonly OwnRoute[] = [],
): Uint8Array[] {
  const out = new AdjRibOut();
  out.setDesired(routesOf(...before));
  out.commit(out.difference(BOTH), 0);
  out.setDesired(routesOf(...after));
  const messages: Uint8Array[] = [];
  exportUpdates(out.difference(BOTH), config, LOCAL, context, (one) => messages.push(one));
  return messages;
}

function hex(message: Uint8Array | undefined): string {
  return Buffer.from(message?.subarray(19) ?? []).toString('hex');
}

t.test('RFC 8950: an IPv4 route with our IPv6 address as its next hop', (t) => {
  const own = address('2001:db8::2');
  const context = { ...SESSION.external, extendedNextHop: true };
  const config = sessionOf();
  t.equal(nextHopFor('ipv4', config, own, context)?.text, '2001:db8::2');
  t.equal(nextHopFor('ipv4', config, own, SESSION.external), undefined, 'not negotiated');
  t.equal(nextHopFor('ipv6', config, LOCAL, context), undefined, 'not the other way round');
  const out = new AdjRibOut();
  out.setDesired(routesOf(ownRoute('203.0.113.0/24')));
  const messages: Uint8Array[] = [];
  exportUpdates(out.difference(BOTH), config, own, context, (one) => messages.push(one));
  t.equal(
    hex(messages[0]),
    [
      ...['0000', '002a', '900e0019', '0001', '01', '10', '20010db8000000000000000000000002', '00'],
      ...['18cb0071', '40010100', '40020602010000fbf4'],
    ].join(''),
  );
  t.end();
});

t.test('RFC 9234 §5: our own routes are marked for peers, and not for providers', (t) => {
  const route = [ownRoute('203.0.113.0/24')];
  t.notMatch(hex(updates(route, sessionOf())[0]), 'c02304', 'a provider');
  t.notMatch(hex(updates(route, sessionOf('role: rs-client'))[0]), 'c02304', 'a route server');
  t.match(hex(updates(route, sessionOf('role: peer'))[0]), 'c023040000fbf4', 'a peer');
  t.end();
});

t.test('next hop: what the file says, else ourselves, of the same family only', (t) => {
  const plain = sessionOf();
  t.equal(nextHopFor('ipv4', plain, LOCAL, SESSION.external)?.text, '198.51.100.2');
  t.equal(nextHopFor('ipv6', plain, LOCAL, SESSION.external), undefined);
  const said = sessionOf('next-hop: { ipv4: 198.51.100.9 }');
  t.equal(nextHopFor('ipv4', said, LOCAL, SESSION.external)?.text, '198.51.100.9');
  t.equal(nextHopFor('ipv6', sessionOf(SIX), LOCAL, SESSION.external)?.text, '2001:db8::2');
  t.end();
});

t.test('our AS is prepended once, and as often as the file says beyond that', (t) => {
  const [plain] = updates([ownRoute('203.0.113.0/24')]);
  t.match(hex(plain), '40020602010000fbf4');
  const [longer] = updates([ownRoute('203.0.113.0/24', { prepend: 2 })]);
  t.match(hex(longer), `40020e0203${'0000fbf4'.repeat(3)}`);
  t.end();
});

t.test('RFC 4271 §5.1.5: no LOCAL_PREF to an external neighbour', (t) => {
  const [message] = updates([ownRoute('203.0.113.0/24', { med: 10 })]);
  t.match(hex(message), '8004040000000a', 'MULTI_EXIT_DISC');
  t.notMatch(hex(message), '400504');
  t.end();
});

t.test('RFC 6793 §4.2.2: towards two octets, AS_TRANS and the truth in AS4_PATH', (t) => {
  const big = sessionOf('', 4_200_000_000);
  const [message] = updates([ownRoute('203.0.113.0/24')], big, SESSION.twoOctet);
  t.match(hex(message), '40020402015ba0');
  t.match(hex(message), '11060201fa56ea00');
  t.end();
});

t.test('RFC 4760: IPv6 goes in MP_REACH_NLRI and MP_UNREACH_NLRI', (t) => {
  const six = ownRoute('2001:db8:113::/48');
  const [message] = updates([six]);
  t.match(hex(message), '0002011020010db8000000000000000000000002003020010db80113');
  const [gone] = updates([], sessionOf(SIX), SESSION.external, [six]);
  t.equal(hex(gone), '0000000e900f000a0002013020010db80113');
  t.end();
});

t.test('announcements come before withdrawals: a replaced prefix is never missing', (t) => {
  const messages = updates([ownRoute('192.0.2.0/24')], sessionOf(SIX), SESSION.external, [
    ownRoute('198.51.100.0/24'),
  ]);
  t.equal(messages.length, 2);
  t.match(hex(messages[0]), /18c00002$/);
  t.equal(hex(messages[1]), '000418c633640000');
  t.end();
});

/** A reader of its own: what a neighbour holds after these UPDATEs. */
function held(messages: readonly Uint8Array[], context: CodecContext): Set<string> {
  const routes = new Set<string>();
  const walk = (bytes: Uint8Array, start: number, end: number, family: Family) => {
    const cursor = new NlriCursor();
    const found: string[] = [];
    for (cursor.reset(bytes, start, end, family, false); cursor.next(); ) {
      found.push(cursor.prefix().text);
    }
    return found;
  };
  for (const bytes of messages) {
    const view = viewOf(bytes, context);
    if (view.verdict !== Verdict.ok) throw new Error('our own UPDATE is faulty');
    const gone = [
      ...walk(bytes, view.withdrawnStart, view.withdrawnEnd, 'ipv4'),
      ...walk(bytes, view.mpUnreachNlriStart, view.mpUnreachNlriEnd, 'ipv6'),
    ];
    for (const text of gone) if (!routes.delete(text)) throw new Error(`${text} was not there`);
    for (const text of walk(bytes, view.nlriStart, view.nlriEnd, 'ipv4')) routes.add(text);
    for (const text of walk(bytes, view.mpReachNlriStart, view.mpReachNlriEnd, 'ipv6')) {
      routes.add(text);
    }
  }
  return routes;
}

t.test(
  'property: what is sent is well-formed, and leaves the neighbour with what is desired',
  (t) => {
    const prefixes = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.128/25', '2001:db8:1::/48'];
    const all = prefixes.flatMap((prefix) =>
      [0, 3].map((prepend) => ownRoute(prefix, { prepend })),
    );
    const set = fc.uniqueArray(fc.constantFrom(...all), { selector: ({ prefix }) => prefix.text });
    fc.assert(
      fc.property(set, set, fc.boolean(), (before, after, fourOctetAs) => {
        const context = fourOctetAs ? SESSION.external : SESSION.twoOctet;
        const config = sessionOf(SIX);
        const first = updates(before, config, context);
        const second = updates(after, config, context, before);
        t.same(
          [...held([...first, ...second], context)].sort(),
          after.map(({ prefix }) => prefix.text).sort(),
        );
      }),
      { seed: 7606, numRuns: 100 },
    );
    t.end();
  },
);

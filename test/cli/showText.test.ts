import t from 'tap';
import { announcementsText, sessionsText, statusText, tableText } from '../../src/cli/showText.ts';
import { colourPaint, plainPaint } from '../../src/control/paint.ts';
import { sessionsView, statusView } from '../../src/control/statusView.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { makeRib } from '../rib/fixture.ts';
import { FakeDaemon, FULL_TABLE, NOW, upSession } from '../support/fakeDaemon.ts';
import { agreed, config, LOCAL_AS, openOf, PEER_AS } from '../support/fsm.ts';
import { learnedRoutes } from '../support/learnedRoutes.ts';

const look = { now: NOW, width: 80, paint: plainPaint };
const fake = new FakeDaemon();
fake.routes = {
  ...learnedRoutes(makeRib(), []),
  prefixes: (family) => (family === 'ipv4' ? 895 : 0),
};
const view = statusView(fake);

t.test('`show` says whether we are announced, to whom, since when and why', (t) => {
  t.equal(
    statusText(view, look).join('\n'),
    `multihomed 0.1.0: AS64500, router-id 192.0.2.1, pid 4711, up 3d 4h
/etc/multihomed/multihomed.yaml, loaded 2h 3m ago

203.0.113.0/24: announced to 1 of 2 neighbours
  NEIGHBOUR  ANNOUNCED   ATTRIBUTES       WHY
  transit-a  for 2m 10s  med 10, 64496:1  configured
  transit-b  no          -                link eth2 is down (no carrier)

2001:db8:113::/48: NOT announced: 0 of 1 neighbour
  NEIGHBOUR  ANNOUNCED  ATTRIBUTES       WHY
  transit-a  no         med 10, 64496:1  the neighbour did not agree to carry
                                         ipv6 (RFC 4760 §8): it has to enable
                                         the family on its side
  transit-b  -          -                it is for other upstreams

NEIGHBOUR  AS     STATE        FOR  LINK
transit-a  64496  Established  3m   eth1 is up (derived)
transit-b  64497  Idle         12s  eth2 is down (no carrier)

Learned from neighbours: 895 ipv4 prefixes by 900 paths, 10 of them refused
(\`show routes\`).`,
  );
  t.end();
});

t.test('`show sessions` says what each has been through, and what it sent', (t) => {
  t.equal(
    sessionsText(view, look).join('\n'),
    `NEIGHBOUR  AS     STATE        FOR  LINK
transit-a  64496  Established  3m   eth1 is up (derived)
transit-b  64497  Idle         12s  eth2 is down (no carrier)

transit-a
  connection  198.51.100.1:179, from 198.51.100.2, outgoing, identifier
              198.51.100.1, hold time 90 s, ipv4
  sent        1 OPEN, 2 UPDATE, 7 KEEPALIVE, 0 NOTIFICATION, 0 ROUTE-REFRESH
  received    1 OPEN, 3 UPDATE, 7 KEEPALIVE, 0 NOTIFICATION, 0 ROUTE-REFRESH
  announced   1 IPv4 and 0 IPv6 prefixes
  routes      900 ipv4, 890 accepted, 400 best; 3 UPDATEs; End-of-RIB for ipv4
  history     up once, down 0 times

transit-b
  connection  198.51.100.5:179
  sent        0 OPEN, 0 UPDATE, 0 KEEPALIVE, 0 NOTIFICATION, 0 ROUTE-REFRESH
  received    0 OPEN, 0 UPDATE, 0 KEEPALIVE, 0 NOTIFICATION, 0 ROUTE-REFRESH
  announced   0 IPv4 and 0 IPv6 prefixes
  routes      none; 0 UPDATEs
  history     up 2 times, down 2 times; last ended 12s ago: ended by us: link
              eth2 is down (no carrier)`,
  );
  t.end();
});

t.test('faulty UPDATEs, IPv6 addresses and unknown links are told', (t) => {
  const daemon = new FakeDaemon();
  const learned = { ...upSession.learned, attributeDiscard: 2, treatAsWithdraw: 1 };
  daemon.sessions = [{ ...upSession, name: 'v6', address: '2001:db8::1', learned }];
  const text = sessionsText(sessionsView(daemon), look).join(' ').replaceAll(/\s+/g, ' ');
  t.match(text, /no interface known: only timers protect it/);
  t.match(text, /\[2001:db8::1\]:179/);
  t.match(text, /faulty \(RFC 7606\): 2 with attributes discarded, 1 taken as withdrawals/);
  t.end();
});

t.test('what is in the kernel is one line, where the file wants it there', (t) => {
  const daemon = new FakeDaemon();
  daemon.full = FULL_TABLE;
  const told = statusText(statusView(daemon), look).join(' ').replaceAll(/\s+/g, ' ');
  t.match(
    told,
    "In the kernel: 950000 ipv4 prefixes, 200000 ipv6 prefixes, 12 pending, 2 refused. Last error: 5.0.0.0/16: somebody else's route of this metric is there.",
  );
  t.notMatch(statusText(view, look).join('\n'), /In the kernel/);
  t.end();
});

t.test('what was learned, and nothing learned, is one line', (t) => {
  const none = { prefixes: 0, paths: 0, accepted: 0, best: 0 };
  t.equal(tableText({ ipv4: none, ipv6: none }), 'Learned from neighbours: nothing.');
  const one = { prefixes: 1, paths: 1, accepted: 1, best: 1 };
  t.equal(
    tableText({ ipv4: one, ipv6: { ...one, paths: 2 } }),
    'Learned from neighbours: 1 ipv4 prefix by 1 path; 1 ipv6 prefix by 2 paths, 1 of them refused.',
  );
  t.end();
});

t.test('what a receiver of learned routes was sent, and a rest, are told', (t) => {
  const daemon = new FakeDaemon();
  const exported = { ipv4: 7, ipv6: 2 };
  daemon.sessions = [{ ...upSession, exported, restingUntil: NOW }];
  const text = sessionsText(sessionsView(daemon), look).join(' ').replaceAll(/\s+/g, ' ');
  t.match(text, 'announced 1 IPv4 and 0 IPv6 prefixes of our own, 7 and 2 learned ones');
  t.match(text, 'resting until 2026-01-02T03:04:05.000Z, for going over max-prefixes');
  t.end();
});

t.test('what was negotiated, the roles, and what the neighbour tells of itself', (t) => {
  const daemon = new FakeDaemon();
  const offered: Capability[] = [{ kind: 'role', role: 3 }];
  const open = openOf(LOCAL_AS, { more: offered });
  const theirs: Capability[] = [
    { kind: 'role', role: 0 },
    { kind: 'fqdn', host: 'pe1', domain: 'example.net' },
    { kind: 'softwareVersion', version: 'BIRD 2.0.12' },
  ];
  const negotiated = agreed({ ...config, open }, openOf(PEER_AS, { more: theirs }));
  daemon.sessions = [{ ...upSession, capabilities: { offered, negotiated } }];
  const text = sessionsText(sessionsView(daemon), look).join(' ').replaceAll(/\s+/g, ' ');
  t.match(text, 'negotiated ipv4 unicast, four-octet AS numbers, route refresh');
  t.match(text, 'roles we are customer, it is provider');
  t.match(text, 'neighbour pe1.example.net, BIRD 2.0.12');
  t.end();
});

t.test('a key that does not fit is told, with since when', (t) => {
  const sessions = sessionsView(new FakeDaemon()).sessions.map((view) => ({
    ...view,
    keyMismatch: {
      kind: 'missing' as const,
      since: new Date(NOW - 5000).toISOString(),
      others: [],
      text: 'why',
    },
  }));
  t.match(sessionsText({ sessions }, look).join('\n'), /password +5s ago: why/);
  t.end();
});

t.test('what keeps others out of a session is told', (t) => {
  const daemon = new FakeDaemon();
  daemon.sessions = [{ ...upSession, protection: ['md5', 'gtsm', 'interface'] }];
  const text = sessionsText(sessionsView(daemon), look).join(' ').replaceAll(/\s+/g, ' ');
  t.match(text, 'TCP MD5, GTSM, bound to its interface');
  t.end();
});

t.test('an empty configuration is said to be one', (t) => {
  t.strictSame(announcementsText({ announcements: [] }, look), [
    'The file names no prefix to announce.',
  ]);
  t.strictSame(sessionsText({ sessions: [] }, look), ['The file names no neighbour.']);
  t.end();
});

t.test('in colour, a prefix that is announced nowhere is red', (t) => {
  const text = announcementsText(view, { ...look, paint: colourPaint }).join('\n');
  t.match(text, '\x1b[31mNOT announced: 0 of 1 neighbour\x1b[0m');
  t.match(text, '\x1b[33mannounced to 1 of 2 neighbours\x1b[0m');
  t.end();
});

import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { announcementView } from '../../src/control/announcementView.ts';
import { checkView } from '../../src/control/checkView.ts';
import { configView } from '../../src/control/configView.ts';
import { sessionView } from '../../src/control/sessionView.ts';
import { announcementsView, checksView, statusView } from '../../src/control/statusView.ts';
import type { Family } from '../../src/net/family.ts';
import { CeaseSubcode, ErrorCode } from '../../src/wire/constants.ts';
import { downSession, FakeDaemon, NOW, upSession } from '../support/fakeDaemon.ts';

const daemon = new FakeDaemon();

const WITH_TOKENS = `asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: 203.0.113.0/24, needs: [web, probe] }]
upstreams: { a: { asn: 64496, address: 198.51.100.1 } }
checks:
  web: { http: "https://203.0.113.10:8443/hooks/tulip?key=tulip", host: web.example.net }
  probe: { exec: [/usr/local/bin/probe, --token, tulip] }
`;

t.test('a session has every key always, times in ISO 8601, null for what is not there', (t) => {
  const [up, down] = daemon.upstreams().map(sessionView);
  t.strictSame(Object.keys(up?.session ?? {}), Object.keys(down?.session ?? {}));
  t.match(up, {
    session: { name: 'transit-a', state: 'Established', direction: 'outgoing', lastDown: null },
    path: { interface: 'eth1', origin: 'derived' },
    link: { state: 'up', since: '2026-01-02T02:55:05.000Z' },
  });
  t.match(down?.session, {
    since: '2026-01-02T03:03:53.000Z',
    localAddress: null,
    direction: null,
    peerIdentifier: null,
    holdTime: null,
    lastDown: { kind: 'stopped', notification: null, at: '2026-01-02T03:03:53.000Z' },
  });
  t.end();
});

t.test('nothing that JSON would drop or cannot carry is in a view', (t) => {
  const view = statusView(daemon);
  t.strictSame(JSON.parse(JSON.stringify(view)), view);
  t.end();
});

t.test(
  'a check has every key always: null before its first probe, seconds for what it took',
  (t) => {
    const { checks } = checksView(daemon);
    t.strictSame(JSON.parse(JSON.stringify(checks)), checks);
    t.strictSame(checks[0], {
      ...{ name: 'web', kind: 'tcp', target: '[2001:db8:113::10]:80', state: 'up' },
      since: '2026-01-02T01:59:05.000Z',
      leaseUntil: '2026-01-02T03:04:12.000Z',
      detail: 'connected',
      lastProbe: { at: '2026-01-02T03:04:02.500Z', ok: true, duration: 0.001 },
      neededBy: ['203.0.113.0/24', '2001:db8:113::/48'],
      via: null,
    });
    t.match(checks[1], { state: 'stale', target: 'example.net A at 203.0.113.53:53' });
    t.strictSame(checks[2], {
      ...{ name: 'probe', kind: 'exec', target: '/usr/local/bin/probe …', state: 'unknown' },
      ...{ since: null, leaseUntil: null, detail: null, lastProbe: null, neededBy: [], via: null },
    });
    t.end();
  },
);

t.test('tokens in the URL of a check, or among the arguments of a program, are in no view', (t) => {
  const { config } = loadConfig(WITH_TOKENS, 'x.yaml');
  if (!config) throw new Error('the file is good');
  const views = config.checks.map((check) =>
    checkView({ config: check, fact: undefined, last: undefined, neededBy: [] }),
  );
  t.strictSame(
    views.map(({ target }) => target),
    ['https://203.0.113.10:8443/… as web.example.net', '/usr/local/bin/probe …'],
  );
  const text = JSON.stringify(configView(config));
  t.match(text, /"url":"https:\/\/203\.0\.113\.10:8443\/…".*"argv":\["\/usr\/local\/bin\/probe",/);
  t.notMatch(text, /tulip/);
  t.end();
});

t.test('an upstream without path or link has null for them', (t) => {
  const view = sessionView({ session: upSession, path: undefined, link: undefined });
  t.strictSame([view.path, view.link], [null, null]);
  const none = { interface: undefined, origin: 'none' as const };
  t.strictSame(sessionView({ session: upSession, path: none, link: undefined }).path, {
    interface: null,
    origin: 'none',
  });
  t.end();
});

t.test('a key that does not fit is there with how sure that is, and null without', (t) => {
  const keyMismatch = { kind: 'wrong' as const, since: NOW, others: [] };
  const status = { session: downSession, path: undefined, link: undefined };
  t.equal(sessionView(status).keyMismatch, null);
  t.match(sessionView({ ...status, keyMismatch }).keyMismatch, {
    kind: 'wrong',
    since: '2026-01-02T03:04:05.000Z',
    others: [],
    text: /the password is not the one that we have; .*no other session that is down would fit/,
  });
  t.end();
});

t.test('the NOTIFICATION that ended a session is there by number (RFC 4271 §4.5)', (t) => {
  const notification = {
    code: ErrorCode.cease,
    subcode: CeaseSubcode.administrativeReset,
    data: new Uint8Array(),
  };
  const lastDown = { at: NOW, reason: { kind: 'notificationReceived' as const, notification } };
  const view = sessionView({
    session: { ...upSession, lastDown },
    path: undefined,
    link: undefined,
  });
  t.match(view.session.lastDown, {
    kind: 'notificationReceived',
    notification: { code: 6, subcode: 4 },
  });
  t.end();
});

t.test('announcements: a family that has no next hop is not "not written yet" for ever', (t) => {
  const [upstream] = daemon.upstreams();
  const ipv6 = daemon.announcements().find(({ prefix }) => prefix.family === 'ipv6');
  if (!upstream || !ipv6) throw new Error('the daemon has both');
  const session = { ...upstream.session, families: ['ipv4', 'ipv6'] as const };
  const reason = (withoutNextHop: readonly Family[]) =>
    announcementView(ipv6, { ...session, withoutNextHop }).reason;
  t.match(reason([]), { kind: 'being-sent' });
  t.match(reason(['ipv6']), {
    kind: 'no-next-hop',
    text: /^no ipv6 route can be sent: set next-hop/,
  });
  t.end();
});

t.test('announcements: on the wire, not negotiated, not selected, kept back by a link', (t) => {
  const { announcements } = announcementsView(daemon);
  const kinds = announcements.map(({ prefix, neighbour, announced, reason }) => [
    prefix,
    neighbour,
    announced,
    reason.kind,
  ]);
  t.strictSame(kinds, [
    ['203.0.113.0/24', 'transit-a', true, 'configured'],
    ['2001:db8:113::/48', 'transit-a', false, 'family-not-negotiated'],
    ['203.0.113.0/24', 'transit-b', false, 'link-down'],
    ['2001:db8:113::/48', 'transit-b', false, 'not-selected'],
  ]);
  t.strictSame(announcements[0], {
    prefix: '203.0.113.0/24',
    family: 'ipv4',
    neighbour: 'transit-a',
    announced: true,
    advertisedSince: '2026-01-02T03:01:55.000Z',
    reason: { kind: 'configured', text: 'configured' },
    attributes: { prepend: 0, med: 10, communities: ['64496:1'] },
  });
  t.equal(announcements[2]?.attributes, null);
  t.end();
});

t.test('an announcement on its way is told apart from one that waits for its session', (t) => {
  const [wanted, , kept] = daemon.announcements();
  if (!wanted || !kept) throw new Error('the fake daemon has announcements');
  const waiting = { ...wanted, advertisedSince: undefined };
  const kind = (...args: Parameters<typeof announcementView>) =>
    announcementView(...args).reason.kind;
  t.equal(kind(waiting, upSession), 'being-sent');
  t.equal(kind(waiting, downSession), 'session-not-up');
  t.equal(kind(waiting, undefined), 'session-not-up');
  t.equal(kind({ ...kept, advertisedSince: NOW }, upSession), 'being-withdrawn');
  t.end();
});

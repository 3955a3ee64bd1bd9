import t from 'tap';
import { downReasonText, linkText, prefixList, reasonText } from '../../src/control/words.ts';
import { CeaseSubcode, ErrorCode } from '../../src/wire/constants.ts';
import { downLink, downSession, upSession } from '../support/fakeDaemon.ts';

t.test('a reason says what stands in the way', (t) => {
  t.equal(
    reasonText({ kind: 'link-down', link: downLink }, undefined),
    'link eth2 is down (no carrier)',
  );
  t.equal(reasonText({ kind: 'stopping', why: 'SIGTERM' }, undefined), 'SIGTERM');
  t.match(reasonText({ kind: 'not-selected' }, undefined), /for other upstreams/);
  t.match(reasonText({ kind: 'family-not-carried' }, undefined), /families in the file/);
  t.end();
});

t.test('what is configured but waits for its session says so, and why the last one ended', (t) => {
  const reason = { kind: 'configured' as const };
  t.equal(reasonText(reason, undefined), 'configured');
  t.equal(reasonText(reason, upSession), 'configured');
  t.equal(
    reasonText(reason, { ...downSession, state: 'Connect' }),
    'the session is not up (Connect; last: ended by us: link eth2 is down (no carrier))',
  );
  const fresh = { ...downSession, state: 'Active' as const, lastDown: undefined };
  t.equal(reasonText(reason, fresh), 'the session is not up (Active)');
  t.end();
});

t.test(
  'what comes after a flap waits for its session, and what is wrong with that is told',
  (t) => {
    const reason = { kind: 'awaits-session' as const };
    t.match(reasonText(reason, undefined), /some time after its session has come up/);
    t.match(reasonText(reason, downSession), /^the session is not up/);
    t.match(reasonText(reason, upSession), /to carry its family/);
    t.end();
  },
);

t.test('a session that rests for going over max-prefixes says until when', (t) => {
  const resting = { ...downSession, restingUntil: Date.UTC(2026, 0, 1, 12, 30) };
  t.equal(
    reasonText({ kind: 'configured' }, resting),
    'the session rests until 2026-01-01T12:30:00.000Z for going over max-prefixes',
  );
  t.end();
});

t.test('of a failed connection and an ended session, the later one is told', (t) => {
  const reason = { kind: 'configured' as const };
  const last = (at: number) =>
    reasonText(reason, { ...downSession, lastConnectFault: { at, cause: 'no answer' } });
  const ended = downSession.lastDown?.at ?? 0;
  t.match(last(ended + 1), /last: no answer/);
  t.match(last(ended), /last: no answer/);
  t.match(last(ended - 1), /last: ended by us: link eth2 is down/);
  t.end();
});

t.test('every way a session ends has words', (t) => {
  const cease = {
    code: ErrorCode.cease,
    subcode: CeaseSubcode.administrativeShutdown,
    data: new Uint8Array(),
  };
  t.equal(downReasonText({ kind: 'stopped', communication: '' }), 'ended by us');
  t.equal(downReasonText({ kind: 'tcpFailed', cause: 'no answer' }), 'no answer');
  t.match(downReasonText({ kind: 'holdTimerExpired' }), /^hold timer expired/);
  t.match(downReasonText({ kind: 'sendHoldTimerExpired' }), /RFC 9687/);
  t.match(downReasonText({ kind: 'collision' }), /§6\.8/);
  t.match(
    downReasonText({ kind: 'notificationReceived', notification: cease }),
    /^the neighbour sent Cease\/Administrative Shutdown/,
  );
  t.match(
    downReasonText({ kind: 'notificationSent', notification: cease, cause: 'because' }),
    /^we sent Cease\/Administrative Shutdown.*: because$/,
  );
  t.end();
});

t.test('links say why they are down', (t) => {
  const link = { interface: 'eth1', since: 0 };
  t.equal(linkText({ ...link, state: 'up', cause: 'up' }), 'link eth1 is up');
  t.match(linkText({ ...link, state: 'down', cause: 'admin-down' }), /administrator/);
  t.match(linkText({ ...link, state: 'down', cause: 'absent' }), /no such interface/);
  t.match(linkText({ ...link, state: 'down', cause: 'simulated' }), /simulated carrier/);
  t.end();
});

t.test('lists of prefixes stay short', (t) => {
  t.equal(prefixList([]), 'nothing');
  t.equal(prefixList(['a']), 'a');
  t.equal(prefixList(['a', 'b']), 'a and b');
  t.equal(prefixList(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d and e');
  t.equal(prefixList(['a', 'b', 'c', 'd', 'e', 'f']), 'a, b, c, d and 2 more');
  t.end();
});

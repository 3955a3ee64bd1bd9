import t from 'tap';
import { transition } from '../../src/fsm/transition.ts';
import { config, did, events, openOf, PEER_AS, passiveConfig, stateNamed } from '../support/fsm.ts';

const DROP = ['stopTimer connectRetry', 'stopTimer hold', 'dropTcp'];
const HELD = 'startTimer idleHold ~1';

t.test('OpenSent: starts (1, 3-7) and other connections (16, 17) are ignored', (t) => {
  for (const event of [events.ManualStart, events.TcpCRAcked, events.TcpConnectionConfirmed]) {
    t.same(did('OpenSent', event), ['OpenSent']);
  }
  t.end();
});

t.test('OpenSent: a stop (2, 8) says Cease, with the text of RFC 9003', (t) => {
  const [next, actions] = transition(stateNamed('OpenSent'), events.ManualStop);
  t.match(next, { name: 'Idle', waiting: 'stopped' });
  t.match(actions[0], { type: 'sendNotification', notification: { code: 6, subcode: 2 } });
  t.match(actions.at(-1), { reason: { kind: 'stopped', communication: 'maintenance' } });
  t.same(did('OpenSent', events.AutomaticStop), [
    'Idle/stopped',
    'sendNotification 6/2',
    ...DROP,
    'stopTimer idleHold',
    'reportDown stopped',
  ]);
  t.end();
});

t.test('OpenSent: no OPEN within the large hold time (10) is Hold Timer Expired', (t) => {
  t.same(did('OpenSent', events.HoldTimerExpires), [
    'Idle/holding',
    'sendNotification 4/0',
    ...DROP,
    HELD,
    'reportDown holdTimerExpired',
  ]);
  t.end();
});

t.test('OpenSent: a failure (18) goes back to Active, and is no oscillation', (t) => {
  t.same(did('OpenSent', events.TcpConnectionFails), [
    'Active',
    'stopTimer hold',
    'dropTcp',
    'startTimer connectRetry ~10',
    'reportDown tcpFailed',
  ]);
  t.same(did('OpenSent', events.TcpConnectionFails, passiveConfig), [
    'Active',
    'stopTimer hold',
    'dropTcp',
    'reportDown tcpFailed',
  ]);
  t.end();
});

t.test('OpenSent: a valid OPEN (19) is answered, and the negotiated timers run', (t) => {
  t.same(did('OpenSent', events.BGPOpen), [
    'OpenConfirm',
    'stopTimer connectRetry',
    'sendKeepalive',
    'startTimer keepalive ~30',
    'startTimer hold 90',
  ]);
  t.end();
});

t.test('OpenSent: with a hold time of 0 neither timer runs, nor the large one on', (t) => {
  t.same(did('OpenSent', events.BGPOpenWithoutHold), [
    'OpenConfirm',
    'stopTimer connectRetry',
    'sendKeepalive',
    'stopTimer hold',
  ]);
  t.end();
});

t.test('§4.4: jitter never makes KEEPALIVEs more frequent than one a second', (t) => {
  const open = { type: 'BGPOpen', open: openOf(PEER_AS, { holdTime: 3 }) } as const;
  t.match(did('OpenSent', open), { 3: 'startTimer keepalive 1' });
  t.end();
});

t.test('OpenSent: an OPEN that we cannot accept is refused with its own subcode', (t) => {
  const [, actions] = transition(stateNamed('OpenSent'), events.BGPOpenOfAnother);
  t.match(actions[0], { notification: { code: 2, subcode: 2 } });
  t.match(actions.at(-1), {
    reason: { kind: 'notificationSent', cause: 'it says AS 64499, configured is AS 64496' },
  });
  t.end();
});

t.test('OpenSent: header and OPEN errors (21, 22) are told as they were found', (t) => {
  const told = (code: string) => [
    'Idle/holding',
    `sendNotification ${code}`,
    ...DROP,
    HELD,
    'reportDown notificationSent',
  ];
  t.same(did('OpenSent', events.BGPHeaderErr), told('1/1'));
  t.same(did('OpenSent', events.BGPOpenMsgErr), told('2/4'));
  t.end();
});

t.test('OpenSent: a collision (23) is Cease/Connection Collision Resolution', (t) => {
  t.same(did('OpenSent', events.OpenCollisionDump), [
    'Idle/standby',
    'sendNotification 6/7',
    ...DROP,
    'reportDown collision',
  ]);
  t.end();
});

t.test('OpenSent: NOTIFICATIONs (24, 25) are not answered (§6.4), and count', (t) => {
  const ended = ['Idle/holding', ...DROP, HELD, 'reportDown notificationReceived'];
  t.same(did('OpenSent', events.NotifMsgVerErr), ended);
  t.same(did('OpenSent', events.NotifMsg), ended);
  t.end();
});

t.test("OpenSent: the neighbour's collision Cease does not count", (t) => {
  const [next, actions] = transition(stateNamed('OpenSent'), events.NotifMsgOfCollision);
  t.match(next, { waiting: 'standby', counters: { connectRetryCounter: 1, oscillations: 0 } });
  t.notOk(actions.some(({ type }) => type === 'startTimer'));
  t.end();
});

t.test('OpenSent: RFC 6608: unexpected messages (26-28) get subcode 1 and their type', (t) => {
  const wanted = { KeepAliveMsg: 4, UpdateMsg: 2, UpdateMsgErr: 2, RouteRefreshMsg: 5 } as const;
  for (const name of ['KeepAliveMsg', 'UpdateMsg', 'UpdateMsgErr', 'RouteRefreshMsg'] as const) {
    const [, actions] = transition(stateNamed('OpenSent', config), events[name]);
    t.match(actions[0], {
      notification: { code: 5, subcode: 1, data: Uint8Array.of(wanted[name]) },
    });
  }
  const [, actions] = transition(stateNamed('OpenSent'), events.KeepAliveMsg);
  t.match(actions.at(-1), { reason: { cause: 'a KEEPALIVE in OpenSent' } });
  t.end();
});

t.test('OpenSent: timers that do not run here (9, 11, 13) are an unspecific FSM error', (t) => {
  const [, actions] = transition(stateNamed('OpenSent'), events.ConnectRetryTimerExpires);
  t.match(actions[0], { notification: { code: 5, subcode: 0, data: new Uint8Array(0) } });
  t.match(did('OpenSent', events.KeepaliveTimerExpires), { 1: 'sendNotification 5/0' });
  t.match(did('OpenSent', events.IdleHoldTimerExpires), { 1: 'sendNotification 5/0' });
  t.end();
});

t.test('OpenSent: RFC 9687: nothing can be sent, so nothing is', (t) => {
  t.same(did('OpenSent', events.SendHoldTimerExpires), [
    'Idle/holding',
    ...DROP,
    HELD,
    'reportDown sendHoldTimerExpired',
  ]);
  t.end();
});

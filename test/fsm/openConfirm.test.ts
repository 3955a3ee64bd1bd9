import t from 'tap';
import type { OpenConfirm } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import { agreed, config, did, events, openOf, PEER_AS, stateNamed } from '../support/fsm.ts';

const DROP = ['stopTimer connectRetry', 'stopTimer hold', 'stopTimer keepalive', 'dropTcp'];
const HELD = 'startTimer idleHold ~1';

t.test('OpenConfirm: starts (1, 3-7) and other connections (16, 17) are ignored', (t) => {
  for (const event of [events.EagerStart, events.TcpCRAcked, events.TcpConnectionConfirmed]) {
    t.same(did('OpenConfirm', event), ['OpenConfirm']);
  }
  t.end();
});

t.test('OpenConfirm: a stop (2, 8) says Cease', (t) => {
  const stopped = [
    'Idle/stopped',
    'sendNotification 6/2',
    ...DROP,
    'stopTimer idleHold',
    'reportDown stopped',
  ];
  t.same(did('OpenConfirm', events.ManualStop), stopped);
  t.same(did('OpenConfirm', events.AutomaticStop), stopped);
  t.end();
});

t.test('OpenConfirm: no KEEPALIVE within the hold time (10) is Hold Timer Expired', (t) => {
  t.same(did('OpenConfirm', events.HoldTimerExpires), [
    'Idle/holding',
    'sendNotification 4/0',
    ...DROP,
    HELD,
    'reportDown holdTimerExpired',
  ]);
  t.end();
});

t.test('OpenConfirm: KeepaliveTimer_Expires (11) sends one and runs on', (t) => {
  t.same(did('OpenConfirm', events.KeepaliveTimerExpires), [
    'OpenConfirm',
    'sendKeepalive',
    'startTimer keepalive ~30',
  ]);
  t.end();
});

t.test('OpenConfirm: a failure (18) ends in Idle, and may be a collision: not damped', (t) => {
  t.same(did('OpenConfirm', events.TcpConnectionFails), [
    'Idle/standby',
    ...DROP,
    'reportDown tcpFailed',
  ]);
  t.end();
});

t.test('OpenConfirm: NOTIFICATIONs (24, 25) end it unanswered', (t) => {
  const ended = ['Idle/holding', ...DROP, HELD, 'reportDown notificationReceived'];
  t.same(did('OpenConfirm', events.NotifMsg), ended);
  t.same(did('OpenConfirm', events.NotifMsgVerErr), ended);
  t.match(did('OpenConfirm', events.NotifMsgOfCollision), ['Idle/standby']);
  t.end();
});

t.test('OpenConfirm: header and OPEN errors (21, 22) are told as they were found', (t) => {
  t.match(did('OpenConfirm', events.BGPHeaderErr), ['Idle/holding', 'sendNotification 1/1']);
  t.match(did('OpenConfirm', events.BGPOpenMsgErr), ['Idle/holding', 'sendNotification 2/4']);
  t.end();
});

t.test('OpenConfirm: a collision (23) is Cease/Connection Collision Resolution', (t) => {
  t.same(did('OpenConfirm', events.OpenCollisionDump), [
    'Idle/standby',
    'sendNotification 6/7',
    ...DROP,
    'reportDown collision',
  ]);
  t.end();
});

t.test('OpenConfirm: a KEEPALIVE (26) establishes, and RFC 9687 watches our sending', (t) => {
  t.same(did('OpenConfirm', events.KeepAliveMsg), [
    'Established',
    'startTimer hold 90',
    'startTimer sendHold 480',
    'startTimer idleHold 300',
    'establish',
  ]);
  t.end();
});

t.test('RFC 9687: the send hold time is twice a hold time above four minutes', (t) => {
  const long = openOf(PEER_AS, { holdTime: 600 });
  const negotiated = agreed({ ...config, open: { ...config.open, holdTime: 600 } }, long);
  const before: OpenConfirm = { ...stateNamed('OpenConfirm'), name: 'OpenConfirm', negotiated };
  const [, actions] = transition(before, events.KeepAliveMsg);
  t.match(actions[1], { timer: 'sendHold', seconds: 1200, jitter: false });
  t.end();
});

t.test('a hold time of 0 runs neither hold, keepalive nor send hold timer', (t) => {
  const negotiated = agreed(config, openOf(PEER_AS, { holdTime: 0 }));
  const before: OpenConfirm = { ...stateNamed('OpenConfirm'), name: 'OpenConfirm', negotiated };
  const [up, actions] = transition(before, events.KeepAliveMsg);
  t.same(
    actions.filter(({ type }) => type === 'startTimer').map((a) => 'timer' in a && a.timer),
    ['idleHold'],
  );
  t.same(transition(up, events.UpdateMsg)[1], []);
  t.same(transition(up, events.KeepaliveTimerExpires)[1], [{ type: 'sendKeepalive' }]);
  t.end();
});

t.test('an eager start is over once Established is reached', (t) => {
  const counters = { connectRetryCounter: 2, oscillations: 1, eagerRetries: 3 };
  const [up] = transition(stateNamed('OpenConfirm', config, counters), events.KeepAliveMsg);
  t.same(up.counters, { ...counters, eagerRetries: 0 });
  t.end();
});

t.test('OpenConfirm: RFC 6608: a second OPEN, an UPDATE, a ROUTE-REFRESH get subcode 2', (t) => {
  const wanted = { BGPOpen: 1, UpdateMsg: 2, UpdateMsgErr: 2, RouteRefreshMsg: 5 } as const;
  for (const name of ['BGPOpen', 'UpdateMsg', 'UpdateMsgErr', 'RouteRefreshMsg'] as const) {
    const [, actions] = transition(stateNamed('OpenConfirm'), events[name]);
    t.match(actions[0], {
      notification: { code: 5, subcode: 2, data: Uint8Array.of(wanted[name]) },
    });
  }
  t.end();
});

t.test('OpenConfirm: timers that do not run here (9, 13) are an unspecific FSM error', (t) => {
  t.match(did('OpenConfirm', events.ConnectRetryTimerExpires), { 1: 'sendNotification 5/0' });
  t.match(did('OpenConfirm', events.IdleHoldTimerExpires), { 1: 'sendNotification 5/0' });
  t.end();
});

t.test('OpenConfirm: a send hold timer that expires drops the connection at once', (t) => {
  t.same(did('OpenConfirm', events.SendHoldTimerExpires), [
    'Idle/holding',
    ...DROP,
    HELD,
    'reportDown sendHoldTimerExpired',
  ]);
  t.end();
});

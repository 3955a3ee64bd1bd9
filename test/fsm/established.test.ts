import t from 'tap';
import type { State } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import { config, did, type EventName, events, stateNamed } from '../support/fsm.ts';

const DROP = [
  'stopTimer connectRetry',
  'stopTimer hold',
  'stopTimer keepalive',
  'stopTimer sendHold',
  'releaseRoutes',
  'dropTcp',
];
const HELD = 'startTimer idleHold ~1';

t.test('Established: starts (1, 3-7) and other connections (16, 17) are ignored', (t) => {
  for (const event of [events.ManualStart, events.TcpCRAcked, events.TcpConnectionConfirmed]) {
    t.same(did('Established', event), ['Established']);
  }
  t.end();
});

t.test('Established: a stop (2, 8) says Cease, forgets the routes, and is no oscillation', (t) => {
  const stopped = [
    'Idle/stopped',
    'sendNotification 6/2',
    ...DROP,
    'stopTimer idleHold',
    'reportDown stopped',
  ];
  t.same(did('Established', events.ManualStop), stopped);
  t.same(did('Established', events.AutomaticStop), stopped);
  const [manual] = transition(stateNamed('Established'), events.ManualStop);
  t.same(manual.counters, { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 });
  const [automatic] = transition(stateNamed('Established'), events.AutomaticStop);
  t.same(automatic.counters, { connectRetryCounter: 1, oscillations: 0, eagerRetries: 0 });
  t.end();
});

t.test('RFC 9003: the text of a stop goes with subcodes 2 and 4 only', (t) => {
  const dataOf = (subcode: number, communication: string) => {
    const cease = { subcode, communication };
    const [, actions] = transition(stateNamed('Established'), { type: 'ManualStop', cease });
    const [first] = actions;
    return first?.type === 'sendNotification' ? [...first.notification.data] : undefined;
  };
  t.same(dataOf(2, 'bye'), [3, 98, 121, 101]);
  t.same(dataOf(4, 'bye'), [3, 98, 121, 101]);
  t.same(dataOf(3, 'bye'), []);
  t.same(dataOf(2, ''), []);
  t.end();
});

t.test('Established: HoldTimer_Expires (10)', (t) => {
  t.same(did('Established', events.HoldTimerExpires), [
    'Idle/holding',
    'sendNotification 4/0',
    ...DROP,
    HELD,
    'reportDown holdTimerExpired',
  ]);
  t.end();
});

t.test('Established: KeepaliveTimer_Expires (11) sends one and runs on', (t) => {
  t.same(did('Established', events.KeepaliveTimerExpires), [
    'Established',
    'sendKeepalive',
    'startTimer keepalive ~30',
  ]);
  t.end();
});

t.test('Established: a failure (18) and NOTIFICATIONs (24, 25) end it without a word', (t) => {
  t.same(did('Established', events.TcpConnectionFails), [
    'Idle/holding',
    ...DROP,
    HELD,
    'reportDown tcpFailed',
  ]);
  const ended = ['Idle/holding', ...DROP, HELD, 'reportDown notificationReceived'];
  t.same(did('Established', events.NotifMsg), ended);
  t.same(did('Established', events.NotifMsgVerErr), ended);
  t.match(did('Established', events.NotifMsgOfCollision), ['Idle/standby']);
  t.end();
});

t.test('Established: a collision (23) says Cease and forgets the routes', (t) => {
  t.same(did('Established', events.OpenCollisionDump), [
    'Idle/standby',
    'sendNotification 6/7',
    ...DROP,
    'reportDown collision',
  ]);
  t.end();
});

t.test(
  'Established: KEEPALIVE (26) and UPDATEs (27) restart the hold timer and nothing else',
  (t) => {
    const before = stateNamed('Established');
    for (const event of [events.KeepAliveMsg, events.UpdateMsg]) {
      const [next, actions] = transition(before, event);
      t.equal(next, before);
      t.same(actions, [{ type: 'startTimer', timer: 'hold', seconds: 90, jitter: false }]);
    }
    t.end();
  },
);

t.test('Established: an UPDATE error (28) and a header error (21, by §6.1) are told', (t) => {
  t.match(did('Established', events.UpdateMsgErr), ['Idle/holding', 'sendNotification 3/1']);
  t.match(did('Established', events.BGPHeaderErr), ['Idle/holding', 'sendNotification 1/1']);
  t.end();
});

t.test('Established: ROUTE-REFRESH is at home here, and does not restart the hold timer', (t) => {
  t.same(did('Established', events.RouteRefreshMsg), ['Established']);
  t.end();
});

t.test('Established: RFC 6608: an OPEN, even a bad one (19, 22), gets subcode 3', (t) => {
  for (const event of [events.BGPOpen, events.BGPOpenMsgErr]) {
    const [, actions] = transition(stateNamed('Established'), event);
    t.match(actions[0], { notification: { code: 5, subcode: 3, data: Uint8Array.of(1) } });
  }
  t.match(did('Established', events.ConnectRetryTimerExpires), { 1: 'sendNotification 5/0' });
  t.end();
});

t.test('Established: RFC 9687: a neighbour that takes nothing is dropped without a word', (t) => {
  t.same(did('Established', events.SendHoldTimerExpires), [
    'Idle/holding',
    ...DROP,
    HELD,
    'reportDown sendHoldTimerExpired',
  ]);
  t.end();
});

t.test('the idle hold doubles with each error, 1 to 60 s, until a session has been stable', (t) => {
  const holds: number[] = [];
  const fail = (state: State, event: EventName): State => {
    const [next, actions] = transition(state, events[event]);
    const hold = actions.find((a) => a.type === 'startTimer' && a.timer === 'idleHold');
    if (hold?.type === 'startTimer') holds.push(hold.seconds);
    return next;
  };
  let counters = stateNamed('Established').counters;
  for (let error = 0; error < 9; error++) {
    ({ counters } = fail(stateNamed('Established', config, counters), 'NotifMsg'));
  }
  t.same(holds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const before = stateNamed('Established', config, counters);
  const [stable] = transition(before, events.IdleHoldTimerExpires);
  t.match(stable, { name: 'Established', counters: { oscillations: 0 } });
  holds.length = 0;
  fail(stable, 'TcpConnectionFails');
  t.same(holds, [1]);
  t.end();
});

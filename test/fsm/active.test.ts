import t from 'tap';
import { did, events, passiveConfig } from '../support/fsm.ts';

t.test('Active: starts (1, 3-7) are ignored', (t) => {
  t.same(did('Active', events.ManualStart), ['Active']);
  t.same(did('Active', events.AutomaticStart), ['Active']);
  t.end();
});

t.test('Active: stops (2, 8) end in Idle; there is no connection to drop', (t) => {
  const stopped = ['Idle/stopped', 'stopTimer connectRetry', 'stopTimer idleHold'];
  t.same(did('Active', events.ManualStop), stopped);
  t.same(did('Active', events.AutomaticStop), stopped);
  t.end();
});

t.test('Active: ConnectRetryTimer_Expires (9) connects, unless we are passive', (t) => {
  t.same(did('Active', events.ConnectRetryTimerExpires), [
    'Connect',
    'startTimer connectRetry ~10',
    'connectTcp',
  ]);
  t.same(did('Active', events.ConnectRetryTimerExpires, passiveConfig), ['Active']);
  t.end();
});

t.test('Active: a connection (16, 17) gets our OPEN and the large hold timer', (t) => {
  const opens = ['OpenSent', 'stopTimer connectRetry', 'sendOpen', 'startTimer hold 60'];
  t.same(did('Active', events.TcpConnectionConfirmed), opens);
  t.same(did('Active', events.TcpCRAcked), opens);
  t.end();
});

t.test('Active: a failure (18) of a connection that was given up is no news', (t) => {
  t.same(did('Active', events.TcpConnectionFails), ['Active']);
  t.end();
});

t.test('Active: 23 makes way', (t) => {
  t.same(did('Active', events.OpenCollisionDump), ['Idle/standby', 'stopTimer connectRetry']);
  t.end();
});

t.test('Active: any other event ends in Idle, damped', (t) => {
  const held = ['Idle/holding', 'stopTimer connectRetry', 'startTimer idleHold ~1'];
  for (const event of [events.KeepaliveTimerExpires, events.BGPOpen, events.NotifMsg]) {
    t.same(did('Active', event), held);
  }
  t.end();
});

import t from 'tap';
import { transition } from '../../src/fsm/transition.ts';
import { did, events, stateNamed } from '../support/fsm.ts';

t.test('Connect: starts (1, 3-7) are ignored', (t) => {
  t.same(did('Connect', events.ManualStart), ['Connect']);
  t.same(did('Connect', events.EagerStart), ['Connect']);
  t.end();
});

t.test('Connect: stops (2, 8) drop the attempt; nobody is told, nobody has heard of us', (t) => {
  const stopped = ['Idle/stopped', 'stopTimer connectRetry', 'dropTcp', 'stopTimer idleHold'];
  t.same(did('Connect', events.ManualStop), stopped);
  t.same(did('Connect', events.AutomaticStop), stopped);
  t.end();
});

t.test('Connect: ConnectRetryTimer_Expires (9) tries anew', (t) => {
  t.same(did('Connect', events.ConnectRetryTimerExpires), [
    'Connect',
    'dropTcp',
    'startTimer connectRetry ~10',
    'connectTcp',
  ]);
  t.end();
});

t.test('Connect: a connection (16, 17) gets our OPEN and the large hold timer', (t) => {
  const opens = ['OpenSent', 'stopTimer connectRetry', 'sendOpen', 'startTimer hold 60'];
  t.same(did('Connect', events.TcpCRAcked), opens);
  t.same(did('Connect', events.TcpConnectionConfirmed), opens);
  t.end();
});

t.test('Connect: a failure (18) is no oscillation: Active, and the running timer retries', (t) => {
  const [next, actions] = transition(stateNamed('Connect'), events.TcpConnectionFails);
  t.equal(next.name, 'Active');
  t.same(actions, [{ type: 'dropTcp' }]);
  t.same(next.counters, { connectRetryCounter: 1, oscillations: 0, eagerRetries: 0 });
  t.end();
});

t.test('Connect: 23 gives the attempt up without a word', (t) => {
  t.same(did('Connect', events.OpenCollisionDump), [
    'Idle/standby',
    'stopTimer connectRetry',
    'dropTcp',
  ]);
  t.end();
});

t.test('Connect: any other event ends in Idle, damped', (t) => {
  const held = ['Idle/holding', 'stopTimer connectRetry', 'dropTcp', 'startTimer idleHold ~1'];
  for (const event of [events.HoldTimerExpires, events.BGPHeaderErr, events.UpdateMsg]) {
    t.same(did('Connect', event), held);
  }
  t.end();
});

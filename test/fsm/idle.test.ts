import t from 'tap';
import type { State } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import { config, did, events, passiveConfig, stateNamed, stateText } from '../support/fsm.ts';

t.test('Idle: a start (1, 3) runs the ConnectRetryTimer and connects', (t) => {
  const connects = ['Connect', 'startTimer connectRetry ~10', 'connectTcp'];
  t.same(did('Idle/stopped', events.ManualStart), connects);
  t.same(did('Idle/stopped', events.AutomaticStart), connects);
  t.end();
});

t.test('Idle: a passive start (4, 5) only listens, without a timer that would connect', (t) => {
  t.same(did('Idle/stopped', events.ManualStart, passiveConfig), ['Active']);
  t.same(did('Idle/stopped', events.AutomaticStart, passiveConfig), ['Active']);
  t.end();
});

t.test('Idle: starts set the ConnectRetryCounter to zero', (t) => {
  const counters = { connectRetryCounter: 9, oscillations: 4, eagerRetries: 0 };
  const before = stateNamed('Idle/stopped', config, counters);
  const [manual] = transition(before, events.ManualStart);
  t.same(manual.counters, { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 });
  const [automatic] = transition(before, events.AutomaticStart);
  t.same(automatic.counters, { connectRetryCounter: 0, oscillations: 4, eagerRetries: 0 });
  t.end();
});

t.test('an eager start connects at once, then after 1, 2, 4, 8 s, then as configured', (t) => {
  const delays: string[] = [];
  let state: State = stateNamed('Idle/stopped');
  let event: Parameters<typeof transition>[1] = events.EagerStart;
  for (let attempt = 0; attempt < 6; attempt++) {
    const [next, actions] = transition(state, event);
    t.ok(actions.some(({ type }) => type === 'connectTcp'));
    for (const a of actions) {
      if (a.type === 'startTimer') delays.push(`${a.jitter ? '~' : ''}${a.seconds}`);
    }
    // Refused at once: the timer goes on, and its expiry is the next attempt.
    [state] = transition(next, events.TcpConnectionFails);
    event = events.ConnectRetryTimerExpires;
  }
  t.same(delays, ['1', '2', '4', '8', '~10', '~10']);
  t.end();
});

t.test('an eager retry is never later than the configured one', (t) => {
  const quick = { ...config, connectRetryTime: 3 };
  const eager = { connectRetryCounter: 0, oscillations: 0, eagerRetries: 2 };
  const [, actions] = transition(
    stateNamed('Connect', quick, eager),
    events.ConnectRetryTimerExpires,
  );
  t.match(actions[1], { timer: 'connectRetry', seconds: 3 });
  t.end();
});

t.test(
  'DampPeerOscillations: automatic starts do not end the idle hold, its expiry does (13)',
  (t) => {
    t.same(did('Idle/holding', events.AutomaticStart), ['Idle/holding']);
    t.same(did('Idle/holding', events.EagerStart), ['Idle/holding']);
    t.match(did('Idle/holding', events.IdleHoldTimerExpires), ['Connect']);
    t.same(did('Idle/stopped', events.IdleHoldTimerExpires), ['Idle/stopped']);
    t.end();
  },
);

t.test('a manual start ends the idle hold', (t) => {
  t.match(did('Idle/holding', events.ManualStart), ['Connect']);
  t.end();
});

t.test('a stop (2, 8) ends the idle hold for good, and is ignored where nothing waits', (t) => {
  for (const stop of [events.ManualStop, events.AutomaticStop]) {
    t.same(did('Idle/holding', stop), ['Idle/stopped', 'stopTimer idleHold']);
    t.same(did('Idle/standby', stop), ['Idle/stopped', 'stopTimer idleHold']);
    t.same(did('Idle/stopped', stop), ['Idle/stopped']);
  }
  t.end();
});

t.test('standby ends with patience when the other connection ended, at once after a hold', (t) => {
  t.same(did('Idle/standby', events.AutomaticStart), ['Active', 'startTimer connectRetry ~10']);
  t.same(did('Idle/standby', events.AutomaticStart, passiveConfig), ['Active']);
  t.match(did('Idle/standby', events.IdleHoldTimerExpires), ['Connect']);
  t.end();
});

t.test('a hold becomes standby when the other connection is ahead', (t) => {
  t.same(did('Idle/holding', events.OpenCollisionDump), ['Idle/standby']);
  t.same(did('Idle/stopped', events.OpenCollisionDump), ['Idle/stopped']);
  t.end();
});

t.test('Idle: no connection is taken, no message heard (9-11, 16-28)', (t) => {
  const before = stateNamed('Idle/stopped');
  for (const event of [events.TcpConnectionConfirmed, events.BGPOpen, events.UpdateMsg]) {
    t.equal(stateText(transition(before, event)[0]), 'Idle/stopped');
  }
  t.end();
});

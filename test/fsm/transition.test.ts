import t from 'tap';
import type { Action } from '../../src/fsm/actions.ts';
import type { State } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import {
  config,
  type EventName,
  eventNames,
  events,
  everyState,
  passiveConfig,
  stateText,
} from '../support/fsm.ts';

const HAS_CONNECTION = ['Connect', 'OpenSent', 'OpenConfirm', 'Established'];
const HAS_SENT_OPEN = ['OpenSent', 'OpenConfirm', 'Established'];

interface Case {
  readonly label: string;
  readonly before: State;
  readonly eventName: EventName;
  readonly after: State;
  readonly actions: readonly Action[];
  readonly types: readonly string[];
}

const counters = { connectRetryCounter: 3, oscillations: 2, eagerRetries: 1 };
const cases: readonly Case[] = [config, passiveConfig].flatMap((with_) =>
  everyState(with_, counters).flatMap((before) =>
    eventNames.map((eventName) => {
      const [after, actions] = transition(before, events[eventName]);
      const label = `${stateText(before)}${with_.passive ? ' (passive)' : ''} × ${eventName}`;
      return { label, before, eventName, after, actions, types: actions.map((a) => a.type) };
    }),
  ),
);

function count(types: readonly string[], type: string): number {
  return types.filter((each) => each === type).length;
}

/** The timers that run after `actions`, of those that ran before. */
function timersAfter(running: ReadonlySet<string>, actions: readonly Action[]): Set<string> {
  const timers = new Set(running);
  for (const action of actions) {
    if (action.type === 'startTimer') timers.add(action.timer);
    if (action.type === 'stopTimer') timers.delete(action.timer);
  }
  return timers;
}

/** Whatever may run in a state. */
const RUNNING: Readonly<Record<string, readonly string[]>> = {
  'Idle/stopped': [],
  'Idle/holding': ['idleHold'],
  // The hold that the whole neighbour is in, and stability, are timers of the neighbour.
  'Idle/standby': ['idleHold'],
  Connect: ['connectRetry', 'idleHold'],
  Active: ['connectRetry', 'idleHold'],
  OpenSent: ['hold', 'idleHold'],
  OpenConfirm: ['hold', 'keepalive', 'idleHold'],
  Established: ['hold', 'keepalive', 'sendHold', 'idleHold'],
};

function check(title: string, fault: (each: Case) => boolean): void {
  t.test(title, (t) => {
    t.same(
      cases.filter(fault).map(({ label }) => label),
      [],
    );
    t.end();
  });
}

t.test('the product is whole: 8 states, 7 of a passive machine, × 26 events', (t) => {
  t.equal(cases.length, (8 + 7) * 26);
  t.end();
});

check('leaving Established releases the routes once and drops TCP once', (c) => {
  if (c.before.name !== 'Established' || c.after.name === 'Established') return false;
  return count(c.types, 'releaseRoutes') !== 1 || count(c.types, 'dropTcp') !== 1;
});

check('routes are released by leaving Established only', (c) => {
  return c.types.includes('releaseRoutes') && c.before.name !== 'Established';
});

check('Established is entered with exactly one `establish`, its last action', (c) => {
  const enters = c.before.name !== 'Established' && c.after.name === 'Established';
  if (!enters) return c.types.includes('establish');
  return count(c.types, 'establish') !== 1 || c.types.at(-1) !== 'establish';
});

check('a connection is dropped exactly when it is left behind', (c) => {
  const had = HAS_CONNECTION.includes(c.before.name);
  const left = had && !HAS_CONNECTION.includes(c.after.name);
  const again = c.before.name === 'Connect' && c.types.includes('connectTcp');
  return count(c.types, 'dropTcp') !== (left || again ? 1 : 0);
});

check('a connection is started only where there is none', (c) => {
  if (!c.types.includes('connectTcp')) return false;
  const dropped = c.types.indexOf('dropTcp');
  const had = HAS_CONNECTION.includes(c.before.name);
  return had && (dropped < 0 || dropped > c.types.indexOf('connectTcp'));
});

check('a passive machine never connects, and runs no ConnectRetryTimer', (c) => {
  if (!c.before.config.passive) return false;
  const starts = c.actions.some((a) => a.type === 'startTimer' && a.timer === 'connectRetry');
  return starts || c.types.includes('connectTcp');
});

check('a NOTIFICATION is sent at most once, before dropTcp, and the connection dies of it', (c) => {
  const sent = count(c.types, 'sendNotification');
  if (sent === 0) return false;
  const order = c.types.indexOf('sendNotification') < c.types.indexOf('dropTcp');
  return sent > 1 || !order || c.after.name !== 'Idle';
});

check('nothing is sent before our OPEN, and only OPEN in Connect and Active', (c) => {
  const sends = c.types.filter((type) => type.startsWith('send'));
  if (HAS_SENT_OPEN.includes(c.before.name)) return sends.includes('sendOpen');
  return (
    sends.some((type) => type !== 'sendOpen') || (c.before.name === 'Idle' && sends.length > 0)
  );
});

check('nothing is sent on a connection after it was dropped', (c) => {
  const dropped = c.types.indexOf('dropTcp');
  return dropped >= 0 && c.types.slice(dropped).some((type) => type.startsWith('send'));
});

check('a NOTIFICATION or a dead connection is never answered (§6.4)', (c) => {
  const unanswerable: readonly EventName[] = [
    'NotifMsg',
    'NotifMsgOfCollision',
    'NotifMsgVerErr',
    'TcpConnectionFails',
    'SendHoldTimerExpires',
  ];
  return unanswerable.includes(c.eventName) && c.types.some((type) => type.startsWith('send'));
});

check('leaving OpenSent, OpenConfirm or Established downwards is reported once', (c) => {
  const down = HAS_SENT_OPEN.includes(c.before.name) && !HAS_SENT_OPEN.includes(c.after.name);
  return count(c.types, 'reportDown') !== (down ? 1 : 0);
});

check('no timer outlives the state it belongs to', (c) => {
  const before = new Set(RUNNING[stateText(c.before)]);
  const allowed = new Set(RUNNING[stateText(c.after)]);
  return [...timersAfter(before, c.actions)].some((timer) => !allowed.has(timer));
});

check('whoever waits has a timer that ends the wait, or is stopped, passive or on standby', (c) => {
  const runs = timersAfter(new Set(RUNNING[stateText(c.before)]), c.actions);
  if (c.before.config.passive && c.after.name === 'Active') return false;
  const needed: Readonly<Record<string, string>> = {
    'Idle/holding': 'idleHold',
    Connect: 'connectRetry',
    Active: 'connectRetry',
    OpenSent: 'hold',
  };
  const timer = needed[stateText(c.after)];
  return timer !== undefined && !runs.has(timer);
});

check('an error stops the ConnectRetryTimer and starts an idle hold that grows', (c) => {
  if (c.before.name === 'Idle' || stateText(c.after) !== 'Idle/holding') return false;
  const stopped = c.actions.some((a) => a.type === 'stopTimer' && a.timer === 'connectRetry');
  const { oscillations, connectRetryCounter, eagerRetries } = c.after.counters;
  const counted = oscillations === 3 && connectRetryCounter === 4 && eagerRetries === 0;
  const held = c.actions.some((a) => a.type === 'startTimer' && a.timer === 'idleHold');
  return !stopped || !counted || !held;
});

check('only errors count as oscillations; a manual start and a stable session forget them', (c) => {
  if (c.before.name !== 'Idle' && stateText(c.after) === 'Idle/holding') return false;
  const forgets =
    (c.eventName === 'ManualStart' && c.before.name === 'Idle') ||
    (c.eventName === 'IdleHoldTimerExpires' && c.before.name === 'Established');
  return c.after.counters.oscillations !== (forgets ? 0 : 2);
});

check('a stop ends in Idle, stopped, from everywhere', (c) => {
  const stops = c.eventName === 'ManualStop' || c.eventName === 'AutomaticStop';
  return stops && stateText(c.after) !== 'Idle/stopped';
});

check('what is ignored keeps the very same state', (c) => {
  if (c.actions.length > 0 || stateText(c.before) !== stateText(c.after)) return false;
  const forgets = c.before.name === 'Established' && c.eventName === 'IdleHoldTimerExpires';
  return c.before !== c.after && !forgets;
});

import fc from 'fast-check';
import t from 'tap';
import {
  acceptsConnection,
  displayState,
  initialNeighbour,
  type NeighbourInput,
  type NeighbourState,
  stepNeighbour,
  withConfig,
} from '../../src/fsm/neighbour.ts';
import { actionText, config, events, passiveConfig } from '../support/fsm.ts';
import {
  accepted,
  after,
  connected,
  hold,
  openIn,
  openOut,
  refused,
  retry,
  sidesText,
  start,
  to,
  upIn,
  upOut,
} from '../support/neighbour.ts';

t.test('a neighbour that is not started takes no connection (§8.2.2, Idle)', (t) => {
  const state = initialNeighbour(config);
  t.notOk(acceptsConnection(state));
  t.equal(displayState(state), 'Idle');
  t.end();
});

t.test('a start connects and listens; a passive one listens on both sides', (t) => {
  const { state, did, sides } = after(config, start);
  t.equal(sides, 'Connect + Active');
  t.same(did, ['outgoing startTimer connectRetry ~10', 'outgoing connectTcp']);
  t.ok(acceptsConnection(state));
  t.equal(displayState(state), 'Connect');
  const passive = after(passiveConfig, start);
  t.equal(passive.sides, 'Active + Active');
  t.same(passive.did, []);
  t.equal(displayState(passive.state), 'Active');
  t.end();
});

t.test('an eager start keeps its whole schedule', (t) => {
  const eager = to.neighbour(events.EagerStart);
  t.match(after(config, eager).did, ['outgoing startTimer connectRetry 1']);
  t.match(after(config, eager, refused, retry).did, ['outgoing startTimer connectRetry 2']);
  t.end();
});

t.test('a second start changes nothing, neither while connecting nor while up', (t) => {
  t.equal(after(config, start, start).sides, 'Connect + Active');
  t.same(after(config, start, ...upIn, start).did, []);
  t.same(after(config, start, ...upIn, to.neighbour(events.AutomaticStart)).did, []);
  t.end();
});

t.test('a connection that gets ahead puts the other side on standby', (t) => {
  const opened = after(config, start, accepted, openIn);
  t.equal(opened.sides, 'Idle/standby + OpenConfirm');
  t.same(opened.did.slice(-2), ['outgoing stopTimer connectRetry', 'outgoing dropTcp']);
  const up = after(config, start, ...upOut);
  t.equal(up.sides, 'Established + Idle/standby');
  t.notOk(acceptsConnection(up.state));
  t.equal(displayState(up.state), 'Established');
  t.equal(displayState(after(config, start, ...upIn).state), 'Established');
  t.end();
});

t.test('an incoming connection leaves the outgoing attempt alone until its OPEN comes', (t) => {
  const { sides, state } = after(config, start, accepted);
  t.equal(sides, 'Connect + OpenSent');
  t.equal(displayState(state), 'OpenSent');
  t.notOk(acceptsConnection(state), 'one at a time');
  t.end();
});

t.test('§6.8: an OPEN that is refused starts no collision', (t) => {
  const other = to.incoming(events.BGPOpenOfAnother);
  const { sides, did } = after(config, start, connected, accepted, other);
  t.equal(sides, 'OpenSent + Idle/holding');
  t.ok(did.includes('incoming sendNotification 2/2'));
  t.end();
});

t.test("a collision Cease of the neighbour's leaves the door open for the winner", (t) => {
  const cease = to.outgoing(events.NotifMsgOfCollision);
  const { sides, state, did } = after(config, start, connected, cease);
  t.equal(sides, 'Active + Active');
  t.ok(acceptsConnection(state));
  t.match(did.at(-1), 'outgoing startTimer connectRetry ~10');
  t.equal(after(config, start, connected, accepted, cease).sides, 'Active + OpenSent');
  t.end();
});

t.test('an error holds the whole neighbour, and the hold ends for both sides', (t) => {
  const held = after(config, start, ...upOut, to.outgoing(events.NotifMsg));
  t.equal(held.sides, 'Idle/holding + Idle/standby');
  t.notOk(acceptsConnection(held.state));
  t.equal(displayState(held.state), 'Idle');
  const failedIn = after(config, start, accepted, to.incoming(events.BGPOpenOfAnother));
  t.equal(failedIn.sides, 'Idle/standby + Idle/holding');
  t.same(failedIn.did.slice(-2), ['outgoing stopTimer connectRetry', 'outgoing dropTcp']);
  const again = after(config, start, ...upIn, to.incoming(events.NotifMsg), hold);
  t.equal(again.sides, 'Connect + Active');
  t.ok(again.did.includes('outgoing connectTcp'), 'at once');
  t.end();
});

t.test('automatic starts wait for the hold, manual ones do not', (t) => {
  const held = [start, connected, to.outgoing(events.NotifMsg)];
  t.equal(
    after(config, ...held, to.neighbour(events.EagerStart)).sides,
    'Idle/holding + Idle/standby',
  );
  t.equal(after(config, ...held, start).sides, 'Connect + Active');
  t.end();
});

t.test('an error on one connection leaves the other to finish', (t) => {
  const failed = [start, connected, accepted, to.incoming(events.NotifMsg)];
  t.equal(after(config, ...failed).sides, 'OpenSent + Idle/holding');
  t.equal(after(config, ...failed, hold).sides, 'OpenSent + Active');
  t.equal(
    after(config, ...failed, openOut, to.outgoing(events.KeepAliveMsg)).sides,
    'Established + Idle/standby',
  );
  t.equal(after(config, ...failed, refused).sides, 'Idle/standby + Idle/holding');
  t.end();
});

t.test('when a connection ends without an error the other side goes on, with patience', (t) => {
  const lost = after(config, start, accepted, openIn, to.incoming(events.TcpConnectionFails));
  t.equal(lost.sides, 'Active + Active');
  t.match(lost.did.at(-1), 'outgoing startTimer connectRetry ~10');
  t.end();
});

t.test('the end of an incoming connection does not stop the outgoing ConnectRetryTimer', (t) => {
  const { did } = after(config, start, refused, accepted, to.incoming(events.TcpConnectionFails));
  t.same(did, ['incoming stopTimer hold', 'incoming dropTcp', 'incoming reportDown tcpFailed']);
  t.end();
});

t.test('link loss (8) ends everything without counting; its return connects at once', (t) => {
  const lost = after(config, start, ...upIn, to.neighbour(events.AutomaticStop));
  t.equal(lost.sides, 'Idle/stopped + Idle/stopped');
  t.match(lost.did, ['incoming sendNotification 6/2']);
  t.equal(lost.state.outgoing.counters.oscillations, 0);
  const [back, actions] = stepNeighbour(lost.state, to.neighbour(events.EagerStart));
  t.equal(sidesText(back), 'Connect + Active');
  t.match(actions[0]?.action, { timer: 'connectRetry', seconds: 1, jitter: false });
  t.end();
});

t.test('a timer of the neighbour that expires too late is ignored', (t) => {
  t.same(after(config, start, ...upIn, retry).did, []);
  t.same(after(config, start, connected, hold).did, []);
  t.same(after(config, hold).did, []);
  t.end();
});

t.test('a session that lasts forgets the oscillations, on both sides', (t) => {
  const error = [start, connected, to.outgoing(events.NotifMsg), hold];
  const up = after(config, ...error, ...upOut);
  t.equal(up.state.incoming.counters.oscillations, 1);
  const stable = after(config, ...error, ...upOut, hold);
  t.equal(stable.sides, 'Established + Idle/standby');
  t.equal(stable.state.outgoing.counters.oscillations, 0);
  t.equal(stable.state.incoming.counters.oscillations, 0);
  t.end();
});

t.test('UPDATEs of an Established session allocate no new neighbour', (t) => {
  const { state } = after(config, start, ...upOut);
  const [next, actions] = stepNeighbour(state, to.outgoing(events.UpdateMsg));
  t.equal(next, state);
  t.same(
    actions.map(({ action }) => actionText(action)),
    ['startTimer hold 90'],
  );
  t.end();
});

t.test('a new connect-retry time is taken over without a step', (t) => {
  const { state } = after(config, start, refused);
  const slower = withConfig(state, { ...config, connectRetryTime: 60 });
  t.equal(sidesText(slower), 'Active + Active');
  const [, actions] = stepNeighbour(slower, retry);
  t.match(actions[0]?.action, { timer: 'connectRetry', seconds: 60 });
  t.ok(slower.incoming.config.passive);
  t.end();
});

/** Those that lead upwards more than once, or a walk would hardly ever get there. */
const connectionEvents = [
  ...[events.HoldTimerExpires, events.KeepaliveTimerExpires, events.SendHoldTimerExpires],
  ...[events.TcpConnectionFails, events.BGPOpenOfAnother, events.NotifMsg],
  ...[events.BGPOpen, events.BGPOpen, events.BGPOpen, events.NotifMsgOfCollision],
  ...[events.KeepAliveMsg, events.KeepAliveMsg, events.KeepAliveMsg],
];

const inputs: readonly NeighbourInput[] = [
  ...(['ManualStart', 'ManualStop', 'AutomaticStart', 'EagerStart', 'AutomaticStop'] as const).map(
    (name) => to.neighbour(events[name]),
  ),
  ...[retry, hold, connected, accepted],
  ...connectionEvents.flatMap((event) => [to.outgoing(event), to.incoming(event)]),
];

const CONNECTED = ['OpenSent', 'OpenConfirm', 'Established'];

/** Could a runtime report this? Only of a connection that is there, or when one is accepted. */
function isPossible(state: NeighbourState, input: NeighbourInput): boolean {
  if (input.side === 'neighbour') return true;
  const { name } = state[input.side];
  if (state.contest?.side === input.side) return true;
  if (input.event.type === 'TcpCRAcked') return name === 'Connect';
  if (input.event.type === 'TcpConnectionConfirmed') return acceptsConnection(state);
  if (input.event.type === 'TcpConnectionFails' && name === 'Connect') return true;
  return CONNECTED.includes(name);
}

/** Has nobody a use for the ConnectRetryTimer? */
function isBeyondRetry(state: NeighbourState): boolean {
  return CONNECTED.includes(state.outgoing.name) && state.contest === undefined;
}

function faultsOf(state: NeighbourState, timers: ReadonlySet<string>): string[] {
  const { outgoing, incoming } = state;
  const both = [outgoing, incoming];
  const names = both.map(({ name }) => name);
  const waiting = both.map((s) => (s.name === 'Idle' ? s.waiting : undefined));
  const isAlive = names.some((name) => CONNECTED.includes(name));
  const faults: [string, boolean][] = [
    ['two sessions', names.filter((n) => n === 'Established').length > 1],
    ['a rival of Established', names.includes('Established') && !waiting.includes('standby')],
    ['half stopped', waiting.filter((w) => w === 'stopped').length === 1],
    ['all on standby', waiting.every((w) => w === 'standby')],
    [
      'standby for nothing',
      !isAlive && waiting.includes('standby') && !waiting.includes('holding'),
    ],
    ['a door shut by silence', names.includes('OpenSent') && waiting.includes('standby')],
    ['a door open in Idle', acceptsConnection(state) && outgoing.name === 'Idle' && !isAlive],
    ['counters differ', JSON.stringify(outgoing.counters) !== JSON.stringify(incoming.counters)],
    ['incoming connects', incoming.name === 'Connect'],
    ['held without end', waiting.includes('holding') && !timers.has('outgoing idleHold')],
    [
      'nobody retries',
      ['Connect', 'Active'].includes(outgoing.name) &&
        !outgoing.config.passive &&
        !timers.has('outgoing connectRetry'),
    ],
    ['a contest without end', state.contest !== undefined && !timers.has('outgoing connectRetry')],
    ['a retry beside a connection', isBeyondRetry(state) && timers.has('outgoing connectRetry')],
    ['a stopped neighbour has timers', waiting.every((w) => w === 'stopped') && timers.size > 0],
  ];
  return faults.filter(([, isFault]) => isFault).map(([fault]) => fault);
}

t.test('whatever happens in whatever order, the two sides stay in line', (t) => {
  const anyInputs = fc.array(fc.constantFrom(...inputs), {
    minLength: 30,
    maxLength: 60,
    size: 'max',
  });
  const walk = fc.property(fc.constantFrom(config, passiveConfig), anyInputs, (with_, walked) => {
    let state = initialNeighbour(with_);
    const timers = new Set<string>();
    for (const input of walked) {
      if (!isPossible(state, input)) continue;
      if (input === retry) timers.delete('outgoing connectRetry');
      if (input === hold) timers.delete('outgoing idleHold');
      const [next, actions] = stepNeighbour(state, input);
      state = next;
      for (const { side, action } of actions) {
        if (action.type === 'startTimer') timers.add(`${side} ${action.timer}`);
        if (action.type === 'stopTimer') timers.delete(`${side} ${action.timer}`);
      }
      const faults = faultsOf(state, timers);
      if (faults.length > 0) throw new Error(`${faults} in ${sidesText(state)}`);
    }
  });
  fc.assert(walk, { seed: 4271, numRuns: 600 });
  t.end();
});

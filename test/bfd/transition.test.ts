import t from 'tap';
import {
  type ControlPacket,
  Diagnostic,
  SESSION_STATES,
  type SessionState,
} from '../../src/bfd/packet.ts';
import { type BfdEvent, type BfdState, initialState } from '../../src/bfd/state.ts';
import { detectionTime, packetOf, transmitInterval } from '../../src/bfd/timing.ts';
import { transition } from '../../src/bfd/transition.ts';

const FAST = { interval: 100_000, multiplier: 3 };

function packet(changes: Partial<ControlPacket>): ControlPacket {
  return {
    ...{ diagnostic: 0, state: 'Down', poll: false, final: false, demand: false },
    ...{ detectMult: 3, myDiscriminator: 7, yourDiscriminator: 1 },
    ...{ desiredMinTx: 200_000, requiredMinRx: 200_000 },
    ...changes,
  };
}

function received(changes: Partial<ControlPacket>): BfdEvent {
  return { type: 'PacketReceived', packet: packet(changes) };
}

function after(...events: readonly BfdEvent[]): BfdState {
  return events.reduce((state, event) => transition(state, event)[0], initialState(FAST, 1));
}

function actionsOf(state: BfdState, event: BfdEvent): readonly string[] {
  return transition(state, event)[1].map(({ type }) => type);
}

const REACHED: Readonly<Record<SessionState, readonly BfdEvent[]>> = {
  AdminDown: [{ type: 'AdministrativelyDown' }],
  Down: [],
  Init: [received({ state: 'Down' })],
  Up: [received({ state: 'Init' })],
};

/** By our state, what a packet of each state of the other end makes of it. */
const TABLE: Readonly<Record<SessionState, Readonly<Record<SessionState, SessionState>>>> = {
  AdminDown: { AdminDown: 'AdminDown', Down: 'AdminDown', Init: 'AdminDown', Up: 'AdminDown' },
  Down: { AdminDown: 'Down', Down: 'Init', Init: 'Up', Up: 'Down' },
  Init: { AdminDown: 'Down', Down: 'Init', Init: 'Up', Up: 'Up' },
  Up: { AdminDown: 'Down', Down: 'Down', Init: 'Up', Up: 'Up' },
};

t.test('§6.8.6: every state of ours against every state of theirs', (t) => {
  for (const ours of SESSION_STATES) {
    for (const theirs of SESSION_STATES) {
      const state = after(...REACHED[ours], received({ state: theirs }));
      t.equal(state.sessionState, TABLE[ours][theirs], `${ours}, hears ${theirs}`);
    }
  }
  const down = after(...REACHED.Up, received({ state: 'Down' }));
  t.equal(down.localDiagnostic, Diagnostic.neighbourSignaledDown);
  t.end();
});

t.test('§6.8.4: silence ends Init and Up, and the discriminator is forgotten (§6.8.1)', (t) => {
  for (const from of ['Init', 'Up'] as const) {
    const state = after(...REACHED[from], { type: 'DetectionTimerExpires' });
    t.equal(state.sessionState, 'Down');
    t.equal(state.localDiagnostic, Diagnostic.detectionTimeExpired);
    t.equal(state.remote.discriminator, 0);
  }
  t.end();
});

t.test(
  '§6.8.3: a packet a second until it is up, the pace of the file then, told by a Poll',
  (t) => {
    const down = after();
    t.equal(packetOf(down, false).desiredMinTx, 1_000_000);
    t.equal(transmitInterval(down, 1), 1000);
    const up = after(...REACHED.Up);
    t.match(packetOf(up, false), { desiredMinTx: 100_000, poll: true });
    t.equal(transmitInterval(up, 1), 200, 'the other end wants no more');
    t.equal(detectionTime(up), 600, 'three of its, and it sends every 200 ms');
    const done = transition(up, received({ state: 'Up', final: true }))[0];
    t.notOk(packetOf(done, false).poll);
    t.equal(packetOf(after(...REACHED.Up, received({ state: 'Down' })), false).desiredMinTx, 1e6);
    t.end();
  },
);

t.test('§6.5: a Poll is answered at once, by a Final that is no Poll', (t) => {
  const up = after(...REACHED.Up);
  t.ok(up.polling);
  t.same(
    actionsOf(up, received({ state: 'Up', poll: true })).filter((type) => type === 'sendFinal'),
    ['sendFinal'],
  );
  t.match(packetOf(up, true), { final: true, poll: false });
  t.end();
});

t.test('§6.8.3: in Up, what could look like a loss waits for the end of the Poll', (t) => {
  const final = received({ state: 'Up', final: true, desiredMinTx: 50_000, requiredMinRx: 50_000 });
  const up = after(...REACHED.Up, final);
  const slower = transition(up, {
    type: 'ParametersChanged',
    parameters: { interval: 400_000, multiplier: 3 },
  })[0];
  t.match(packetOf(slower, false), { desiredMinTx: 400_000, requiredMinRx: 400_000, poll: true });
  t.equal(transmitInterval(slower, 1), 100, 'sent at the old pace until the other end knows');
  t.equal(detectionTime(slower), 1200, 'a longer detection time holds at once');
  const known = transition(slower, final)[0];
  t.equal(transmitInterval(known, 1), 400);
  const faster = transition(known, { type: 'ParametersChanged', parameters: FAST })[0];
  t.equal(transmitInterval(faster, 1), 100, 'faster sending needs no waiting');
  t.equal(detectionTime(faster), 1200, 'faster detection does');
  t.equal(detectionTime(transition(faster, final)[0]), 300);
  t.end();
});

t.test('a change during a Poll is told by another', (t) => {
  const final = received({ state: 'Up', final: true });
  const changed = after(...REACHED.Up, {
    type: 'ParametersChanged',
    parameters: { interval: 400_000, multiplier: 3 },
  });
  const once = transition(changed, final)[0];
  t.ok(once.polling);
  t.notOk(transition(once, final)[0].polling);
  t.end();
});

t.test('§6.8.7: intervals vary by a quarter; who wants no packets is sent none', (t) => {
  const up = after(...REACHED.Up);
  t.equal(transmitInterval(up, 0), 150);
  const mute = after(received({ state: 'Init', requiredMinRx: 0 }));
  t.equal(transmitInterval(mute, 0.5), undefined);
  const one = { ...up, parameters: { ...up.parameters, multiplier: 1 } };
  t.same([transmitInterval(one, 0), transmitInterval(one, 1)], [150, 180]);
  t.end();
});

t.test('§6.8.16: administratively down is told, and hears nothing', (t) => {
  const up = after(...REACHED.Up);
  t.same(actionsOf(up, { type: 'AdministrativelyDown' }), ['stopDetection', 'rescheduleTransmit']);
  const off = transition(up, { type: 'AdministrativelyDown' })[0];
  t.match(packetOf(off, false), { state: 'AdminDown', diagnostic: 7 });
  t.same(actionsOf(off, received({ state: 'Up', poll: true })), []);
  t.end();
});

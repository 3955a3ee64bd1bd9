/** What both OPENs allow, and which ends of a session let the neighbour's routes stay. */

import t from 'tap';
import type { DownReason } from '../../src/fsm/actions.ts';
import { isKeptByNeighbour, retainsRoutes } from '../../src/fsm/gracefulRestart.ts';
import { replaceableSide } from '../../src/fsm/neighbour.ts';
import type { FsmConfig, State } from '../../src/fsm/state.ts';
import { transition } from '../../src/fsm/transition.ts';
import { type Capability, encodeCapability } from '../../src/wire/capability.ts';
import { hardReset } from '../../src/wire/notification.ts';
import { agreed, config, events, LOCAL_AS, openOf, PEER_AS, stepText } from '../support/fsm.ts';
import { after, hold, start, to, upIn, upOut } from '../support/neighbour.ts';

const IPV4 = { afi: 1, safi: 1 };
const VPN = { afi: 1, safi: 128 };

function restart(changes: Partial<Extract<Capability, { kind: 'gracefulRestart' }>> = {}) {
  const entries = [{ ...IPV4, forwarding: true }];
  const base = { kind: 'gracefulRestart', restarting: false, notification: true } as const;
  return { ...base, restartTime: 120, entries, ...changes };
}

function longLived(staleTime: number, forwarding = true): Capability {
  return { kind: 'longLivedGracefulRestart', entries: [{ ...IPV4, staleTime, forwarding }] };
}

function offering(...more: readonly Capability[]): FsmConfig {
  return { ...config, open: openOf(LOCAL_AS, { more }) };
}

function terms(ours: readonly Capability[], theirs: readonly Capability[]) {
  return agreed(offering(...ours), openOf(PEER_AS, { more: theirs })).gracefulRestart;
}

const helper = restart({ restartTime: 0, entries: [] });

t.test('RFC 4724 §3: both must offer it; families are those of the session', (t) => {
  t.equal(terms([], [restart()]), undefined);
  t.equal(terms([helper], []), undefined);
  const entries = [
    { ...IPV4, forwarding: false },
    { ...VPN, forwarding: true },
  ];
  t.match(terms([helper], [restart({ restarting: true, entries })]), {
    restarting: true,
    restartTime: 120,
    families: ['ipv4'],
    forwarding: [],
    ours: [],
  });
  t.match(terms([restart()], [helper]), { families: [], ours: ['ipv4'], restartTime: 0 });
  t.match(terms([helper], [helper, restart({ restartTime: 7 })]), { restartTime: 7 }, 'the last');
  t.end();
});

t.test('RFC 8538 §2: NOTIFICATIONs are survived where both say so', (t) => {
  const without = restart({ notification: false });
  t.equal(terms([helper], [restart()])?.notification, true);
  t.equal(terms([helper], [without])?.notification, false);
  t.equal(terms([without], [restart()])?.notification, false);
  t.end();
});

t.test('RFC 9494 §4.1: long-lived, only with both capabilities of both', (t) => {
  const empty: Capability = { kind: 'longLivedGracefulRestart', entries: [] };
  t.equal(terms([helper], [restart(), longLived(60)])?.longLived, undefined);
  t.equal(terms([helper, empty], [restart()])?.longLived, undefined);
  t.equal(terms([helper, empty], [longLived(60)]), undefined);
  t.match(terms([helper, empty], [restart(), longLived(60, false)])?.longLived, {
    staleTime: { ipv4: 60 },
    forwarding: [],
  });
  const vpn: Capability = {
    kind: 'longLivedGracefulRestart',
    entries: [{ ...VPN, staleTime: 60, forwarding: true }],
  };
  const unspoken = { staleTime: {}, forwarding: [] };
  t.same(terms([helper, empty], [restart(), vpn])?.longLived, unspoken, 'families of the session');
  t.equal(encodeCapability(empty).length, 2);
  t.end();
});

const shutdown = { code: 6, subcode: 2, data: new Uint8Array(0) };
const malformed = { code: 3, subcode: 1, data: new Uint8Array(0) };

t.test('which ends let routes stay (RFC 4724 §4.2, RFC 8538 §3)', (t) => {
  const rows: readonly (readonly [DownReason, always: boolean, withN: boolean])[] = [
    [{ kind: 'tcpFailed', cause: 'reset' }, true, true],
    [{ kind: 'holdTimerExpired' }, false, true],
    [{ kind: 'notificationReceived', notification: shutdown }, false, true],
    [{ kind: 'notificationReceived', notification: hardReset(shutdown) }, false, false],
    // Cut short, it is none the less one.
    [{ kind: 'notificationReceived', notification: { ...shutdown, subcode: 9 } }, false, false],
    [{ kind: 'notificationSent', notification: malformed, cause: '' }, false, true],
    [{ kind: 'notificationSent', notification: hardReset(shutdown), cause: '' }, false, false],
    [{ kind: 'sendHoldTimerExpired' }, false, false],
    [{ kind: 'stopped', communication: '' }, false, false],
    [{ kind: 'collision' }, false, false],
  ];
  const withN = terms([helper], [restart()]);
  const without = terms([helper], [restart({ notification: false })]);
  const helped = terms([restart()], [helper]);
  for (const [reason, always, notification] of rows) {
    t.equal(retainsRoutes(without, reason), always, `${reason.kind} without N`);
    t.equal(retainsRoutes(withN, reason), notification, `${reason.kind} with N`);
    t.notOk(retainsRoutes(undefined, reason), `${reason.kind} without the capability`);
    t.notOk(retainsRoutes(helped, reason), `${reason.kind} of who only helps`);
    t.equal(isKeptByNeighbour(helped, reason), notification, `${reason.kind}: ours, kept by it`);
    t.notOk(isKeptByNeighbour(withN, reason), `${reason.kind}: ours, where we only help`);
    t.notOk(isKeptByNeighbour(undefined, reason), `${reason.kind}: ours, without the capability`);
  }
  const silent = { kind: 'stopped', communication: '', silent: true } as const;
  t.ok(isKeptByNeighbour(helped, silent), 'to who hears nothing the connection has failed');
  t.notOk(isKeptByNeighbour(undefined, silent));
  t.notOk(retainsRoutes(withN, silent), 'we do not stay to use them');
  t.end();
});

function established(with_: FsmConfig, theirs: readonly Capability[]): State {
  const negotiated = agreed(with_, openOf(PEER_AS, { more: theirs }));
  const counters = { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 };
  return { name: 'Established', config: with_, counters, negotiated };
}

function retainIn([, actions]: ReturnType<typeof transition>): boolean | undefined {
  const released = actions.find(({ type }) => type === 'releaseRoutes');
  return released?.type === 'releaseRoutes' ? released.retain : undefined;
}

t.test('RFC 8538 §4: what must not be outlived is a Hard Reset, and only to who would', (t) => {
  const sent = (theirs: readonly Capability[], event: Parameters<typeof transition>[1]) => {
    const [, actions] = transition(established(offering(helper), theirs), event);
    const action = actions.find(({ type }) => type === 'sendNotification');
    if (action?.type !== 'sendNotification') return undefined;
    const { code, subcode, data } = action.notification;
    return [code, subcode, ...data.subarray(0, 2)];
  };
  t.same(sent([restart()], events.ManualStop), [6, 9, 6, 2]);
  t.same(sent([restart()], events.AutomaticStop), [6, 9, 6, 2]);
  t.same(sent([restart({ notification: false })], events.ManualStop)?.slice(0, 2), [6, 2]);
  t.same(sent([], events.ManualStop)?.slice(0, 2), [6, 2]);
  t.same(sent([restart()], events.UpdateMsgErr), [3, 1], 'an error is not');
  t.same(sent([restart()], events.HoldTimerExpires), [4, 0]);
  t.same(sent([restart()], { ...events.ManualStop, silent: true }), undefined);
  t.end();
});

t.test('a NOTIFICATION, a hold timer, a stop: what becomes of the routes', (t) => {
  const state = established(offering(helper), [restart()]);
  t.equal(retainIn(transition(state, events.NotifMsg)), true);
  t.equal(retainIn(transition(state, events.HoldTimerExpires)), true);
  t.equal(retainIn(transition(state, events.TcpConnectionFails)), true);
  t.equal(retainIn(transition(state, events.UpdateMsgErr)), true);
  t.equal(retainIn(transition(state, events.AutomaticStop)), false);
  const plain = established(config, []);
  t.equal(retainIn(transition(plain, events.TcpConnectionFails)), false);
  t.end();
});

t.test('who may be restarting is listened to at once, and tried after 1 s; once', (t) => {
  const with_ = offering(helper);
  const open = { type: 'BGPOpen', open: openOf(PEER_AS, { more: [restart()] }) } as const;
  const up = [upOut[0]!, to.outgoing(open), to.outgoing(events.KeepAliveMsg)];
  const lost = to.outgoing(events.TcpConnectionFails);
  const first = after(with_, start, ...up, lost);
  t.equal(first.sides, 'Active + Active');
  t.equal(first.did.at(-1), 'outgoing startTimer connectRetry 1');
  const retry = to.neighbour(events.ConnectRetryTimerExpires);
  const second = after(with_, start, ...up, lost, retry, ...up, lost);
  t.equal(second.sides, 'Idle/holding + Idle/standby', 'it oscillates');
  const stable = after(with_, start, ...up, lost, retry, ...up, hold, lost);
  t.equal(stable.sides, 'Active + Active', 'it had lasted');
  t.end();
});

t.test('RFC 4724 §4.2: a new connection takes the place of an Established one', (t) => {
  const with_ = offering(helper);
  const open = { type: 'BGPOpen', open: openOf(PEER_AS, { more: [restart()] }) } as const;
  for (const side of ['outgoing', 'incoming'] as const) {
    const first = side === 'outgoing' ? upOut[0]! : upIn[0]!;
    const up = [start, first, { side, event: open }, { side, event: events.KeepAliveMsg }];
    const { state, sides } = after(with_, ...up);
    t.match(sides, /Established/);
    t.equal(replaceableSide(state), side);
    const replaced = after(with_, ...up, { side, event: events.TcpConnectionConfirmed });
    t.equal(replaced.sides, 'Active + Active');
    t.notOk(replaced.did.some((action) => action.includes('sendNotification')));
    t.ok(replaced.did.includes(`${side} dropTcp`));
  }
  t.equal(replaceableSide(after(with_, start, ...upOut).state), undefined, 'it cannot restart');
  const plain = established(config, []);
  t.same(stepText(transition(plain, events.TcpConnectionConfirmed)), ['Established']);
  t.end();
});

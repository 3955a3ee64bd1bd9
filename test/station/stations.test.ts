import t, { type Test } from 'tap';
import type { BmpStation } from '../../src/config/config.ts';
import { parseAddress } from '../../src/net/text.ts';
import { systemClock } from '../../src/session/clock.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { MonitoredSession } from '../../src/session/monitored.ts';
import type { StationEvent } from '../../src/station/event.ts';
import { Stations } from '../../src/station/stations.ts';
import { bringUp, feed, finish, makeRib, openRules, peerIndex } from '../rib/fixture.ts';
import { FOUR_OCTET } from '../rib/updates.ts';
import { BMP, BmpListener, type BmpMessage } from '../support/bmp.ts';
import { message } from '../support/octets.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`${text} is not an address`);
  return parsed;
}

function sessionOf(peer: number): MonitoredSession {
  return {
    ...{ name: `transit-${peer}`, peer: peerIndex(peer), peerAs: 64496 + peer },
    ...{ address: address(`198.51.100.${peer + 1}`), bgpIdentifier: 0x0a000001 + peer },
    ...{ localAddress: address('198.51.100.99'), localPort: 40_000, remotePort: 179 },
    openSent: message(1, '04 fb f4 00 5a c0 00 02 01 00'),
    openReceived: message(1, `04 fb f${peer} 00 5a 0a 00 00 0${peer + 1} 00`),
    families: ['ipv4', 'ipv6'],
    treatedAsWithdraw: 0,
    since: at,
  };
}

interface Scene {
  readonly stations: Stations;
  readonly events: readonly StationEvent[];
  /** Who is up; to be changed by the test. */
  readonly sessions: MonitoredSession[];
  readonly rib: ReturnType<typeof makeRib>;
  /** Resolves with the next event of this type. */
  readonly happens: (type: StationEvent['type']) => Promise<StationEvent>;
}

function scene(t: Test, clock = systemClock, rib = makeRib({ tracked: false })): Scene {
  const sessions: MonitoredSession[] = [];
  const events: StationEvent[] = [];
  const waiting: ((event: StationEvent) => void)[] = [];
  const stations = new Stations({
    clock,
    monitored: { sessions: () => sessions, rib: () => rib },
    about: { sysDescr: 'multihomed test', sysName: 'edge' },
    onEvent: (event) => {
      events.push(event);
      for (const resolve of waiting.splice(0)) resolve(event);
    },
  });
  t.teardown(() => stations.stop('the test is over'));
  const happens = async (type: StationEvent['type']) => {
    for (;;) {
      const event = await new Promise<StationEvent>((resolve) => waiting.push(resolve));
      if (event.type === type) return event;
    }
  };
  return { stations, events, sessions, rib, happens };
}

function stationAt(port: number, changes: Partial<BmpStation> = {}): BmpStation {
  const routes = 'pre-policy';
  return { address: address('127.0.0.1'), port, routes, statistics: 60_000, ...changes };
}

async function listener(t: Test): Promise<BmpListener> {
  const listening = await BmpListener.start();
  t.teardown(() => listening.close());
  return listening;
}

/** Type, and of a route message its flags and what is behind the UPDATE's header. */
function texts(messages: readonly BmpMessage[]): string[] {
  const names = Object.fromEntries(Object.entries(BMP).map(([name, type]) => [type, name]));
  return messages.map(({ type, body }) => {
    const name = names[type] ?? `type ${type}`;
    if (type !== BMP.routes) return name;
    const peer = body[25];
    return `${name} ${peer} ${body[1]?.toString(16)} ${Buffer.from(body.subarray(61)).toString('hex')}`;
  });
}

function down(neighbour: string, more: Partial<SessionEvent & { type: 'SessionDown' }> = {}) {
  return {
    ...({ type: 'SessionDown', neighbour, at, wasUp: true } as const),
    reason: { kind: 'tcpFailed', cause: 'connection reset' } as const,
    ...more,
  };
}

t.test(
  'RFC 7854 §3.3, §5: Initiation, Peer Up, the table, End-of-RIB, then what changes',
  async (t) => {
    const { stations, rib, sessions } = scene(t);
    const peer = bringUp(rib, 0);
    feed(rib, peer, { announce: ['10.0.0.0/8', '11.0.0.0/8'], path: [64496] });
    sessions.push(sessionOf(0));
    const station = await listener(t);
    stations.configure([stationAt(station.port)]);
    await station.until(() => station.messages.length >= 5);
    const told = texts(station.messages);
    t.strictSame(told.slice(0, 2), ['initiation', 'peerUp']);
    t.match(told[2], /^routes 1 0 .*080a080b$/);
    t.match(told[3], /^routes 1 0 00000000$/);
    t.match(told[4], /^routes 1 0 0000/);
    feed(rib, peer, { withdraw: ['10.0.0.0/8'] });
    feed(rib, peer, { announce: ['12.0.0.0/8'], path: [64496] });
    await station.until(() => station.messages.length >= 7);
    const later = texts(station.messages).slice(5);
    t.match(later[0], /^routes 1 0 0002080a0000$/);
    t.match(later[1], /080c$/);
    t.strictSame(
      stations.reports().map(({ state, lastFault }) => [state, lastFault]),
      [['up', undefined]],
    );
  },
);

t.test('both views: what policy refuses is in the one, and leaves the other', async (t) => {
  const { stations, rib, sessions } = scene(t);
  const peer = bringUp(rib, 0, { rules: openRules({ privateAs: 'refuse' }) });
  feed(rib, peer, { announce: ['10.0.0.0/8'], path: [64496, 13335] });
  feed(rib, peer, { announce: ['11.0.0.0/8'], path: [64496, 64512] });
  sessions.push(sessionOf(0));
  const station = await listener(t);
  stations.configure([stationAt(station.port, { routes: 'both' })]);
  const routes = () => texts(station.ofType(BMP.routes));
  const endOfRib = (text: string) => text.endsWith(' 00000000');
  await station.until(() => routes().filter(endOfRib).length === 2);
  const flags = (prefix: string) =>
    routes()
      .filter((text) => text.endsWith(prefix))
      .map((text) => text.split(' ')[2]);
  t.strictSame(flags('080a').toSorted(), ['0', '40']);
  t.strictSame(flags('080b'), ['0']);
  rib.setRules(peer, openRules());
  finish(rib);
  await station.until(() => flags('080b').length === 3);
  t.strictSame(flags('080b').toSorted(), ['0', '0', '40']);
  rib.setRules(peer, openRules({ privateAs: 'refuse' }));
  finish(rib);
  await station.until(() => flags('080b0000').length === 1);
  t.strictSame(flags('080b0000'), ['40']);
});

t.test('RFC 7854 §4.9: sessions that come and go, and what ended them', async (t) => {
  const { stations, rib, sessions } = scene(t);
  const station = await listener(t);
  stations.configure([stationAt(station.port)]);
  await station.until(() => station.messages.length === 1);
  const up = (peer: number) => {
    bringUp(rib, peer);
    sessions.push(sessionOf(peer));
    const negotiated = {} as Extract<SessionEvent, { type: 'SessionUp' }>['negotiated'];
    const neighbour = `transit-${peer}`;
    const more = { direction: 'outgoing', withoutNextHop: [] } as const;
    stations.heard({ type: 'SessionUp', neighbour, at, negotiated, ...more });
  };
  const lastWords = message(3, '06 02');
  up(0);
  stations.heard(down('transit-0', { lastWords }));
  up(1);
  const notification = { code: 6, subcode: 2, data: new Uint8Array() };
  stations.heard(down('transit-1', { reason: { kind: 'notificationReceived', notification } }));
  up(2);
  stations.heard(down('transit-2'));
  up(3);
  stations.heard(down('transit-3', { reason: { kind: 'sendHoldTimerExpired' } }));
  up(4);
  const bug = { cause: 'a bug', stack: '' };
  stations.heard({ type: 'InternalError', neighbour: 'transit-4', at, ...bug });
  stations.heard(down('nobody'));
  await station.until(() => station.ofType(BMP.peerDown).length === 5);
  const reasons = station
    .ofType(BMP.peerDown)
    .map(({ body }) => Buffer.from(body.subarray(42)).toString('hex'));
  const words = Buffer.from(lastWords).toString('hex');
  t.strictSame(reasons, [`01${words}`, `03${words}`, '04', '02001d', '020000']);
  t.equal(station.ofType(BMP.peerUp).length, 5);
});

t.test('nothing is told of a session that is down any more', async (t) => {
  const { stations, rib, sessions } = scene(t);
  const [peer, other] = [bringUp(rib, 0), bringUp(rib, 1)];
  sessions.push(sessionOf(0), sessionOf(1));
  const station = await listener(t);
  stations.configure([stationAt(station.port)]);
  await station.until(() => station.messages.length === 7);
  rib.peerDown(peer);
  stations.heard(down('transit-0'));
  finish(rib);
  feed(rib, other, { announce: ['10.0.0.0/8'], path: [64497] });
  await station.until(() => station.messages.length === 9);
  t.equal(texts(station.messages).at(-2), 'peerDown');
  t.match(texts(station.messages).at(-1), /^routes 2 .*080a$/);
});

t.test('RFC 7854 §4.8, §4.5: numbers now and then; Termination when it is meant', async (t) => {
  const clock = new VirtualClock();
  const { stations, rib, sessions, happens } = scene(t, clock);
  const peer = bringUp(rib, 0);
  feed(rib, peer, { announce: ['10.0.0.0/8', '2001:db8::/32'], path: [64496] });
  sessions.push(sessionOf(0));
  const station = await listener(t);
  const up = happens('StationUp');
  stations.configure([stationAt(station.port, { statistics: 5000 })]);
  await up;
  clock.advance(5000);
  clock.advance(5000);
  await station.until(() => station.ofType(BMP.statistics).length === 2);
  const [report] = station.ofType(BMP.statistics);
  const hex = Buffer.from(report?.body.subarray(42) ?? []).toString('hex');
  t.equal(
    hex,
    `00000004${'000b000400000000'}${'000700080000000000000002'}${'0009000b0001010000000000000001'}${'0009000b0002010000000000000001'}`,
  );
  const stopped = stations.stop('maintenance');
  await station.until(() => station.ofType(BMP.termination).length === 1);
  const [termination] = station.ofType(BMP.termination);
  t.match(Buffer.from(termination?.body ?? []).toString('latin1'), /maintenance$/);
  await stopped;
});

t.test(
  'a station that goes is connected to again, later each time, and told of once',
  async (t) => {
    const clock = new VirtualClock();
    const { stations, events, happens } = scene(t, clock);
    const station = await listener(t);
    const { port } = station;
    const up = happens('StationUp');
    stations.configure([stationAt(port)]);
    await up;
    const lost = happens('StationDown');
    await station.close();
    t.match(await lost, { cause: /closed|reset/, wasUp: true });
    t.equal(stations.reports()[0]?.state, 'waiting');
    const refused = happens('StationDown');
    clock.advance(1000);
    t.equal(stations.reports()[0]?.state, 'connecting');
    t.match(await refused, { wasUp: false, cause: /refused/ });
    const again = await BmpListener.start(port);
    t.teardown(() => again.close());
    const back = happens('StationUp');
    clock.advance(1000);
    t.equal(stations.reports()[0]?.state, 'waiting', 'the second wait is twice as long');
    clock.advance(1000);
    await back;
    t.strictSame(
      events.map(({ type }) => type),
      ['StationUp', 'StationDown', 'StationDown', 'StationUp'],
    );
  },
);

t.test(
  'one that stops reading is dropped, with a bounded amount waiting, and one event',
  async (t) => {
    const clock = new VirtualClock();
    const rib = makeRib({ tracked: false, routeWords: 1 << 22, attributeWords: 1 << 24 });
    const { stations, sessions, events, happens } = scene(t, clock, rib);
    const peer = bringUp(rib, 0);
    sessions.push(sessionOf(0));
    // More than the kernel's buffers of both ends take.
    for (let i = 0; i < 12_000; i++) {
      const prefix = `${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`;
      const raw = [0xd0, 99, 3, 0xe8, ...new Array(1000).fill(i & 255)];
      feed(rib, peer, { announce: [prefix], path: [64496, 1000 + i], raw }, FOUR_OCTET);
    }
    const station = await listener(t);
    station.reads = false;
    const up = happens('StationUp');
    stations.configure([stationAt(station.port)]);
    await up;
    // Until the kernel takes no more.
    for (let before = -1; ; ) {
      for (let turn = 0; turn < 50; turn++) {
        clock.advance(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { sent = 0, unsent = 0 } = stations.reports()[0] ?? {};
      if (sent + unsent === before && unsent > 0) break;
      before = sent + unsent;
    }
    t.ok((stations.reports()[0]?.unsent ?? 0) < 1024 * 1024, 'less than a mebibyte waits');
    let down: StationEvent | undefined;
    void happens('StationDown').then((event) => {
      down = event;
    });
    // If the kernel took some more after all, it is given another minute.
    while (!down) {
      clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.match(down, { wasUp: true, cause: /does not read/ });
    t.equal(events.length, 2);
    t.equal(rib.table.observer, undefined, 'the table has forgotten it');
  },
);

t.test('a reload keeps a station that did not change, and ends one that is gone', async (t) => {
  const { stations } = scene(t);
  const [first, second] = [await listener(t), await listener(t)];
  stations.configure([stationAt(first.port), stationAt(second.port)]);
  await first.until(() => first.messages.length === 1);
  await second.until(() => second.messages.length === 1);
  stations.configure([stationAt(first.port)]);
  await second.until(() => second.ofType(BMP.termination).length === 1);
  t.equal(first.connections, 1);
  t.equal(stations.reports().length, 1);
  stations.configure([stationAt(first.port, { routes: 'both' })]);
  await first.until(() => first.ofType(BMP.initiation).length === 2);
  t.equal(first.ofType(BMP.termination).length, 1);
});

/** More than may wait for a station, in one message. */
const TOO_MUCH = new Uint8Array(9 * 1024 * 1024);

t.test(
  'what fails while it is told of the sessions is over: one wait, and no numbers',
  async (t) => {
    const clock = new VirtualClock();
    const { stations, sessions, rib, events, happens } = scene(t, clock);
    bringUp(rib, 0);
    sessions.push({ ...sessionOf(0), openSent: TOO_MUCH });
    const station = await listener(t);
    const up = happens('StationUp');
    stations.configure([stationAt(station.port)]);
    await up;
    t.match(events[1], { type: 'StationDown', cause: /does not read/ });
    t.equal(clock.pending, 1, 'until it is tried again');
    t.equal(rib.table.observer, undefined, 'the table has forgotten it');
    t.equal(events.length, 2);
  },
);

t.test('a connection that fails twice over, in one turn, is lost once', async (t) => {
  const clock = new VirtualClock();
  const { stations, sessions, rib, events, happens } = scene(t, clock);
  const peer = bringUp(rib, 0);
  bringUp(rib, 1);
  const station = await listener(t);
  const up = happens('StationUp');
  stations.configure([stationAt(station.port)]);
  await up;
  const hear = (neighbour: string) => {
    const negotiated = {} as Extract<SessionEvent, { type: 'SessionUp' }>['negotiated'];
    const more = { direction: 'outgoing', withoutNextHop: [] } as const;
    stations.heard({ type: 'SessionUp', neighbour, at, negotiated, ...more });
  };
  sessions.push({
    ...sessionOf(0),
    // Asked for while its routes are written.
    get families(): never {
      sessions.push({ ...sessionOf(1), openSent: TOO_MUCH });
      hear('transit-1');
      throw new Error('a bug');
    },
  });
  hear('transit-0');
  feed(rib, peer, { announce: ['10.0.0.0/8'], path: [64496] });
  t.strictSame(
    events.map(({ type }) => type),
    ['StationUp', 'StationDown'],
  );
  t.match(events[1], { cause: /does not read/ });
  t.equal(clock.pending, 1, 'one wait');
  const refused = happens('StationDown');
  await station.close();
  clock.advance(1000);
  await refused;
  clock.advance(1999);
  t.equal(stations.reports()[0]?.state, 'waiting', 'twice as long as the first one, and not more');
  clock.advance(1);
  t.equal(stations.reports()[0]?.state, 'connecting');
});

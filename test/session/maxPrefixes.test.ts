/** `max-prefixes` of one session (RFC 4486): warned, ended, kept down, let back. */

import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type LoopbackSession, loopbackSession, PEER_AS } from '../support/loopbackSession.ts';
import { configOf } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, RawPeer, rawMessage, TYPE } from '../support/rawPeer.ts';

const MINUTE = 60_000;
/** Cease/Maximum Number of Prefixes Reached: IPv4 unicast, 5. */
const CEASE = '0601 0001 01 00000005'.replaceAll(' ', '');
const LIMITS = 'max-prefixes: { ipv4: 5, idle: 30m }';

/** ORIGIN IGP, AS_PATH 64496, NEXT_HOP 198.51.100.1. */
const ATTRIBUTES = '40010100 400206 0201 0000fbf0 400304 c6336401';

/** IPv4 unicast, route refresh plain and enhanced, four-octet AS numbers. */
const ENHANCED = '010400010001 0200 4600 41040000fbf0';

/** An UPDATE that announces 20.2.x.0/24 for each of these. */
function announcement(...numbers: readonly number[]): string {
  const nlri = numbers.map((number) => `18 1402${number.toString(16).padStart(2, '0')}`);
  return rawMessage(TYPE.update, `0000 0014 ${ATTRIBUTES} ${nlri.join('')}`);
}

async function untilReceived({ session }: LoopbackSession, count: number): Promise<void> {
  while (session.snapshot().learned.ipv4.received !== count) await turn();
}

function limitTold({ events }: LoopbackSession): readonly string[] {
  return events.flatMap((event) => (event.type === 'PrefixLimit' ? [event.finding.kind] : []));
}

/** Takes a file in which `max-prefixes` alone differs. */
function change({ session, listener }: LoopbackSession, limits: string): void {
  const { localAs, routerId } = session.config;
  const [neighbour] = configOf(`
asn: ${localAs}
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  peer: { asn: ${PEER_AS}, address: 127.0.0.1, port: ${listener.port}, ${limits} }
`).upstreams;
  if (!neighbour) throw new Error('the file names an upstream');
  session.adjust({ localAs, routerId, neighbour }, false);
}

/** A session that its neighbour has sent one prefix too many. */
async function exceeded(t: Test) {
  const loopback = await loopbackSession(t, LIMITS);
  const peer = await loopback.establish();
  const down = loopback.happens('SessionDown');
  peer.send(announcement(1, 2, 3, 4, 5, 6));
  await down;
  return { ...loopback, peer };
}

t.test('at 80 % of the limit it is told once, and at the limit itself nothing ends', async (t) => {
  const loopback = await loopbackSession(t, LIMITS);
  const peer = await loopback.establish();
  peer.send(announcement(1, 2, 3));
  await untilReceived(loopback, 3);
  t.same(limitTold(loopback), []);
  peer.send(announcement(4), announcement(5), announcement(5));
  await untilReceived(loopback, 5);
  t.same(limitTold(loopback), ['nearing']);
  t.equal(loopback.session.snapshot().state, 'Established');
});

t.test(
  'RFC 4486 §4: beyond it, Cease/Maximum Number of Prefixes Reached, with family and limit',
  async (t) => {
    const loopback = await exceeded(t);
    t.equal((await loopback.peer.nextOf(TYPE.notification)).body, CEASE);
    t.equal(await loopback.peer.end(), 'FIN');
    t.same(limitTold(loopback).at(-1), 'exceeded');
  },
);

t.test('for `idle` it neither connects nor takes a connection, then it does', async (t) => {
  const { session, clock, listener, happens } = await exceeded(t);
  t.equal(session.snapshot().restingUntil, clock.wall() + 30 * MINUTE);
  session.start();
  clock.advance(30 * MINUTE - 1);
  t.equal(session.snapshot().state, 'Idle');
  t.equal(listener.count, 1);
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    if (!session.accept(socket)) socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  t.equal(await (await RawPeer.connect(port)).end(), 'ECONNRESET');

  const up = happens('SessionUp');
  clock.advance(1);
  const again = await listener.next();
  await again.establish({ asn: PEER_AS });
  await up;
  t.equal(session.snapshot().restingUntil, undefined);
});

t.test('a changed limit ends the rest', async (t) => {
  const loopback = await exceeded(t);
  change(loopback, 'max-prefixes: { ipv4: 6, idle: 30m }');
  const again = await loopback.listener.next();
  await again.establish({ asn: PEER_AS });
  again.send(announcement(1, 2, 3, 4, 5, 6));
  await untilReceived(loopback, 6);
  t.equal(loopback.session.snapshot().state, 'Established');
});

t.test('a changed file with the same limit does not', async (t) => {
  const loopback = await exceeded(t);
  change(loopback, `prepend: 1, ${LIMITS}`);
  t.equal(loopback.session.snapshot().state, 'Idle');
  t.not(loopback.session.snapshot().restingUntil, undefined);
});

t.test('RFC 7313: refreshes that never end are no way around it', async (t) => {
  const loopback = await loopbackSession(t, LIMITS);
  const peer = await loopback.establish({ capabilities: ENHANCED });
  const begin = rawMessage(TYPE.routeRefresh, '00010101');
  for (const first of [1, 6]) {
    peer.send(begin, announcement(first, first + 1, first + 2, first + 3, first + 4));
    await untilReceived(loopback, first + 4);
  }
  t.equal(loopback.session.snapshot().state, 'Established', 'a refresh may change everything');
  peer.send(begin, announcement(11));
  t.equal((await peer.nextOf(TYPE.notification)).body, CEASE);
});

t.test('what a refresh leaves behind counts at its end, without another UPDATE', async (t) => {
  const loopback = await loopbackSession(t, LIMITS);
  const peer = await loopback.establish({ capabilities: ENHANCED });
  peer.send(announcement(1, 2, 3, 4, 5));
  await untilReceived(loopback, 5);
  peer.send(rawMessage(TYPE.routeRefresh, '00010101'), announcement(1, 2, 3, 4, 5, 6));
  await untilReceived(loopback, 6);
  t.equal(loopback.session.snapshot().state, 'Established');
  peer.send(rawMessage(TYPE.routeRefresh, '00010201'));
  while (loopback.session.snapshot().stale.length > 0) await turn();
  await turn();
  peer.send(RAW_KEEPALIVE);
  t.equal((await peer.nextOf(TYPE.notification)).body, CEASE);
});

t.test('a limit below what is there already ends the session at once', async (t) => {
  const loopback = await loopbackSession(t);
  const peer = await loopback.establish();
  peer.send(announcement(1, 2, 3, 4, 5, 6));
  await untilReceived(loopback, 6);
  change(loopback, LIMITS);
  t.equal((await peer.nextOf(TYPE.notification)).body, CEASE);
  t.equal(loopback.session.snapshot().state, 'Idle');
});

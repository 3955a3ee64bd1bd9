/** A neighbour made of octets that restarts, on virtual time: what of its routes is kept, and for how long. */

import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { RibFullError } from '../../src/rib/memory.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { updateBytes } from '../rib/updates.ts';
import { loopbackSession, PEER_AS } from '../support/loopbackSession.ts';
import { ownRoute, routesOf } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, RawPeer, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';
import { testRib } from '../support/testRib.ts';

const PEER = 0 as PeerIndex;
const MULTIPROTOCOL = '010400010001';
const FOUR_OCTET = '41040000fbf0';
/** N, 120 s, IPv4 unicast with F. */
const RESTART = '40064078 00010180';
const WITHOUT_N = '40060078 00010180';
const WITHOUT_F = '40064078 00010100';
const HELPER = '40024000';
const END_OF_RIB = rawMessage(TYPE.update, '00000000');
const DEAD_LINK = { subcode: 4, communication: 'link eth1 is down (no carrier)' };

const capabilities = (...more: readonly string[]) => [MULTIPROTOCOL, FOUR_OCTET, ...more].join('');
const announce = (...prefixes: readonly string[]) =>
  Buffer.from(updateBytes({ path: [PEER_AS], announce: prefixes })).toString('hex');

async function restarting(t: Test, capability = RESTART, keys = '') {
  const rib = testRib();
  const made = await loopbackSession(t, keys, rib);
  const { session, listener, happens, establish } = made;
  const holds = () => rib.counts(PEER, 'ipv4').received;
  /** Up, with two routes. */
  const up = async (): Promise<RawPeer> => {
    const peer = await establish({ capabilities: capabilities(capability) });
    await sends(peer, announce('203.0.112.0/24', '203.0.114.0/24'), END_OF_RIB);
    return peer;
  };
  const sends = async (peer: RawPeer, ...messages: readonly string[]): Promise<void> => {
    const before = session.snapshot().received.update;
    peer.send(...messages);
    while (session.snapshot().received.update < before + messages.length) await turn();
    await turn();
  };
  const dies = async (peer: RawPeer) => {
    const down = happens('SessionDown');
    peer.socket.resetAndDestroy();
    await down;
  };
  /** We connect again after 1 s; after a second loss in a row, which is an error, after 2 s. */
  const returns = async (...more: readonly string[]): Promise<RawPeer> => {
    const next = happens('SessionUp');
    made.clock.advance(session.snapshot().dropped * 1000);
    const peer = await listener.next();
    await peer.establish({ asn: PEER_AS, capabilities: capabilities(...more) });
    await next;
    return peer;
  };
  return { ...made, rib, holds, up, sends, dies, returns };
}

t.test('offers to help by default, and nothing if the file says so', async (t) => {
  const open = async (keys: string) => {
    const { listener, session } = await loopbackSession(t, keys);
    session.start();
    const peer = await listener.next();
    return (await peer.nextOf(TYPE.open)).body;
  };
  t.match(await open(''), /40024000/, 'N, no restart time, no family');
  t.match(await open(''), /4600/, 'enhanced route refresh');
  t.match(await open('graceful-restart: true'), /4006401e00010180/, 'N, 30 s, F');
  t.notMatch(await open('graceful-restart: false'), /400240/);
  t.match(await open('long-lived-graceful-restart: 1h'), /4700/, 'RFC 9494: no family either');
  const both = 'graceful-restart: true, long-lived-graceful-restart: 1h';
  t.match(await open(both), /470700010180000e10/);
});

t.test('a lost connection: its routes stay, until it is back and says End-of-RIB', async (t) => {
  const { session, holds, up, sends, dies, returns } = await restarting(t);
  await dies(await up());
  t.equal(holds(), 2);
  t.match(session.snapshot().stale, [{ family: 'ipv4', phase: 'restart' }]);
  const peer = await returns(RESTART);
  t.match(session.snapshot().stale, [{ phase: 'return' }]);
  await sends(peer, announce('203.0.112.0/24'));
  t.equal(holds(), 2);
  await sends(peer, END_OF_RIB);
  t.equal(holds(), 1);
  t.same(session.snapshot().stale, []);
});

t.test('not back in 120 s: gone', async (t) => {
  const { clock, session, holds, up, dies } = await restarting(t);
  await dies(await up());
  session.snapshot();
  clock.advance(119_000);
  t.equal(holds(), 2);
  clock.advance(1000);
  t.equal(holds(), 0);
});

t.test('no capability, or only helping: gone at once', async (t) => {
  for (const capability of ['', HELPER]) {
    const { holds, up, dies } = await restarting(t, capability);
    await dies(await up());
    t.equal(holds(), 0);
  }
  const off = await restarting(t, RESTART, 'graceful-restart: false');
  await off.dies(await off.up());
  t.equal(off.holds(), 0);
});

t.test('back without F, or without the capability: gone as soon as it is up', async (t) => {
  for (const capability of [WITHOUT_F, '']) {
    const { holds, up, dies, returns } = await restarting(t);
    await dies(await up());
    await returns(capability);
    t.equal(holds(), 0);
  }
});

t.test('a restart in a restart: what was stale before is not kept twice', async (t) => {
  const { clock, holds, up, sends, dies, returns } = await restarting(t);
  await dies(await up());
  const second = await returns(RESTART);
  await sends(second, announce('203.0.115.0/24'));
  t.equal(holds(), 3);
  await dies(second);
  t.equal(holds(), 1);
  clock.advance(120_000);
  t.equal(holds(), 0);
});

t.test('two restarts, one after the other', async (t) => {
  const { holds, up, sends, dies, returns } = await restarting(t);
  let peer = await up();
  for (let i = 0; i < 2; i++) {
    await dies(peer);
    peer = await returns(RESTART);
    await sends(peer, announce('203.0.112.0/24', '203.0.114.0/24'), END_OF_RIB);
    t.equal(holds(), 2);
  }
});

t.test('RFC 8538: a NOTIFICATION with N keeps them, a Hard Reset does not', async (t) => {
  for (const [capability, body, kept] of [
    [RESTART, '0602', 2],
    [RESTART, '06090602', 0],
    [RESTART, '0609', 0],
    [WITHOUT_N, '0602', 0],
  ] as const) {
    const { happens, holds, up } = await restarting(t, capability);
    const peer = await up();
    const down = happens('SessionDown');
    peer.send(rawMessage(TYPE.notification, body));
    await down;
    t.equal(holds(), kept, `${capability} ${body}`);
  }
});

t.test(
  'RFC 8538: the hold timer keeps them with N; our NOTIFICATION is no Hard Reset',
  async (t) => {
    for (const [capability, kept] of [
      [RESTART, 2],
      [WITHOUT_N, 0],
    ] as const) {
      const { clock, happens, holds, up } = await restarting(t, capability, 'hold-time: 9s');
      const peer = await up();
      const down = happens('SessionDown');
      clock.advance(9000);
      await down;
      t.equal((await peer.nextOf(TYPE.notification)).body, '0400');
      t.equal(holds(), kept);
    }
  },
);

t.test('a dead link takes everything at once, also what was kept already', async (t) => {
  const first = await restarting(t);
  const peer = await first.up();
  first.session.drop(DEAD_LINK);
  t.equal(first.holds(), 0);
  t.match((await peer.nextOf(TYPE.notification)).body, /^06090604/, 'RFC 8538: a Hard Reset');
  const second = await restarting(t);
  await second.dies(await second.up());
  t.equal(second.holds(), 2);
  second.session.drop(DEAD_LINK);
  t.equal(second.holds(), 0);
  t.equal(second.clock.pending, 0, 'nothing is left that could wake up');
});

t.test(
  'RFC 4724 §4.2: a neighbour that connects anew is let in, and not told a thing',
  async (t) => {
    const { clock, session, happens, holds, up } = await restarting(t);
    const old = await up();
    const { createServer } = await import('node:net');
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      if (!session.accept(socket)) socket.resetAndDestroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    const crossing = await RawPeer.connect(port);
    t.equal(await crossing.end(), 'ECONNRESET', 'so soon it is one that crossed ours');
    clock.advance(5000);
    const peer = await RawPeer.connect(port);
    const next = happens('SessionUp');
    await peer.establish({ asn: PEER_AS, capabilities: capabilities(RESTART) });
    await next;
    t.equal(await old.end(), 'FIN');
    await t.rejects(old.nextOf(TYPE.notification));
    t.equal(holds(), 2);
    t.match(session.snapshot(), { direction: 'incoming', stale: [{ phase: 'return' }] });
    peer.destroy();
  },
);

t.test('max-prefixes: what is stale does not count, what is new does', async (t) => {
  const keys = 'max-prefixes: { ipv4: 2 }';
  const { happens, holds, up, sends, dies, returns } = await restarting(t, RESTART, keys);
  await dies(await up());
  const peer = await returns(RESTART);
  await sends(peer, announce('203.0.115.0/24', '203.0.116.0/24'));
  t.equal(holds(), 4);
  const limited = happens('PrefixLimit');
  await sends(peer, END_OF_RIB);
  t.equal(holds(), 2);
  peer.send(announce('203.0.117.0/24'));
  t.match(await limited, { finding: { count: 3 } });
  t.match((await peer.nextOf(TYPE.notification)).body, /^06090601/);
});

t.test('leaves without a word where the neighbour is to keep our routes', async (t) => {
  const kept = await restarting(t, RESTART, 'graceful-restart: true');
  kept.session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await kept.up();
  const left = kept.session.suspend();
  kept.session.start();
  t.equal(kept.session.snapshot().state, 'Idle', 'for good: whoever wants it up is too late');
  t.equal(await peer.end(), 'FIN');
  t.ok(await left);
  const types: number[] = [];
  await t.rejects(async () => {
    for (;;) types.push((await peer.next()).type);
  });
  t.same(types, [TYPE.update, TYPE.update], 'the route and End-of-RIB, and nothing else');
  t.equal(kept.holds(), 0);

  const helped = await restarting(t, RESTART);
  await helped.up();
  t.notOk(await helped.session.suspend(), 'it was never asked to');
  t.equal(helped.session.snapshot().state, 'Established');
});

t.test('who comes back to a RIB that has no room leaves nothing behind', async (t) => {
  const { session, rib, clock, listener, events, holds, up, dies } = await restarting(t);
  await dies(await up());
  t.equal(holds(), 2);
  const { peerUp } = rib;
  // As where it needs new columns, and the old ones are still being swept.
  rib.peerUp = (peer) => {
    rib.peerDown(peer);
    throw new RibFullError('no room for another neighbour');
  };
  clock.advance(1000);
  const peer = await listener.next();
  peer.send(rawOpen({ asn: PEER_AS, capabilities: capabilities(RESTART) }), RAW_KEEPALIVE);
  t.equal((await peer.nextOf(TYPE.notification)).body, '06090608', 'Out of Resources');
  await peer.end();
  t.same(session.snapshot().stale, []);
  rib.peerUp = peerUp;
  clock.advance(120_000);
  t.notOk(events.some(({ type }) => type === 'InternalError'));
  const next = await listener.next();
  await next.establish({ asn: PEER_AS });
});

t.test('RFC 7313: a request is answered between two markers', async (t) => {
  const { session, happens, establish } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await establish({ capabilities: capabilities('0200', '4600') });
  t.match((await peer.next()).body, /18cb0071$/);
  t.equal((await peer.next()).body, '00000000');
  const sent = happens('RoutesSent');
  peer.send(rawMessage(TYPE.routeRefresh, '00010001'));
  t.strictSame(await peer.next(), { type: TYPE.routeRefresh, body: '00010101' });
  t.match((await peer.next()).body, /18cb0071$/);
  t.strictSame(await peer.next(), { type: TYPE.routeRefresh, body: '00010201' });
  t.match(await sent, { asked: true });
  t.match(session.snapshot(), { routeRefresh: 'enhanced', sent: { routeRefresh: 2 } });
});

t.test('RFC 7313 §4: before End-of-RIB a refresh does not begin', async (t) => {
  const { session, establish } = await loopbackSession(t, '', testRib());
  const peer = await establish({ capabilities: capabilities('0200', '4600', HELPER) });
  const refresh = (subtype: string) => rawMessage(TYPE.routeRefresh, `0001${subtype}01`);
  const received = async (keepalives: number) => {
    while (session.snapshot().received.keepalive < keepalives) await turn();
    return session.snapshot();
  };
  peer.send(announce('203.0.112.0/24'), refresh('01'), refresh('02'), END_OF_RIB, RAW_KEEPALIVE);
  t.match(await received(2), { stale: [], learned: { ipv4: { received: 1 } } });
  peer.send(refresh('01'), RAW_KEEPALIVE);
  t.match(await received(3), { stale: [{ phase: 'refresh' }] }, 'after it, it does');
});

t.test('RFC 7313 §4: what is not sent again between its markers goes', async (t) => {
  const rib = testRib();
  const { session, establish } = await loopbackSession(t, '', rib);
  const holds = () => rib.counts(PEER, 'ipv4').received;
  const peer = await establish({ capabilities: capabilities('0200', '4600') });
  const refresh = (subtype: string) => rawMessage(TYPE.routeRefresh, `0001${subtype}01`);
  const sends = async (...messages: readonly string[]) => {
    const before = session.snapshot().received.keepalive;
    peer.send(...messages, RAW_KEEPALIVE);
    while (session.snapshot().received.keepalive === before) await turn();
    await turn();
  };
  await sends(announce('203.0.112.0/24', '203.0.114.0/24'), END_OF_RIB);
  await sends(refresh('01'), announce('203.0.114.0/24'));
  t.equal(holds(), 2);
  t.match(session.snapshot().stale, [{ phase: 'refresh' }]);
  await sends(refresh('02'));
  t.equal(holds(), 1);
  await sends(refresh('02'), refresh('07'));
  t.equal(holds(), 1, 'an end without a beginning, and an unknown subtype (§5), are passed over');

  const plain = await loopbackSession(t, '');
  const without = await plain.establish({ capabilities: capabilities('0200') });
  without.send(announce('203.0.112.0/24'), refresh('01'), refresh('02'), RAW_KEEPALIVE);
  while (plain.session.snapshot().received.keepalive < 2) await turn();
  t.equal(plain.session.snapshot().learned.ipv4.received, 1, 'markers mean nothing there');
});

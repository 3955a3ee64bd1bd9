/** One session over real sockets against a neighbour made of octets. */

import t from 'tap';
import { LOCAL_AS, loopbackSession, PEER_AS } from '../support/loopbackSession.ts';
import { ownRoute, routesOf } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, RawPeer, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';

const ADMINISTRATIVE_SHUTDOWN = { subcode: 2, communication: 'maintenance' };
const LINK_DOWN = { subcode: 4, communication: 'link eth1 is down (no carrier)' };

/** Announces 203.0.113.0/24: ORIGIN IGP, AS_PATH 64500 in four octets, NEXT_HOP 127.0.0.1. */
const ANNOUNCEMENT = [
  '0000', // no withdrawn routes
  '0014', // 20 octets of path attributes
  '40010100', // ORIGIN: IGP
  '400206 0201 0000fbf4', // AS_PATH: AS_SEQUENCE of one
  '400304 7f000001', // NEXT_HOP
  '18 cb0071', // 203.0.113.0/24
]
  .join('')
  .replace(/\s/g, '');
const WITHDRAWAL = '000418cb00710000';
const END_OF_RIB = '00000000';

t.test('connects, opens, announces, and ends the initial routes with End-of-RIB', async (t) => {
  const { session, listener, happens } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const up = happens('SessionUp');
  session.start();
  const peer = await listener.next();
  const open = await peer.establish({ asn: PEER_AS });
  t.match(open.body, /^04fbf4005ac0000201/, 'version 4, AS 64500, hold time 90, 192.0.2.1');
  t.match(open.body, /010400010001/, 'IPv4 unicast (RFC 4760)');
  t.match(open.body, /41040000fbf4/, 'four-octet AS number (RFC 6793)');
  t.strictSame(await peer.next(), { type: TYPE.update, body: ANNOUNCEMENT });
  t.strictSame(await peer.next(), { type: TYPE.update, body: END_OF_RIB });
  t.match(await up, { direction: 'outgoing', negotiated: { peerAs: PEER_AS, holdTime: 90 } });
  t.match(session.snapshot(), {
    state: 'Established',
    localAddress: '127.0.0.1',
    advertised: { ipv4: 1, ipv6: 0 },
    sent: { open: 1, update: 2 },
  });
});

t.test(
  'RFC 8654 §4: a long message of who does not take such messages itself is read',
  async (t) => {
    const { session, happens, establish } = await loopbackSession(t);
    const peer = await establish();
    const nlri = Array.from({ length: 1200 }, (_, i) => `18 16${i.toString(16).padStart(4, '0')}`);
    const attributes = '40010100 400206 0201 0000fbf0 400304 c6336401';
    const ended = happens('EndOfRib');
    peer.send(rawMessage(TYPE.update, `0000 0014 ${attributes} ${nlri.join('')}`));
    peer.send(rawMessage(TYPE.update, END_OF_RIB));
    await ended;
    t.equal(session.snapshot().learned.ipv4.received, 1200);
  },
);

t.test('sends differences only', async (t) => {
  const { session, establish } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await establish();
  await peer.next();
  await peer.next();
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24'), ownRoute('198.51.100.0/24')));
  t.match((await peer.next()).body, /18c63364$/, 'the new one alone');
  session.setRoutes(routesOf(ownRoute('198.51.100.0/24')));
  t.equal((await peer.next()).body, WITHDRAWAL);
  session.setRoutes(routesOf(ownRoute('198.51.100.0/24', { med: 5 })));
  t.match((await peer.next()).body, /80040400000005.*18c63364$/, 'changed attributes');
});

t.test('RFC 2918: a route refresh brings everything of the family again', async (t) => {
  const { session, establish } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await establish();
  await peer.next();
  await peer.next();
  peer.send(rawMessage(TYPE.routeRefresh, '00010001'));
  t.equal((await peer.next()).body, ANNOUNCEMENT);
});

t.test(
  '§6.4: a NOTIFICATION is heard, although what we write fails before we read it',
  async (t) => {
    const { session, clock, happens, establish } = await loopbackSession(t);
    const written = [
      routesOf(ownRoute('203.0.113.0/24')),
      routesOf(),
      routesOf(ownRoute('203.0.113.0/24')),
    ];
    for (const [sent, reason] of [
      [[rawMessage(TYPE.notification, '0601 0001 01 000000c8')], { kind: 'notificationReceived' }],
      // Without one, as before.
      [[], { kind: 'tcpFailed', cause: /^connection (closed|reset) by the neighbour$/ }],
    ] as const) {
      const peer = await establish();
      while (session.snapshot().advertised.ipv4 > 0) await turn();
      const down = happens('SessionDown');
      // All in one turn of the loop: what is written first is answered by a reset, and the next one fails.
      peer.send(...sent);
      peer.destroy();
      for (const routes of written) session.setRoutes(routes);
      t.match((await down).reason, reason);
      session.setRoutes([]);
      clock.advance(120_000);
    }
  },
);

t.test('takes a connection that the neighbour opens', async (t) => {
  const { session, happens } = await loopbackSession(t, 'passive: true');
  const { createServer } = await import('node:net');
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    if (!session.accept(socket)) socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const refused = await RawPeer.connect(port);
  t.equal(await refused.end(), 'ECONNRESET', '§8.2.2: Idle refuses every connection');

  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  session.start();
  const peer = await RawPeer.connect(port);
  const up = happens('SessionUp');
  await peer.establish({ asn: PEER_AS });
  t.equal((await peer.next()).body, ANNOUNCEMENT);
  t.match(await up, { direction: 'incoming' });

  const second = await RawPeer.connect(port);
  t.equal(await second.end(), 'ECONNRESET', '§6.8: Established wins over a new connection');
  t.equal(session.snapshot().state, 'Established');
  peer.destroy();
});

t.test('a dead link: Cease at once, then an eager return', async (t) => {
  const { session, listener, happens, establish } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await establish();
  const down = happens('SessionDown');
  session.drop(LINK_DOWN);
  const { body } = await peer.nextOf(TYPE.notification);
  t.match(body, /^0604/, 'Cease/Administrative Reset');
  t.match(Buffer.from(body, 'hex').toString(), /link eth1 is down/, 'RFC 9003: with the reason');
  t.equal(await peer.end(), 'FIN');
  t.match(await down, { wasUp: true, reason: { kind: 'stopped' } });
  t.equal(session.snapshot().state, 'Idle');

  session.start();
  const again = await listener.next();
  await again.establish({ asn: PEER_AS });
  t.equal((await again.next()).body, ANNOUNCEMENT, 'no timer had to pass');
});

t.test('after a dead link, refused connects are tried again after 1, 2, 4 and 8 s', async (t) => {
  const { session, clock, listener, happens, establish } = await loopbackSession(
    t,
    'connect-retry: 60s',
  );
  await establish();
  session.drop(LINK_DOWN);
  await listener.close();
  const failed = happens('ConnectFailed');
  session.start();
  await failed;
  t.match((await failed).cause, /connection refused/);
  for (const seconds of [1, 2, 4, 8]) {
    t.equal(session.snapshot().state, 'Active', `waits ${seconds} s`);
    clock.advance(seconds * 1000 - 1);
    t.equal(session.snapshot().state, 'Active');
    clock.advance(1);
    t.equal(session.snapshot().state, 'Connect');
    const retried = happens('StateChanged');
    await retried;
  }
});

t.test('§6.5: silence for the hold time is Hold Timer Expired', async (t) => {
  const { clock, happens, establish } = await loopbackSession(t, 'hold-time: 9s');
  const peer = await establish({ holdTime: 30 });
  const down = happens('SessionDown');
  clock.advance(3000);
  t.equal((await peer.nextOf(TYPE.keepalive)).body, '', 'a keepalive every third of it');
  clock.advance(6000);
  t.equal((await peer.nextOf(TYPE.notification)).body, '0400');
  t.match(await down, { reason: { kind: 'holdTimerExpired' } });
});

t.test('what the neighbour sends restarts the hold timer', async (t) => {
  const { session, clock, establish } = await loopbackSession(t, 'hold-time: 9s');
  const peer = await establish();
  for (let i = 0; i < 5; i++) {
    clock.advance(8000);
    const before = session.snapshot().received.keepalive;
    peer.send(RAW_KEEPALIVE);
    while (session.snapshot().received.keepalive === before) await turn();
  }
  t.equal(session.snapshot().state, 'Established');
});

t.test('the end withdraws, says why (RFC 9003) and closes', async (t) => {
  const { session, establish } = await loopbackSession(t);
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  const peer = await establish();
  await peer.next();
  await peer.next();
  const ended = session.end(ADMINISTRATIVE_SHUTDOWN);
  t.equal((await peer.next()).body, WITHDRAWAL, 'first the withdrawal');
  const text = Buffer.from('maintenance').toString('hex');
  t.equal((await peer.next()).body, `06020b${text}`, 'then Cease/Administrative Shutdown');
  t.equal(await peer.end(), 'FIN');
  await ended;
});

t.test('received routes are judged, stored and counted', async (t) => {
  const { session, happens, establish } = await loopbackSession(t);
  const peer = await establish();
  const attributes = '40010100 400206 0201 0000fbf0 400304 c6336401';
  const fault = happens('UpdateFault');
  peer.send(
    rawMessage(TYPE.update, `0000 0014 ${attributes} 18cb0071 18cb0072`),
    rawMessage(TYPE.update, '0004 18cb0071 0000'),
    // No ORIGIN: RFC 7606 §3(d) takes the route as withdrawn.
    rawMessage(TYPE.update, '0000 0010 400206 0201 0000fbf0 400304 7f000001 18cb0073'),
    rawMessage(TYPE.update, END_OF_RIB),
  );
  t.match(await fault, { verdict: 'treat-as-withdraw', fault: /ORIGIN/ });
  while (session.snapshot().learned.updates < 4) await turn();
  t.match(session.snapshot().learned, {
    ipv4: { received: 1, accepted: 1, best: 1 },
    treatAsWithdraw: 1,
    endOfRib: ['ipv4'],
  });
  t.equal(session.snapshot().state, 'Established');
});

t.test('RFC 4271 §6.3: a next hop that is our address on the session is refused', async (t) => {
  const { session, establish } = await loopbackSession(t);
  const peer = await establish();
  // 127.0.0.1 is ours here, though no file says so.
  const attributes = '40010100 400206 0201 0000fbf0 400304 7f000001';
  peer.send(rawMessage(TYPE.update, `0000 0014 ${attributes} 18cb0071`));
  while (session.snapshot().learned.updates < 1) await turn();
  t.match(session.snapshot().learned.ipv4, { received: 1, accepted: 0 });
});

for (const [what, octets, notification] of [
  ['§6.1: a marker that is not all ones', `${'00'.repeat(16)}001304`, '0101'],
  ['§6.1: a length that is too small', `${'ff'.repeat(16)}001204`, '01020012'],
  ['§6.1, RFC 8654 §4: an OPEN that is too long', `${'ff'.repeat(16)}100101`, '01021001'],
  ['§6.1: an unknown type', `${'ff'.repeat(16)}001309`, '010309'],
  ['§6.3: an UPDATE whose lengths overrun it', rawMessage(TYPE.update, 'ffff0000'), '0301'],
  ['§6.6: a second OPEN', rawOpen({ asn: PEER_AS }), '050301'],
] as const) {
  t.test(`${what} is answered with NOTIFICATION ${notification}`, async (t) => {
    const { happens, establish } = await loopbackSession(t);
    const peer = await establish();
    const down = happens('SessionDown');
    peer.send(octets);
    t.equal((await peer.nextOf(TYPE.notification)).body, notification);
    t.equal(await peer.end(), 'FIN');
    t.match(await down, { reason: { kind: 'notificationSent' }, wasUp: true });
  });
}

t.test('RFC 9234 §4: we say that we are a customer, unless the file says otherwise', async (t) => {
  for (const [keys, capability] of [
    ['', '090103'],
    ['role: peer', '090104'],
    ['role: { is: rs-client }', '090102'],
    ['role: none', undefined],
  ] as const) {
    const { session, listener } = await loopbackSession(t, keys);
    session.start();
    const peer = await listener.next();
    const { body } = await peer.nextOf(TYPE.open);
    t.equal(/0901(0[0-9a-f])/.exec(body)?.[0], capability, keys);
  }
});

for (const [what, keys, role, notification] of [
  ['a provider of its own', '', '090100', undefined],
  ['no role at all', '', '', undefined],
  ['a customer', '', '090103', '020b'],
  ['no role, where strict: true wants one', 'role: { is: customer, strict: true }', '', '020b'],
] as const) {
  const outcome = notification ? `NOTIFICATION ${notification}` : 'up';
  t.test(`RFC 9234 §4.2: a neighbour that says ${what}: ${outcome}`, async (t) => {
    const { session, listener, happens } = await loopbackSession(t, keys);
    session.start();
    const peer = await listener.next();
    const over = notification ? happens('SessionDown') : happens('SessionUp');
    peer.send(rawOpen({ asn: PEER_AS, capabilities: `010400010001 41040000fbf0 ${role}` }));
    if (notification) t.equal((await peer.nextOf(TYPE.notification)).body, notification);
    else peer.send(RAW_KEEPALIVE);
    t.ok(await over);
  });
}

t.test(
  'RFC 7911: more paths to a prefix than are taken are not kept, and told of once',
  async (t) => {
    const { session, events, happens, establish } = await loopbackSession(
      t,
      'add-path: { is: receive, paths: 2 }',
    );
    const peer = await establish({ capabilities: '010400010001 41040000fbf0 450400010102' });
    const attributes = '40010100 400206 0201 0000fbf0 400304 c6336401';
    const told = happens('PathsNotKept');
    for (const id of ['00000001', '00000002', '00000003', '00000004']) {
      peer.send(rawMessage(TYPE.update, `0000 0014 ${attributes} ${id}18cb0071`));
    }
    await told;
    while (session.snapshot().learned.updates < 4) await turn();
    t.match(session.snapshot().learned, { ipv4: { received: 2, accepted: 2 }, overflow: 2 });
    peer.send(rawMessage(TYPE.update, '0008 0000000118cb0071 0000'));
    peer.send(rawMessage(TYPE.update, `0000 0014 ${attributes} 0000000418cb0071`));
    while (session.snapshot().learned.updates < 6) await turn();
    t.match(session.snapshot().learned, { ipv4: { received: 2 }, overflow: 2 });
    t.equal(events.filter(({ type }) => type === 'PathsNotKept').length, 1);
  },
);

t.test(
  'half a message and then the end of the connection is a lost session, no more',
  async (t) => {
    const { happens, establish } = await loopbackSession(t);
    const peer = await establish();
    const down = happens('SessionDown');
    peer.send(rawMessage(TYPE.update, '0000 0014').slice(0, 40));
    peer.socket.end();
    t.match(await down, { reason: { kind: 'tcpFailed', cause: /closed by the neighbour/ } });
  },
);

t.test('a neighbour that speaks byte by byte is understood', async (t) => {
  const { session, listener, happens } = await loopbackSession(t);
  session.start();
  const peer = await listener.next();
  const up = happens('SessionUp');
  for (const octet of Buffer.from(rawOpen({ asn: PEER_AS }) + RAW_KEEPALIVE, 'hex')) {
    await new Promise((resolve) => peer.socket.write(Buffer.of(octet), resolve));
  }
  t.match(await up, { negotiated: { peerAs: PEER_AS } });
  t.equal(session.config.localAs, LOCAL_AS);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

t.test(
  'a neighbour that never answers is told of, once, with what else may keep it silent',
  async (t) => {
    const { session, clock, events } = await loopbackSession(t, 'connect-retry: 10s');
    session.start();
    // Before the event loop could turn: whatever listens, no answer can have come.
    for (let i = 0; i < 3; i++) clock.advance(10_000);
    const told = events.filter(({ type }) => type === 'ConnectFailed');
    t.match(told, [
      { cause: /^no answer: .*one that expects a password \(TCP MD5\) is as silent/ },
    ]);
    t.match(session.snapshot().lastConnectFault, { cause: /^no answer/ });
  },
);

/** The production speaker on loopback, its neighbours made of octets, on virtual time. */

import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Secret } from '../../src/session/secret.ts';
import { type NeighbourIntent, Speaker, type SpeakerEvent } from '../../src/speaker/speaker.ts';
import { OutgoingAttributes } from '../../src/wire/outgoingAttributes.ts';
import { updateBytes } from '../rib/updates.ts';
import { Happenings } from '../support/happenings.ts';
import { configOf, onAnyPort, ownRoute, routesOf } from '../support/ownRoute.ts';
import { RawListener, RawPeer, TYPE } from '../support/rawPeer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const PEER_AS = 64496;
const ROUTE = routesOf(ownRoute('203.0.113.0/24'));
const UP: NeighbourIntent = { down: undefined, routes: ROUTE };

function configWith(upstreams: Readonly<Record<string, string>>, listen = 'none') {
  const lines = Object.entries(upstreams).map(
    ([name, keys]) => `  ${name}: { asn: ${PEER_AS}, ${keys} }`,
  );
  return configOf(
    `asn: 64500\nrouter-id: 192.0.2.1\nlisten: ${listen}\nprefixes: [203.0.113.0/24]\nupstreams:\n${lines.join('\n')}\n`,
  );
}

function startSpeaker(t: Test) {
  const events = new Happenings<SpeakerEvent>();
  const clock = new VirtualClock();
  const speaker = new Speaker({ clock, onEvent: events.record });
  t.teardown(() => speaker.stop(''));
  const start = (...names: readonly string[]) =>
    speaker.setIntents(new Map(names.map((name) => [name, UP])));
  return { speaker, clock, events, start };
}

/** A neighbour that waits for our connection. */
async function farEnd(t: Test) {
  const listener = await RawListener.start();
  t.teardown(() => listener.close());
  const establish = async (): Promise<RawPeer> => {
    const peer = await listener.next();
    await peer.establish({ asn: PEER_AS });
    await peer.nextOf(TYPE.update);
    await peer.nextOf(TYPE.update); // End-of-RIB
    return peer;
  };
  return { listener, establish, keys: `address: 127.0.0.1, port: ${listener.port}` };
}

t.test('says what a configuration changed, neighbour by neighbour', (t) => {
  const { speaker } = startSpeaker(t);
  const [a, b, c] = ['address: 192.0.2.10', 'address: 192.0.2.11', 'address: 192.0.2.12'];
  t.same(speaker.configure(configWith({ a, b, c })), ['a: added', 'b: added', 'c: added']);
  t.same(speaker.configure(configWith({ a, b, c })), []);
  t.same(
    speaker.configure(configWith({ a: `${a}, prepend: 1`, c: `${c}, hold-time: 30s`, d: b })),
    [
      'b: removed, session ended',
      'a: changed, session kept',
      'c: session parameters changed, session reset',
      'd: added',
    ],
  );
  t.same(
    speaker.snapshots().map(({ name, address }) => `${name} ${address}`),
    ['a 192.0.2.10', 'c 192.0.2.12', 'd 192.0.2.11'],
  );
  t.end();
});

t.test('RFC 4486: the removed and the reset are told why; nobody else sees anything', async (t) => {
  const { speaker, events, start } = startSpeaker(t);
  const [removed, reset, kept] = [await farEnd(t), await farEnd(t), await farEnd(t)];
  const before = { removed: removed.keys, reset: reset.keys, kept: kept.keys };
  speaker.configure(configWith(before));
  start('removed', 'reset', 'kept');
  const [one, two, three] = [
    await removed.establish(),
    await reset.establish(),
    await kept.establish(),
  ];
  speaker.configure(
    configWith({
      reset: `${reset.keys}, hold-time: 30s`,
      kept: `${kept.keys}, connect-retry: 60s`,
    }),
  );
  start('reset', 'kept');
  t.match((await one.next()).body, /^000418cb0071/, 'what it holds is withdrawn first');
  t.equal((await one.next()).body, '0603', 'Peer De-configured');
  t.equal(await one.end(), 'FIN');
  await two.nextOf(TYPE.update);
  t.equal((await two.next()).body, '0606', 'Other Configuration Change');
  const again = await reset.establish();
  t.match(speaker.session('reset')?.snapshot(), { state: 'Established', holdTime: 30 });
  speaker.setIntents(new Map([['kept', { down: undefined, routes: [] }]]));
  t.match((await three.next()).body, /^000418cb0071/, 'its first message since End-of-RIB');
  t.equal(speaker.session('kept')?.snapshot().dropped, 0);
  t.equal(speaker.session('removed'), undefined);
  t.equal(events.of('SessionUp').length, 4);
  again.destroy();
});

t.test('another next hop announces everything again over the same session', async (t) => {
  const { speaker, start } = startSpeaker(t);
  const far = await farEnd(t);
  speaker.configure(configWith({ far: far.keys }));
  start('far');
  const peer = await far.establish();
  const changed = `${far.keys}, next-hop: { ipv4: 127.0.0.9 }`;
  t.same(speaker.configure(configWith({ far: changed })), ['far: changed, session kept']);
  start('far');
  t.match((await peer.next()).body, /4003047f000009.*18cb0071$/);
  t.equal(speaker.session('far')?.snapshot().dropped, 0);
});

t.test('an intent of down is told to the neighbour; one for nobody is passed over', async (t) => {
  const { speaker, events, start } = startSpeaker(t);
  const far = await farEnd(t);
  speaker.configure(configWith({ far: far.keys }));
  start('far', 'nobody');
  const peer = await far.establish();
  const down = events.next('SessionDown');
  const cease = { subcode: 4, communication: 'link eth1 is down' };
  speaker.setIntents(new Map([['far', { down: cease, routes: [] }]]));
  t.match((await peer.nextOf(TYPE.notification)).body, /^0604/);
  t.match(await down, { neighbour: 'far', wasUp: true });
});

t.test(
  'another AS of ours: the old sessions and their routes go, and so do their names',
  async (t) => {
    const { speaker, start } = startSpeaker(t);
    const far = await farEnd(t);
    const before = configWith({ far: far.keys });
    speaker.configure(before);
    start('far');
    const peer = await far.establish();
    const old = speaker.session('far');
    const rib = speaker.rib;
    t.equal(old && speaker.nameOf(old.peer), 'far');
    t.same(speaker.configure({ ...before, asn: 64501 }), [
      'far: session parameters changed, session reset',
    ]);
    t.equal((await peer.nextOf(TYPE.notification)).body, '0606');
    t.equal(await peer.end(), 'FIN');
    while (old && speaker.nameOf(old.peer) === 'far') await turn();
    t.not(speaker.rib, rib);
    t.equal(old && speaker.nameOf(old.peer), 'a neighbour that is gone');
    const next = speaker.session('far');
    t.equal(next && speaker.nameOf(next.peer), 'far');
    start('far');
    await far.establish();
  },
);

t.test('stopping withdraws and says Administrative Shutdown to all, and resolves', async (t) => {
  const { speaker, start } = startSpeaker(t);
  const fars = [await farEnd(t), await farEnd(t)];
  speaker.configure(configWith({ a: fars[0]!.keys, b: fars[1]!.keys }));
  start('a', 'b');
  const peers = await Promise.all(fars.map((far) => far.establish()));
  const stopped = speaker.stop('maintenance');
  for (const peer of peers) {
    t.match((await peer.next()).body, /^000418cb0071/);
    t.match((await peer.next()).body, /^06020b/);
    t.equal(await peer.end(), 'FIN');
  }
  await stopped;
});

const LISTENING = '["127.0.0.1:1179"]';

async function listening(t: Test, upstreams: Readonly<Record<string, string>>) {
  const started = startSpeaker(t);
  const config = configWith(upstreams, LISTENING);
  await started.speaker.listen(onAnyPort(config).listen);
  started.speaker.configure(config);
  const [bound] = started.speaker.listening();
  return { ...started, port: bound?.port ?? 0 };
}

t.test('a neighbour is let in by its address, and strangers are not', async (t) => {
  const { port, events, start } = await listening(t, {
    known: 'address: 127.0.0.2, passive: true',
  });
  start('known');
  const refused = events.next('ConnectionsRefused');
  const stranger = await RawPeer.connect(port, '127.0.0.1', '127.0.0.3');
  t.equal(await stranger.end(), 'ECONNRESET');
  t.match(await refused, { count: 1, example: '127.0.0.3' });
  const peer = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
  t.equal((await peer.establish({ asn: PEER_AS })).type, TYPE.open);
  peer.destroy();
});

t.test('a neighbour that was removed is a stranger', async (t) => {
  const { speaker, port, start } = await listening(t, {
    known: 'address: 127.0.0.2, passive: true',
  });
  start('known');
  speaker.configure(configWith({ other: 'address: 127.0.0.4, passive: true' }, LISTENING));
  const peer = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
  t.equal(await peer.end(), 'ECONNRESET');
});

t.test('a neighbour in a loop is answered a few times, then as often as time allows', async (t) => {
  const { clock, port, events, start } = await listening(t, {
    restless: 'address: 127.0.0.2, passive: true',
  });
  start('restless');
  /** True: answered with an OPEN. */
  const knock = async (): Promise<boolean> => {
    const peer = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
    const answered = await peer.next().then(
      () => true,
      () => false,
    );
    // Ours has to notice that this one is gone before it takes another.
    const active = answered ? events.next('StateChanged') : undefined;
    peer.destroy();
    await active;
    return answered;
  };
  const answers: boolean[] = [];
  for (let i = 0; i < 100; i++) answers.push(await knock());
  t.same(answers.indexOf(false), 8);
  t.equal(answers.filter(Boolean).length, 8);
  clock.advance(1000);
  t.ok(await knock());
  t.notOk(await knock());
  t.equal(events.of('SessionDown').length, 1, 'one line for all of it');
  t.equal(events.of('ConnectionsRefused').length, 1);
});

t.test('where an address cannot be had, everything stays as it was', async (t) => {
  const { speaker } = startSpeaker(t);
  const taken = await RawListener.start();
  t.teardown(() => taken.close());
  const free = await RawListener.start();
  const { port } = free;
  await free.close();
  const at = (...texts: readonly string[]) =>
    configWith({ a: 'address: 192.0.2.10' }, JSON.stringify(texts)).listen;
  await speaker.listen(at(`127.0.0.1:${port}`));
  await t.rejects(speaker.listen(at(`0.0.0.0:${port}`, `127.0.0.1:${taken.port}`)), {
    name: 'ListenError',
    message: /^cannot listen on 127\.0\.0\.1:\d+: another process has it \(see `ss .*stop that one/,
  });
  t.same(speaker.listening(), [{ address: '127.0.0.1', port }]);
  await t.rejects(speaker.listen(at('192.0.2.1:1179')), {
    name: 'ListenError',
    message: /the address is not on this machine; add it to an interface or correct `listen`/,
  });
  t.same(speaker.listening(), [{ address: '127.0.0.1', port }]);
  await speaker.listen([]);
  t.same(speaker.listening(), []);
});

t.test('from one address to all of them and back, on the same port', async (t) => {
  const { speaker } = startSpeaker(t);
  const free = await RawListener.start();
  const { port } = free;
  await free.close();
  for (const address of ['127.0.0.1', '0.0.0.0', '127.0.0.1']) {
    await speaker.listen(configWith({ a: 'address: 192.0.2.9' }, `["${address}:${port}"]`).listen);
    t.same(speaker.listening(), [{ address, port }]);
  }
});

t.test(
  'a bug in sending learned routes stops the sessions that they go to, as any bug',
  async (t) => {
    const { speaker, events } = startSpeaker(t);
    const config = configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [203.0.113.0/24]
upstreams: { up: { asn: ${PEER_AS}, address: 127.0.0.2, passive: true } }
downstreams: { down: { asn: 64999, address: 127.0.0.3, passive: true } }
`);
    await speaker.listen(onAnyPort(config).listen);
    speaker.configure(config);
    speaker.setIntents(new Map(['up', 'down'].map((name) => [name, UP])));
    const port = speaker.listening()[0]?.port ?? 0;
    const up = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
    await up.establish({ asn: PEER_AS });
    const down = await RawPeer.connect(port, '127.0.0.1', '127.0.0.3');
    await down.establish({ asn: 64999 });
    const { convert } = OutgoingAttributes.prototype;
    t.teardown(() => {
      OutgoingAttributes.prototype.convert = convert;
    });
    OutgoingAttributes.prototype.convert = () => {
      throw new TypeError('x is not a function');
    };
    const broke = events.next('InternalError');
    up.socket.write(updateBytes({ path: [PEER_AS], announce: ['20.0.0.0/16'] }));
    t.match(await broke, { neighbour: 'down', cause: 'TypeError: x is not a function' });
    t.match((await down.nextOf(TYPE.notification)).body, /^0602/);
    t.equal(await down.end(), 'FIN');
    t.equal(speaker.session('down')?.snapshot().state, 'Idle');
    t.equal(speaker.session('up')?.snapshot().state, 'Established');
  },
);

t.test('a neighbour whose password nobody has read gets no session at all', (t) => {
  const { speaker } = startSpeaker(t);
  const config = configWith({ a: 'address: 192.0.2.10, password: env:A_KEY' });
  t.throws(() => speaker.configure(config), /nobody has read the password of a/);
  t.equal(speaker.session('a'), undefined);
  t.end();
});

t.test('RFC 2385: another key resets that session, the same one again does not', (t) => {
  const { speaker } = startSpeaker(t);
  const config = configWith({
    a: 'address: 192.0.2.10, password: env:A_KEY',
    b: 'address: 192.0.2.11, password: env:B_KEY',
  });
  const keys = (a: string) =>
    new Map([
      ['a', new Secret(a)],
      ['b', new Secret('b')],
    ]);
  speaker.configure(config, keys('old'));
  t.same(speaker.configure(config, keys('old')), []);
  t.same(speaker.configure(config, keys('new')), ['a: session parameters changed, session reset']);
  t.end();
});

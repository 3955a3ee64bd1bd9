/** A bug of ours, planted: it stops one session, in order, and nothing else. */

import t from 'tap';
import { RibFullError } from '../../src/rib/memory.ts';
import { loopbackSession, PEER_AS } from '../support/loopbackSession.ts';
import { ownRoute, routesOf } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';
import { testRib } from '../support/testRib.ts';

function bug(): never {
  throw new TypeError('x is not\n  a function');
}

const brokenFeed = () => Object.assign(testRib(), { feed: bug });
const brokenPeerUp = () => Object.assign(testRib(), { peerUp: bug });
const brokenPeerDown = () => Object.assign(testRib(), { peerDown: bug });

const END_OF_RIB = rawMessage(TYPE.update, '00000000');
/** Cease/Administrative Shutdown: "internal error, not yours". */
const CEASE = `060219${Buffer.from('internal error, not yours').toString('hex')}`;

t.test('in dealing with an UPDATE: Cease, never an error of the neighbour', async (t) => {
  const { session, happens, establish, events } = await loopbackSession(t, '', brokenFeed());
  const peer = await establish();
  const broke = happens('InternalError');
  peer.send(END_OF_RIB, END_OF_RIB);
  t.equal((await peer.nextOf(TYPE.notification)).body, CEASE);
  t.equal(await peer.end(), 'FIN');
  t.match(await broke, {
    neighbour: 'peer',
    cause: 'TypeError: x is not a function',
    stack: /internalError\.test\.ts/,
  });
  t.equal(events.filter(({ type }) => type === 'InternalError').length, 1);
  t.match(session.snapshot(), { state: 'Idle', lastDown: { reason: { kind: 'stopped' } } });
});

t.test('the session stays stopped until its configuration is loaded again', async (t) => {
  const { session, clock, listener, happens, establish } = await loopbackSession(
    t,
    '',
    brokenFeed(),
  );
  const peer = await establish();
  const broke = happens('InternalError');
  peer.send(END_OF_RIB);
  await broke;
  t.equal(clock.pending, 0, 'no timer would start it');
  session.start();
  session.setRoutes(routesOf(ownRoute('203.0.113.0/24')));
  clock.advance(86_400_000);
  t.equal(session.snapshot().state, 'Idle');
  t.equal(listener.count, 1);

  session.adjust(session.config, false);
  session.start();
  const again = await listener.next();
  await again.establish({ asn: PEER_AS });
  t.equal((await again.nextOf(TYPE.update)).body.slice(-8), '18cb0071');
});

t.test('on the way into Established', async (t) => {
  const { session, listener, happens } = await loopbackSession(t, '', brokenPeerUp());
  const broke = happens('InternalError');
  session.start();
  const peer = await listener.next();
  peer.send(rawOpen({ asn: PEER_AS }), RAW_KEEPALIVE);
  t.equal((await peer.nextOf(TYPE.notification)).body, CEASE);
  await broke;
  t.equal(session.snapshot().state, 'Idle');
});

t.test('in the very things that a stop does: then without them', async (t) => {
  const { session, clock, happens, establish } = await loopbackSession(
    t,
    'hold-time: 9s',
    brokenPeerDown(),
  );
  const peer = await establish();
  const broke = happens('InternalError');
  clock.advance(9000); // from a timer, where nobody would catch it
  t.match(await broke, { cause: /x is not a function/ });
  t.equal(await peer.end(), 'FIN');
  t.equal(session.snapshot().state, 'Idle');
  t.equal(clock.pending, 0);
});

t.test(
  'RFC 4486: no room for another neighbour is no bug: Out of Resources, and again',
  async (t) => {
    const rib = testRib();
    const { peerUp } = rib;
    rib.peerUp = () => {
      throw new RibFullError('no more than 128 paths to a prefix');
    };
    const { session, clock, listener, happens, events } = await loopbackSession(t, '', rib);
    const down = happens('SessionDown');
    session.start();
    const peer = await listener.next();
    peer.send(rawOpen({ asn: PEER_AS }), RAW_KEEPALIVE);
    t.equal((await peer.nextOf(TYPE.notification)).body, '0608');
    t.equal(await peer.end(), 'FIN');
    t.match(await down, { wasUp: false, reason: { cause: /no more than 128 paths/ } });
    t.equal(session.snapshot().established, 0);

    rib.peerUp = peerUp;
    const up = happens('SessionUp');
    clock.advance(300_000);
    await (await listener.next()).establish({ asn: PEER_AS });
    await up;
    t.notOk(events.some(({ type }) => type === 'InternalError'));
  },
);

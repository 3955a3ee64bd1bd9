/** Our own restart against neighbours made of octets: what they are told, and when. */

import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type NeighbourIntent, Speaker, type SpeakerEvent } from '../../src/speaker/speaker.ts';
import { updateBytes } from '../rib/updates.ts';
import { Happenings } from '../support/happenings.ts';
import { configOf, ownRoute, routesOf } from '../support/ownRoute.ts';
import { RawListener, type RawPeer, rawMessage, TYPE } from '../support/rawPeer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const UPSTREAM_AS = 64496;
const DOWNSTREAM_AS = 64501;
const END_OF_RIB = '00000000';
const UP: NeighbourIntent = { down: undefined, routes: routesOf(ownRoute('203.0.113.0/24')) };
const LEARNED = Buffer.from(
  updateBytes({ path: [UPSTREAM_AS], announce: ['20.1.1.0/24'] }),
).toString('hex');

/** IPv4, four-octet AS, and graceful restart with these flags and 120 s, IPv4 with F. */
const capabilities = (asn: number, flags = '40') =>
  `010400010001 4104${asn.toString(16).padStart(8, '0')} 4006${flags}78 00010180`;

interface Options {
  readonly restarted?: { readonly forwarding: boolean };
  readonly downstream?: string;
}

async function restarting(t: Test, { restarted, downstream = 'true' }: Options) {
  const [up, down] = [await RawListener.start(), await RawListener.start()];
  const events = new Happenings<SpeakerEvent>();
  const clock = new VirtualClock();
  const speaker = new Speaker({ clock, onEvent: events.record, restarted });
  t.teardown(async () => {
    await Promise.all([up.close(), down.close()]);
    await speaker.stop('');
  });
  speaker.configure(
    configOf(`
asn: 64500
router-id: 192.0.2.1
listen: none
prefixes: [203.0.113.0/24]
upstreams:
  up: { asn: ${UPSTREAM_AS}, address: 127.0.0.1, port: ${up.port}, graceful-restart: true }
downstreams:
  down: { asn: ${DOWNSTREAM_AS}, address: 127.0.0.1, port: ${down.port}, graceful-restart: ${downstream} }
`),
  );
  const start = (partial = false) =>
    speaker.setIntents(
      new Map([
        ['up', { ...UP, partial }],
        ['down', UP],
      ]),
    );
  const peers = async (): Promise<{ up: RawPeer; down: RawPeer; opens: readonly string[] }> => {
    const [first, second] = [await up.next(), await down.next()];
    const opens = [
      await first.establish({ asn: UPSTREAM_AS, capabilities: capabilities(UPSTREAM_AS) }),
      await second.establish({ asn: DOWNSTREAM_AS, capabilities: capabilities(DOWNSTREAM_AS) }),
    ];
    while (events.of('SessionUp').length < 2) await turn();
    return { up: first, down: second, opens: opens.map(({ body }) => body) };
  };
  return { speaker, clock, events, start, peers, up };
}

async function updates(peer: RawPeer, count: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) bodies.push((await peer.nextOf(TYPE.update)).body);
  return bodies;
}

/** Nothing has come up to the answer to a refresh, which is sent without markers here. */
async function nothingBut(peer: RawPeer, count: number, t: Test): Promise<void> {
  peer.send(rawMessage(TYPE.routeRefresh, '00010001'));
  const all = await updates(peer, count);
  t.ok(all.every((body) => body.endsWith('18cb0071')));
}

t.test('R and F say what became of us (RFC 4724 §3)', async (t) => {
  for (const [restarted, expected] of [
    [undefined, '4006401e00010180'],
    [{ forwarding: true }, '4006c01e00010180'],
    [{ forwarding: false }, '4006c01e00010100'],
  ] as const) {
    const { start, peers } = await restarting(t, restarted ? { restarted } : {});
    start();
    for (const open of (await peers()).opens) t.ok(open.includes(expected), open);
  }
});

t.test(
  'RFC 4724 §4.1: own routes at once, learned ones when all are in, then End-of-RIB',
  async (t) => {
    const { start, peers } = await restarting(t, { restarted: { forwarding: true } });
    start();
    const { up, down } = await peers();
    t.match(await updates(up, 2), [/18cb0071$/, END_OF_RIB], 'an upstream waits for nothing');
    t.match(await updates(down, 1), [/18cb0071$/]);
    up.send(LEARNED);
    down.send(rawMessage(TYPE.update, END_OF_RIB));
    await nothingBut(down, 1, t);
    up.send(rawMessage(TYPE.update, END_OF_RIB));
    t.match(await updates(down, 2), [/18140101$/, END_OF_RIB]);
  },
);

t.test('a neighbour that is not there is waited for, for 60 s', async (t) => {
  const { clock, start, peers } = await restarting(t, { restarted: { forwarding: true } });
  start();
  const { up, down } = await peers();
  t.match(await updates(down, 1), [/18cb0071$/]);
  up.send(LEARNED);
  await nothingBut(down, 1, t);
  clock.advance(60_000);
  t.match(await updates(down, 2), [/18140101$/, END_OF_RIB]);
});

t.test('who keeps nothing of ours is passed everything at once', async (t) => {
  const options = { restarted: { forwarding: true }, downstream: 'helper' };
  const { start, peers } = await restarting(t, options);
  start();
  const { up, down } = await peers();
  t.match(await updates(down, 2), [/18cb0071$/, END_OF_RIB]);
  up.send(LEARNED);
  t.match(await updates(down, 1), [/18140101$/]);
});

t.test('what is not known yet whether to announce holds End-of-RIB back', async (t) => {
  const restarted = { forwarding: true };
  const known = await restarting(t, { restarted });
  known.start(true);
  const first = await known.peers();
  t.match(await updates(first.up, 1), [/18cb0071$/]);
  await nothingBut(first.up, 1, t);
  known.start(false);
  t.same(await updates(first.up, 1), [END_OF_RIB]);

  const alone = await restarting(t, { restarted });
  alone.start(true);
  const both = await alone.peers();
  t.match(await updates(both.up, 1), [/18cb0071$/]);
  for (const peer of [both.up, both.down]) peer.send(rawMessage(TYPE.update, END_OF_RIB));
  while (alone.events.of('EndOfRib').length < 2) await turn();
  await nothingBut(both.up, 1, t);
  alone.start(false);
  t.same(await updates(both.up, 1), [END_OF_RIB], 'though every neighbour has sent all of its own');

  const never = await restarting(t, { restarted });
  never.start(true);
  const second = await never.peers();
  t.match(await updates(second.up, 1), [/18cb0071$/]);
  never.clock.advance(60_000);
  t.same(await updates(second.up, 1), [END_OF_RIB], 'not for ever');

  const fresh = await restarting(t, {});
  fresh.start(true);
  const third = await fresh.peers();
  t.match(await updates(third.up, 2), [/18cb0071$/, END_OF_RIB], 'nobody keeps anything of ours');
});

t.test('the restart over, later OPENs do not say R', async (t) => {
  const { clock, speaker, start, peers, up } = await restarting(t, {
    restarted: { forwarding: true },
  });
  start();
  const first = await peers();
  clock.advance(60_000);
  first.up.socket.resetAndDestroy();
  while (speaker.session('up')?.snapshot().state === 'Established') await turn();
  clock.advance(1000);
  const again = await up.next();
  const { body } = await again.nextOf(TYPE.open);
  t.ok(body.includes('4006401e00010180'), body);
});

t.test('leaves those that keep our routes without a word, and stops the rest', async (t) => {
  const { speaker, start, peers } = await restarting(t, { downstream: 'helper' });
  start();
  const { up, down } = await peers();
  await updates(up, 2);
  await updates(down, 2);
  const left = speaker.suspend();
  t.equal(await up.end(), 'FIN');
  t.same(await left, ['up']);
  await t.rejects(up.next(), 'no withdrawal, no NOTIFICATION');
  const stopped = speaker.stop('maintenance');
  t.equal((await down.nextOf(TYPE.update)).body, '000418cb00710000');
  t.match((await down.nextOf(TYPE.notification)).body, /^06090602/);
  await down.end();
  await stopped;
});

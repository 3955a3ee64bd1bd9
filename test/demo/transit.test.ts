import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { TRANSIT_A } from '../../src/demo/plan.ts';
import { Timeline } from '../../src/demo/timeline.ts';
import { Transit } from '../../src/demo/transit.ts';
import {
  RAW_KEEPALIVE,
  RawListener,
  RawPeer,
  rawMessage,
  rawOpen,
  TYPE,
} from '../support/rawPeer.ts';

const EDGE = { asn: 64500, identifier: 'c0000201' };
const COLLECTOR = { asn: 64510, identifier: 'c000020a' };

// 64496 is fbf0, 64500 is fbf4; 18 cb0071 is 203.0.113.0/24.
const ANNOUNCE = rawMessage(
  TYPE.update,
  '0000 0014  40 01 01 00  40 02 06 02 01 0000fbf4  40 03 04 7f000001  18 cb0071',
);
const WITHDRAW = rawMessage(TYPE.update, '0004 18 cb0071  0000');
const PASSED_ON =
  '00000018' + '40010100' + '40020a02020000fbf00000fbf4' + '4003047f000001' + '18cb0071';
const WITHDRAWN = '000418cb00710000';
const READS_ANNOUNCE = 'reads UPDATE: announce 203.0.113.0/24, path 64500';
const END_OF_RIB = '00000000';

interface Play {
  readonly transit: Transit;
  readonly timeline: Timeline;
  readonly edge: RawPeer;
  readonly collector: RawPeer;
}

/** A transit with both of its sessions up, between neighbours made of octets. */
async function play(t: Test): Promise<Play> {
  const listener = await RawListener.start();
  const timeline = new Timeline();
  const transit = new Transit(TRANSIT_A, listener.port, timeline);
  await transit.start();
  const collector = await listener.next();
  await collector.establish(COLLECTOR);
  const edge = await RawPeer.connect(transit.port);
  await edge.establish(EDGE);
  t.equal((await collector.nextOf(TYPE.update)).body, END_OF_RIB);
  t.teardown(async () => {
    transit.crash();
    edge.destroy();
    await listener.close();
  });
  return { transit, timeline, edge, collector };
}

t.test(
  'what the edge announces is passed on with the AS in front and the next hop changed',
  async (t) => {
    const { edge, collector } = await play(t);
    edge.send(ANNOUNCE);
    t.equal((await collector.nextOf(TYPE.update)).body, PASSED_ON);
    edge.send(WITHDRAW);
    t.equal((await collector.nextOf(TYPE.update)).body, WITHDRAWN);
  },
);

t.test('RFC 4271 §9.1.2: a path with the own AS in it is not passed on', async (t) => {
  const { edge, collector, timeline } = await play(t);
  const loop =
    '0000 0018  40 01 01 00  40 02 0a 02 02 0000fbf4 0000fbf0  40 03 04 7f000001  18 cb0071';
  edge.send(rawMessage(TYPE.update, loop), WITHDRAW);
  t.equal((await collector.nextOf(TYPE.update)).body, WITHDRAWN);
  t.ok(timeline.find(['transit-a', 'reads UPDATE: announce 203.0.113.0/24, path 64500 64496']));
});

t.test('a NOTIFICATION ends the session and takes its routes with it', async (t) => {
  const { edge, collector, timeline } = await play(t);
  edge.send(ANNOUNCE);
  await collector.nextOf(TYPE.update);
  edge.send(rawMessage(TYPE.notification, '06 02 03 627965'));
  t.equal((await collector.nextOf(TYPE.update)).body, WITHDRAWN);
  t.ok(timeline.find(['transit-a', 'reads NOTIFICATION: Cease/Administrative Shutdown: "bye"']));
});

t.test('RFC 4271 §6.1: what is not BGP is answered by a NOTIFICATION', async (t) => {
  const { edge } = await play(t);
  edge.send('00'.repeat(19));
  t.equal((await edge.nextOf(TYPE.notification)).body, '0101');
  t.equal(await edge.end(), 'FIN');
});

t.test(
  'a lost carrier ends the session and withdraws, and what comes back may connect at once',
  async (t) => {
    const { transit, edge, collector } = await play(t);
    edge.send(ANNOUNCE);
    await collector.nextOf(TYPE.update);
    transit.linkDown();
    t.equal((await collector.nextOf(TYPE.update)).body, WITHDRAWN);
    transit.linkUp();
    const again = await RawPeer.connect(transit.port);
    t.teardown(() => again.destroy());
    await again.establish(EDGE);
    again.send(ANNOUNCE);
    t.equal((await collector.nextOf(TYPE.update)).body, PASSED_ON);
  },
);

t.test('RFC 4271 §6.8: a second connection beside an established one is refused', async (t) => {
  const { transit } = await play(t);
  const second = connect(transit.port, '127.0.0.1');
  const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
  t.equal(error.code, 'ECONNRESET');
});

t.test('a crash resets both connections without a word', async (t) => {
  const { transit, edge, collector } = await play(t);
  transit.crash();
  await t.rejects(edge.nextOf(TYPE.notification), /ended: ECONNRESET/);
  await t.rejects(collector.nextOf(TYPE.notification), /ended: ECONNRESET/);
});

t.test('routes learned before the collector is there are sent when it comes', async (t) => {
  const listener = await RawListener.start();
  const timeline = new Timeline();
  const transit = new Transit(TRANSIT_A, listener.port, timeline);
  await transit.start();
  t.teardown(async () => {
    transit.crash();
    await listener.close();
  });
  const collector = await listener.next();
  const edge = await RawPeer.connect(transit.port);
  t.teardown(() => edge.destroy());
  await edge.establish(EDGE);
  edge.send(ANNOUNCE);
  await timeline.see([['transit-a', READS_ANNOUNCE]], 10_000);
  collector.send(rawOpen(COLLECTOR), RAW_KEEPALIVE);
  t.equal((await collector.nextOf(TYPE.update)).body, PASSED_ON);
});

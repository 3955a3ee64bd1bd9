/**
 * kill -9 and a restart, seen from the Internet: a packet a millisecond to a server behind the edge and
 * its answers, over upstreams that keep our routes meanwhile (RFC 4724), by the routes that the daemon
 * has left in the kernel. None is lost.
 */

import { join } from 'node:path';
import t from 'tap';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { echoesOf } from '../support/echoes.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SERVER, startTransitLab, WORLD, wayIn, wayOut } from '../support/transitLab.ts';

const SOON = 60_000;
const KEEPS_UP = [
  "a restart of the edge's daemon loses no packet",
  requireOrSkip('bird', 'ping'),
] as const;

t.test(...KEEPS_UP, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startTransitLab(topology, {
    holdTime: 90,
    upstream: { 'graceful-restart': true },
    file: { 'state-dir': join(topology.directory, 'state') },
  });
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  const whole = async () => (await wayIn(lab)) === 'to-a' && (await wayOut(lab)) === 'eth-a';
  await until('both ways', SOON, whole);
  const ping = lab.world.spawn('ping', 'ping', '-i', '0.001', '-q', '-n', '-I', WORLD, SERVER);
  await until('a thousand answers', SOON, async () => (await echoesOf(lab.world)).received >= 1000);

  await lab.multihomed.program.kill();
  const second = await Multihomed.start(lab.edge, join(topology.directory, 'x.yaml'), lab.file);
  t.teardown(() => t.passing() || t.comment(second.program.output));
  await until('both sessions to be up again', SOON, async () => {
    const sessions = await second.sessions();
    return sessions.every(({ state, stale }) => state === 'Established' && stale.length === 0);
  });
  await until('BIRD to keep nothing old any more', SOON, whole);
  const { sent: then } = await echoesOf(lab.world);
  await until('a thousand more', SOON, async () => (await echoesOf(lab.world)).sent >= then + 1000);

  // At any one moment the last one may be on its way.
  let counts = await echoesOf(lab.world);
  await until(
    'an answer to each',
    SOON,
    async () => {
      counts = await echoesOf(lab.world);
      return counts.sent === counts.received;
    },
    async () => JSON.stringify(counts),
  ).catch(() => {});
  t.equal(counts.received, counts.sent, `of ${counts.sent} packets`);
  await ping.stop();
  t.equal(await second.terminate(), 0);
});

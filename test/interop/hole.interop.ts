/**
 * An upstream that forwards into a hole: its session is up, its link too, BFD would be as well, and
 * nothing that is sent through it arrives. The probes through it notice; see `announcer/reachability.ts`.
 */

import t, { type Test } from 'tap';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import {
  forward,
  PREFIX,
  PROBED,
  startTransitLab,
  type TransitLab,
  WORLD,
  wayIn,
  wayOut,
} from '../support/transitLab.ts';

const SOON = 60_000;

t.test('traffic leaves an upstream that forwards into a hole', requireOrSkip('bird'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startTransitLab(topology, {
    holdTime: 90,
    upstream: { reachability: { probes: ['tcp', 'web'], canaries: ['192.88.200.0/24'] } },
    file: {
      checks: {
        // A machine that is busy answers within a second, too.
        tcp: { tcp: `${WORLD}:${PROBED}`, interval: '1s', timeout: '1s' },
        web: { http: `http://${WORLD}:${PROBED}/`, interval: '1s', timeout: '1s' },
      },
    },
  });
  await untilWays(lab, 'to-a', 'eth-a');
  await untilProbes(lab, 'up');
  await t.test('one kind of sign: both ways go by the other upstream', (t) => lowers(t, lab));
  await t.test('a second kind: the prefix is withdrawn there', (t) => withdraws(t, lab));
  await t.test('what leads on again is used again', (t) => returns(t, lab));
});

async function lowers(t: Test, lab: TransitLab): Promise<void> {
  await forward(lab.a, false);
  await untilWays(lab, 'to-b', 'eth-b');
  const [route] = (await lab.birdA.routes('ipv4')).filter(({ prefix }) => prefix === PREFIX);
  t.same(route?.asPath, Array(6).fill(64500), 'still there, as the last choice');
  t.ok(route?.communities.includes('65535:0'), 'with GRACEFUL_SHUTDOWN (RFC 8326)');
  t.ok(await isUp(lab), 'its session stays up');
  t.match(await explained(lab), /a seems to lead nowhere: no probe/);
  t.match(await lab.multihomed.run('show', 'sessions'), /probes: bad/);
  await lab.multihomed.program.untilSaid(/a seems to lead nowhere: no probe through it comes back/);
}

/** It still has its session with us, and has lost the world: what it sends us goes as well. */
async function withdraws(t: Test, lab: TransitLab): Promise<void> {
  await lab.a.ip('link', 'set', 'dev', 'to-world', 'down');
  await until('a to be without the prefix', SOON, async () => {
    return (await lab.birdA.routes('ipv4')).every(({ prefix }) => prefix !== PREFIX);
  });
  t.ok(await isUp(lab), 'its session stays up');
  t.equal(await wayOut(lab), 'eth-b');
  t.match(await explained(lab), /its canaries are gone.*withdrawn there/);
}

async function returns(t: Test, lab: TransitLab): Promise<void> {
  await lab.a.ip('link', 'set', 'dev', 'to-world', 'up');
  await forward(lab.a, true);
  await untilProbes(lab, 'up');
  await untilWays(lab, 'to-a', 'eth-a');
  await lab.multihomed.program.untilSaid(/no sign speaks against it any more/);
  t.equal(await lab.multihomed.terminate(), 0);
}

/** Without the line breaks that the width of a terminal asks for. */
async function explained({ multihomed }: TransitLab): Promise<string> {
  return (await multihomed.run('explain', PREFIX)).replaceAll(/\s+/g, ' ');
}

async function untilWays(lab: TransitLab, into: string, out: string): Promise<void> {
  await until(
    `the way in over ${into} and out over ${out}`,
    SOON,
    async () => (await wayIn(lab)) === into && (await wayOut(lab)) === out,
    async () => `${await wayIn(lab)} ${await wayOut(lab)}\n${lab.multihomed.program.output}`,
  );
}

async function untilProbes({ multihomed }: TransitLab, wanted: string): Promise<void> {
  await until(
    `every probe to be ${wanted}`,
    SOON,
    async () => (await probes(multihomed)).every(({ state }) => state === wanted),
    () => probes(multihomed),
  );
}

async function probes(multihomed: TransitLab['multihomed']) {
  const shown: { checks: readonly { name: string; state: string; detail: string }[] } = JSON.parse(
    await multihomed.run('show', 'checks', '--json'),
  );
  return shown.checks;
}

async function isUp({ multihomed }: TransitLab): Promise<boolean> {
  const session = (await multihomed.sessions()).find(({ name }) => name === 'a');
  return session?.state === 'Established' && session.dropped === 0;
}

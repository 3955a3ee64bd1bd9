/** Links that die and come back beneath real sessions. */

import t, { type Test } from 'tap';
import type { ShownSession } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import {
  AFTER_A_REST,
  expectedRoutes,
  incarnations,
  SOON,
  untilEstablished,
  untilLearned,
} from './expected.ts';
import { type Lab, OWN_PREFIXES, startLab, type Upstream } from './lab.ts';

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

for (const direction of ['outgoing', 'incoming'] as const) {
  t.test(`links die and come back, connections are ${direction}`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startLab(topology, direction);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const upstreams = Object.values(lab.upstreams);
    for (const upstream of upstreams) await untilLearned(upstream, expectedRoutes(upstream));
    await collectorPrefers(lab, lab.upstreams.frr);

    for (const upstream of upstreams) {
      const others = upstreams.filter((other) => other !== upstream);
      await t.test(`${upstream.daemon.name}'s link dies`, (t) =>
        linkDies(t, lab, upstream, others),
      );
      await t.test(`${upstream.daemon.name}'s link comes back`, (t) =>
        linkReturns(t, lab, upstream, others),
      );
    }
    await lab.capture.stop();
    t.strictSame(await lab.capture.faults(), [], 'tshark finds no malformed BGP message');
  });
}

async function linkDies(t: Test, lab: Lab, upstream: Upstream, others: readonly Upstream[]) {
  const before = await Promise.all(others.map(incarnations));
  await upstream.link.cut();
  const ours = await until('our sessions over it to be down', SOON, async () => {
    const sessions = await sessionsOf(lab, upstream);
    return sessions.every(({ state }) => state !== 'Established') && sessions;
  });
  // Ended by us for the link's sake, so that no hold time had to run out.
  for (const { name, lastDown } of ours) t.equal(lastDown?.kind, 'stopped', name);
  if (upstream === lab.upstreams.frr) await collectorPrefers(lab, lab.upstreams.bird);
  await untilLearned(upstream, []);
  for (const other of others) await untilLearned(other, expectedRoutes(other));
  t.strictSame(await Promise.all(others.map(incarnations)), before, 'no other session was reset');
}

async function linkReturns(t: Test, lab: Lab, upstream: Upstream, others: readonly Upstream[]) {
  const before = await Promise.all(others.map(incarnations));
  await upstream.link.restore();
  await untilEstablished(upstream, AFTER_A_REST);
  await untilLearned(upstream, expectedRoutes(upstream));
  if (upstream === lab.upstreams.frr) await collectorPrefers(lab, upstream);
  t.strictSame(await Promise.all(others.map(incarnations)), before, 'no other session was reset');
}

async function sessionsOf(lab: Lab, { name }: Upstream): Promise<readonly ShownSession[]> {
  const sessions = await lab.multihomed.sessions();
  return sessions.filter((session) => session.name === name || session.name === `${name}-v6`);
}

/** Waits until the collector's best path to each of our prefixes goes through this upstream. */
async function collectorPrefers(lab: Lab, upstream: Upstream): Promise<void> {
  const best = async () => {
    const tables = [await lab.collector.routes('ipv4'), await lab.collector.routes('ipv6')];
    return tables
      .flat()
      .filter((route) => route.best && OWN_PREFIXES.some((prefix) => prefix === route.prefix))
      .map(({ asPath }) => asPath[0]);
  };
  await until(
    `the collector to prefer AS ${upstream.asn}`,
    SOON,
    async () => {
      const first = await best();
      return first.length === OWN_PREFIXES.length && first.every((asn) => asn === upstream.asn);
    },
    best,
  );
}

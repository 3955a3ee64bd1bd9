/** Links that die and come back beneath real sessions. */

import t, { type Test } from 'tap';
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

/** Carrier loss must be acted on long before the hold time of 6 s; a `show` takes part of this. */
const AT_ONCE = 2000;

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
  await until('our sessions over it to be down', AT_ONCE, async () => {
    const states = await sessionStates(lab, upstream);
    return states.every((state) => state !== 'Established');
  });
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

async function sessionStates(lab: Lab, upstream: Upstream): Promise<readonly string[]> {
  const sessions = await lab.multihomed.sessions();
  return sessions
    .filter(({ name }) => name === upstream.name || name === `${upstream.name}-v6`)
    .map(({ state }) => state);
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

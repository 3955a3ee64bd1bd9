/** A changed file beneath real sessions: what did not change is not touched. */

import t, { type Test } from 'tap';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import {
  expectedRoutes,
  incarnations,
  untilEstablished,
  untilLearned,
  untilNotified,
} from './expected.ts';
import { ATTRIBUTES, type Lab, OWN_PREFIXES, startLab } from './lab.ts';

/** One more, in the same block as the first. */
const ADDED = '203.0.112.0/24';

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

t.test('reload beside four upstreams', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startLab(topology, 'outgoing');
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  await untilAllLearned(lab);
  const kept = await sessions(lab);
  const untouched = async (t: Test) => t.strictSame(await sessions(lab), kept, 'no session reset');

  await t.test('adds a prefix', async (t) => {
    const prefixes = [...OWN_PREFIXES, ADDED];
    await lab.multihomed.reload({ ...lab.file, prefixes });
    await untilAllLearned(lab, prefixes);
    await untouched(t);
  });

  await t.test('removes it again', async (t) => {
    await lab.multihomed.reload(lab.file);
    await untilAllLearned(lab);
    await untouched(t);
  });

  await t.test("changes an upstream's attributes without a reset", async (t) => {
    const { bird } = lab.upstreams;
    const change = { med: 5, communities: ['64497:5'] };
    const sessions = ['bird', 'bird-v6'].map((name) => [
      name,
      { ...lab.file.upstreams[name], ...change },
    ]);
    const upstreams = { ...lab.file.upstreams, ...Object.fromEntries(sessions) };
    await lab.multihomed.reload({ ...lab.file, upstreams });
    const attributes = { ...ATTRIBUTES.bird, ...change };
    await untilLearned(bird, expectedRoutes(bird, OWN_PREFIXES, attributes));
    await lab.multihomed.reload(lab.file);
    await untilAllLearned(lab);
    await untouched(t);
  });

  await t.test('refuses a bad file whole', async (t) => {
    const upstreams = { frr: lab.file.upstreams.frr ?? {}, bad: { address: 'nowhere' } };
    await t.rejects(lab.multihomed.reload({ ...lab.file, upstreams }));
    await lab.multihomed.reload(lab.file);
    await untilAllLearned(lab);
    await untouched(t);
  });

  await t.test('removes a neighbour, and puts it back at SIGHUP', (t) => neighbour(t, lab));
  await lab.capture.stop();
  t.strictSame(await lab.capture.faults(), [], 'tshark finds no malformed BGP message');
});

async function neighbour(t: Test, lab: Lab): Promise<void> {
  const { gobgp, ...others } = lab.upstreams;
  const before = await Promise.all(Object.values(others).map(incarnations));
  const { gobgp: _, 'gobgp-v6': __, ...upstreams } = lab.file.upstreams;

  await lab.multihomed.reload({ ...lab.file, upstreams });
  await untilLearned(gobgp, []);
  await untilNotified(gobgp.daemon, gobgp.addresses.edge.ipv4, /subcode 3\b/i);
  t.pass('Cease/Peer De-configured (RFC 4486)');

  await lab.multihomed.hangUp(lab.file);
  await untilEstablished(gobgp);
  await untilLearned(gobgp, expectedRoutes(gobgp));
  t.strictSame(
    await Promise.all(Object.values(others).map(incarnations)),
    before,
    'no other session was reset',
  );
}

async function sessions(lab: Lab): Promise<readonly (readonly string[])[]> {
  return Promise.all(Object.values(lab.upstreams).map(incarnations));
}

async function untilAllLearned(lab: Lab, prefixes?: readonly string[]): Promise<void> {
  for (const upstream of Object.values(lab.upstreams)) {
    await untilLearned(upstream, expectedRoutes(upstream, prefixes));
  }
}

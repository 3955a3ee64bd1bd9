/** A whole life beside real upstreams: up, announced, stopped; all of it under a capture. */

import t, { type Test } from 'tap';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import {
  expectedRoutes,
  learnedRoutes,
  SOON,
  untilEstablished,
  untilLearned,
  untilNotified,
} from './expected.ts';
import { type Direction, type Lab, OWN_PREFIXES, startLab, type Upstream } from './lab.ts';
import { connectAsStranger } from './stranger.ts';

const TITLES: Readonly<Record<Direction, string>> = {
  outgoing: 'we connect, the upstreams are passive',
  incoming: 'the upstreams connect, we are passive',
  both: 'both connect, one connection of the two stays (RFC 4271 §6.8)',
};

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

for (const direction of ['outgoing', 'incoming', 'both'] as const) {
  t.test(`a life with four upstreams: ${TITLES[direction]}`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startLab(topology, direction);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const upstreams = Object.values(lab.upstreams);
    await t.test('sessions are Established at both ends', () => established(lab, direction));
    for (const upstream of upstreams) {
      await t.test(`${upstream.daemon.name} has our prefixes and every attribute`, (t) =>
        announced(t, upstream),
      );
    }
    await t.test('who is no neighbour is refused', (t) => refused(t, topology, lab));
    await t.test('SIGTERM withdraws and says Cease/Administrative Shutdown (RFC 9003)', (t) =>
      stopped(t, lab),
    );
    await lab.capture.stop();
    await t.test('the capture of all of it is clean', (t) => captured(t, lab, direction));
  });
}

async function established(lab: Lab, direction: Direction): Promise<void> {
  for (const upstream of Object.values(lab.upstreams)) await untilEstablished(upstream);
  await until('all sessions to be shown as Established', SOON, async () => {
    const sessions = await lab.multihomed.sessions();
    const right = sessions.filter(
      ({ state, direction: seen }) =>
        state === 'Established' && (direction === 'both' || seen === direction),
    );
    return right.length === 2 * Object.keys(lab.upstreams).length;
  });
}

async function announced(t: Test, upstream: Upstream): Promise<void> {
  const expected = expectedRoutes(upstream);
  await untilLearned(upstream, expected).catch((error: Error) => t.comment(error.message));
  t.strictSame(await learnedRoutes(upstream), expected);
}

async function refused(t: Test, topology: Topology, lab: Lab): Promise<void> {
  const namespace = await topology.namespace('stranger');
  await topology.link(
    { namespace: lab.edge, interface: 'to-stranger', addresses: ['198.51.100.66/30'] },
    { namespace, interface: 'to-edge', addresses: ['198.51.100.65/30'] },
  );
  const outcome = await connectAsStranger(namespace, '198.51.100.66');
  t.strictSame(outcome, { received: 0, end: 'ECONNRESET' }, 'closed without a byte, with a reset');
}

async function stopped(t: Test, lab: Lab): Promise<void> {
  t.equal(await lab.multihomed.terminate(), 0, 'the exit code is 0');
  for (const upstream of Object.values(lab.upstreams)) {
    const { daemon, addresses } = upstream;
    await untilLearned(upstream, []);
    for (const edge of Object.values(addresses.edge)) {
      await untilNotified(daemon, edge, /administrative|administratively/i);
      t.pass(`${daemon.name} knows why`);
    }
  }
}

async function captured(t: Test, lab: Lab, direction: Direction): Promise<void> {
  const { capture } = lab;
  t.strictSame(await capture.faults(), [], 'tshark finds no malformed BGP message');

  const ours = fromEdge(Object.values(lab.upstreams));
  const fields = (filter: string, ...names: string[]) =>
    capture.fields(`${ours} && ${filter}`, ...names).then((packets) => packets.flat(2));

  const reach = ['bgp.nlri_prefix', 'bgp.mp_reach_nlri_ipv6_prefix'];
  const addresses = unique(OWN_PREFIXES.map((prefix) => prefix.split('/')[0] ?? ''));
  t.strictSame(unique(await fields('bgp.type == 2', ...reach)), addresses, 'only ours announced');

  const unreach = ['bgp.withdrawn_prefix', 'bgp.mp_unreach_nlri_ipv6_prefix'];
  t.strictSame(unique(await fields('bgp.type == 2', ...unreach)), addresses, 'both withdrawn');

  const codes = await capture.fields(
    `${ours} && bgp.type == 3`,
    'bgp.notify.major_error',
    'bgp.notify.minor_error_cease',
  );
  const collision = direction === 'both' ? ['6/7'] : [];
  const seen = unique(codes.map(([major, minor]) => `${major}/${minor}`));
  t.strictSame(
    seen.filter((code) => !collision.includes(code)),
    // FRR would keep routes through the former (RFC 8538 §4).
    ['6/2', '6/9'],
    'no NOTIFICATION but the last one, which is a Hard Reset where that was agreed',
  );
  t.strictSame(unique(await fields('bgp', 'ip.ttl', 'ipv6.hlim')), ['1'], 'TTL 1 on all of BGP');
}

/** A display filter for BGP messages that the edge sent. */
function fromEdge(upstreams: readonly Upstream[]): string {
  const edges = upstreams.map(({ addresses }) => addresses.edge);
  const sources = [
    `ip.src in {${edges.map(({ ipv4 }) => ipv4).join(', ')}}`,
    `ipv6.src in {${edges.map(({ ipv6 }) => ipv6).join(', ')}}`,
  ];
  return `bgp && (${sources.join(' || ')})`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

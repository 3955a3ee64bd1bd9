/**
 * Restarts beside real daemons, theirs and ours, with a router behind that must not see a withdrawal:
 *
 *   theirs:  FRR, BIRD or GoBGP 64496 ─── edge 64500 ─┬─ FRR 64501   knows of long-lived routes (RFC 9494)
 *                                              └─ OpenBGPD 64502   does not
 *   ours:    edge 64500 ─── FRR, BIRD, OpenBGPD, GoBGP ─── collector (behind FRR and BIRD), see `lab.ts`
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import type { BgpDaemon, CraftedRoute, NeighbourOptions } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import { until } from '../support/daemons/until.ts';
import { type Link, type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { Capture } from './capture.ts';
import { expectedRoutes, SOON, untilLearned } from './expected.ts';
import { fileContent, type Network, OWN_PREFIXES, startNetwork, type Upstream } from './lab.ts';

const UPSTREAM_AS = 64496;
const TABLE = ['20.1.1.0/24', '20.1.2.0/24', '20.1.3.0/24'];
/** In seconds; what runs so long is not what ends something here, however busy the machine is. */
const NEVER = 900;

interface Restartable {
  kill(): Promise<void>;
}

interface Theirs {
  readonly upstream: Namespace;
  readonly link: Link;
  readonly knows: Frr;
  readonly knowsNot: OpenBgpd;
  readonly multihomed: Multihomed;
  readonly capture: Capture;
  /** Starts the upstream's daemon with these routes. */
  readonly start: (routes: readonly string[]) => Promise<Restartable>;
}

const DAEMONS = { frr: Frr, bird: Bird, gobgp: GoBgp } as const;
type DaemonName = keyof typeof DAEMONS;

async function startTheirs(topology: Topology, name: DaemonName, time: number): Promise<Theirs> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const place = async (role: string, index: number) => {
    const namespace = await topology.namespace(role);
    const link = await topology.link(
      { namespace: edge, interface: `to-${role}`, addresses: [`198.51.100.${index * 4 + 2}/30`] },
      { namespace, interface: 'to-edge', addresses: [`198.51.100.${index * 4 + 1}/30`] },
    );
    return { namespace, link };
  };
  const upstream = await place('upstream', 0);
  const [first, second] = [await place('knows', 1), await place('knows-not', 2)];
  const towards = (index: number): readonly NeighbourOptions[] => [
    { address: `198.51.100.${index * 4 + 2}`, asn: 64500, passive: true, families: ['ipv4'] },
  ];
  const knows = await Frr.start(first.namespace, directory, {
    ...{ asn: 64501, routerId: '192.0.2.1', originates: [] },
    neighbours: towards(1),
    gracefulRestart: { time: NEVER, longLived: NEVER },
  });
  // FRR and BIRD offer it unasked.
  const knowsNot = await OpenBgpd.start(second.namespace, directory, {
    ...{ asn: 64502, routerId: '192.0.2.2', originates: [] },
    neighbours: towards(2),
  });
  const start = (routes: readonly string[]) =>
    DAEMONS[name].start(upstream.namespace, directory, {
      asn: UPSTREAM_AS,
      routerId: '192.0.2.96',
      originates: [],
      crafted: routes.map((prefix): CraftedRoute => ({ prefix })),
      neighbours: towards(0),
      gracefulRestart: { time, longLived: NEVER },
    });
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const multihomed = await Multihomed.start(edge, join(directory, 'edge.yaml'), {
    ...{ asn: 64500, 'router-id': '192.0.2.100', prefixes: ['203.0.113.0/24'] },
    control: { socket: join(directory, 'control.sock') },
    log: { level: 'debug', format: 'text' },
    upstreams: { upstream: session(UPSTREAM_AS, 0) },
    downstreams: { knows: session(64501, 1), 'knows-not': session(64502, 2) },
  });
  return {
    upstream: upstream.namespace,
    link: upstream.link,
    knows,
    knowsNot,
    multihomed,
    capture,
    start,
  };
}

function session(asn: number, index: number) {
  return {
    asn,
    address: `198.51.100.${index * 4 + 1}`,
    'hold-time': `${NEVER}s`,
    'connect-retry': '2s',
    'long-lived-graceful-restart': `${NEVER}s`,
  };
}

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

async function has(daemon: BgpDaemon): Promise<readonly string[]> {
  const routes = await daemon.routes('ipv4');
  const learned = routes.filter(({ prefix }) => prefix.startsWith('20.1.'));
  return learned.map(({ prefix, communities }) => [prefix, ...communities].join(' ')).sort();
}

async function untilHas(daemon: BgpDaemon, wanted: readonly string[]): Promise<void> {
  await until(
    `the router behind to have ${wanted.join(', ') || 'nothing'}`,
    SOON,
    async () => String(await has(daemon)) === String([...wanted].sort()),
    () => has(daemon),
  );
}

async function untilPhase(multihomed: Multihomed, phase: string | undefined): Promise<void> {
  const phases = async () => (await multihomed.sessions())[0]?.stale.map((stale) => stale.phase);
  await until(
    `stale routes in phase ${phase}`,
    SOON,
    async () => {
      const seen = await phases();
      return phase === undefined ? seen?.length === 0 : seen?.includes(phase);
    },
    phases,
  );
}

/** Prefixes that were withdrawn from this source's neighbours. */
async function withdrawn(capture: Capture, from: string): Promise<readonly string[]> {
  const filter = `bgp.type == 2 && ip.src == ${from}`;
  const fields = ['bgp.withdrawn_prefix', 'bgp.mp_unreach_nlri_ipv6_prefix'] as const;
  const packets = await capture.fields(filter, ...fields);
  return [...new Set(packets.flat(2))].sort();
}

for (const name of ['frr', 'bird'] as const) {
  t.test(`${name} is killed and comes back`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startTheirs(topology, name, NEVER);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const before = await lab.start(TABLE);
    await untilHas(lab.knows, TABLE);
    await before.kill();
    await untilPhase(lab.multihomed, 'restart');
    t.same(await has(lab.knows), TABLE, 'nobody has noticed');
    await lab.start(TABLE.slice(0, 2));
    await untilPhase(lab.multihomed, undefined);
    await untilHas(lab.knows, TABLE.slice(0, 2));
    await lab.capture.stop();
    t.same(await lab.capture.faults(), []);
    t.same(await withdrawn(lab.capture, '198.51.100.6'), ['20.1.3.0'], 'only what did not return');
  });

  t.test(`${name} is killed and stays away: long-lived, then gone`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startTheirs(topology, name, 3);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const daemon = await lab.start(TABLE);
    await untilHas(lab.knows, TABLE);
    await untilHas(lab.knowsNot, TABLE);
    await daemon.kill();
    await untilPhase(lab.multihomed, 'long-lived');
    await untilHas(
      lab.knows,
      TABLE.map((prefix) => `${prefix} llgrStale`),
    );
    await untilHas(lab.knowsNot, []);
    await lab.link.cut();
    await untilHas(lab.knows, []);
  });

  t.test(`${name}'s link dies: gone at once, whatever was agreed`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startTheirs(topology, name, NEVER);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const daemon = await lab.start(TABLE);
    await untilHas(lab.knows, TABLE);
    await lab.link.cut();
    await untilHas(lab.knows, []);
    await lab.link.restore();
    await untilHas(lab.knows, TABLE);
    await daemon.kill();
    await untilPhase(lab.multihomed, 'restart');
    await lab.link.cut();
    await untilHas(lab.knows, []);
  });
}

t.test('gobgp is killed and stays away: kept for its restart time, then gone', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startTheirs(topology, 'gobgp', 10);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  const daemon = await lab.start(TABLE);
  await untilHas(lab.knows, TABLE);
  await daemon.kill();
  await untilPhase(lab.multihomed, 'restart');
  t.same(await has(lab.knows), TABLE, 'nobody has noticed');
  await untilHas(lab.knows, []);
});

t.test(
  'RFC 7313: FRR asks and is answered between markers; BIRD sends all again',
  needs,
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startTheirs(topology, 'bird', NEVER);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    const bird = await lab.start(TABLE);
    await untilHas(lab.knows, TABLE);
    await lab.knows.refresh('198.51.100.6', 'ipv4');
    const of = async (name: string) =>
      (await lab.multihomed.sessions()).find((session) => session.name === name);
    await until(
      'two markers to FRR',
      SOON,
      async () => (await of('knows'))?.sent.routeRefresh === 2,
    );
    t.ok(bird instanceof Bird);
    if (bird instanceof Bird) await bird.resend('198.51.100.2');
    await until('two markers of BIRD', SOON, async () => {
      return (await of('upstream'))?.received.routeRefresh === 2;
    });
    await untilPhase(lab.multihomed, undefined);
    await untilHas(lab.knows, TABLE);
    await lab.capture.stop();
    t.same(await lab.capture.faults(), []);
    t.same(await withdrawn(lab.capture, '198.51.100.6'), []);
  },
);

/** The edge with sessions that are to keep its routes, and a capture of what the collector is told. */
async function startOurs(topology: Topology, more: Partial<FileContent>) {
  const network = await startNetwork(topology, 'outgoing', { time: 60 });
  const { directory } = topology;
  const plain = fileContent(directory, Object.values(network.upstreams), 'outgoing');
  const upstreams = Object.fromEntries(
    Object.entries(plain.upstreams).map(([name, keys]) => {
      // What comes back must not be held: with End-of-RIB it would be swept.
      const damping = { profile: 'cisco', confirmed: true };
      return [name, { ...keys, 'hold-time': '30s', 'graceful-restart': true, damping }];
    }),
  );
  const file = { ...plain, upstreams, 'state-dir': join(directory, 'state'), ...more };
  const capture = await Capture.start(network.behind, join(directory, 'collector.pcap'));
  const start = () => Multihomed.start(network.edge, join(directory, 'multihomed.yaml'), file);
  return { ...network, start, capture };
}

async function allHave(network: Network): Promise<void> {
  for (const upstream of Object.values(network.upstreams)) {
    await untilLearned(upstream, expectedRoutes(upstream));
  }
}

async function stillThere(t: Test, { upstreams }: Network): Promise<void> {
  for (const { daemon } of Object.values(upstreams)) {
    const routes = [...(await daemon.routes('ipv4')), ...(await daemon.routes('ipv6'))];
    const prefixes = new Set(routes.map(({ prefix }) => prefix));
    t.ok(
      OWN_PREFIXES.every((prefix) => prefixes.has(prefix)),
      `${daemon.name} keeps both`,
    );
  }
}

async function nothingWithdrawn(t: Test, capture: Capture): Promise<void> {
  await capture.stop();
  const fields = ['bgp.withdrawn_prefix', 'bgp.mp_unreach_nlri_ipv6_prefix'] as const;
  const packets = await capture.fields('bgp.type == 2', ...fields);
  const ours = OWN_PREFIXES.map((prefix) => prefix.split('/')[0]);
  t.same(
    packets.flat(2).filter((address) => ours.includes(address)),
    [],
    'the collector has seen no withdrawal',
  );
}

/** A service that is well all the time, as the edge finds out anew within seconds. */
const WELL = {
  checks: { well: { exec: ['/bin/true'], interval: '1s', timeout: '1s', rise: 2, fall: 5 } },
  prefixes: OWN_PREFIXES.map((prefix) => ({ prefix, needs: ['well'] })),
};

const ENDS = {
  killed: { on: {}, end: (edge: Multihomed) => edge.program.kill() },
  'killed, with a service to check': {
    on: WELL,
    end: (edge: Multihomed) => edge.program.kill(),
  },
  'stopped with on-exit: keep': {
    on: { 'on-exit': 'keep' },
    end: (edge: Multihomed) => edge.terminate(),
  },
} as const;

for (const [how, { on, end }] of Object.entries(ENDS)) {
  t.test(`multihomed is ${how}, and started again`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startOurs(topology, on);
    const before = await lab.start();
    t.teardown(() => t.passing() || t.comment(before.program.output));
    await allHave(lab);
    await end(before);
    await stillThere(t, lab);
    const after = await lab.start();
    t.teardown(() => t.passing() || t.comment(after.program.output));
    await until('every session to be up', SOON, async () => {
      return (await after.sessions()).every(({ state }) => state === 'Established');
    });
    await allHave(lab);
    await stillThere(t, lab);
    await nothingWithdrawn(t, lab.capture);
    t.equal(await after.terminate(), 0);
    if ('on-exit' in on) await stillThere(t, lab);
    else for (const upstream of Object.values(lab.upstreams)) await gone(upstream);
  });
}

async function gone(upstream: Upstream): Promise<void> {
  await untilLearned(upstream, []);
}

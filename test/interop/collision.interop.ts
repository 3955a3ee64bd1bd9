/**
 * Both ends active, and their connections made to meet (RFC 4271 §6.8), beside each real daemon,
 * with our BGP Identifier above and below theirs. Between edge and daemons stands a relay that has
 * an address of its own on each side, and delays what it carries, more one way than the other:
 *
 *   edge ---- .2 198.51.100.0/27 .11 .. .14 ---- relay ---- /30 each ---- FRR, BIRD, OpenBGPD, GoBGP
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { Pair } from '../support/collisionRelayProgram.ts';
import { Bird } from '../support/daemons/bird.ts';
import type { BgpDaemon } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

const RELAY = fileURLToPath(new URL('../support/collisionRelayProgram.ts', import.meta.url));
const DAEMONS = { frr: Frr, bird: Bird, openbgpd: OpenBgpd, gobgp: GoBgp };
type DaemonName = keyof typeof DAEMONS;
const NAMES = ['frr', 'bird', 'openbgpd', 'gobgp'] as const;
const EDGE_AS = 64500;
const EDGE = '198.51.100.2';
/** Within it they meet, and a second time where the first was refused, in ms. */
const SOON = 60_000;
/** Within it a daemon connects again after a session, in ms. */
const AFTER_A_REST = 60_000;
/** Whatever is still under way when all sessions are up has arrived, in ms. */
const SETTLED = 500;

interface Far {
  readonly name: DaemonName;
  readonly asn: number;
  readonly namespace: Namespace;
  readonly daemon: BgpDaemon;
  /** The daemon as the edge knows it, and the edge as the daemon does. */
  readonly faces: { readonly daemon: string; readonly edge: string };
  readonly address: string;
}

interface Place {
  readonly topology: Topology;
  readonly edge: Namespace;
  readonly far: readonly Far[];
  readonly relay: Program;
  /** How much of the relay's output is of the starts before this one. */
  printed: number;
}

t.test('two connections meet', requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const place = await startPlace(topology);
  for (const [rank, routerId] of [
    ['lower', '192.0.2.1'],
    ['higher', '192.0.2.200'],
  ] as const) {
    for (const path of ['slow there', 'slow back']) {
      await t.test(`§6.8: we are the ${rank}, the path is ${path}`, (t) =>
        meet(t, place, routerId),
      );
      place.relay.signal('SIGUSR2');
    }
  }
});

async function meet(t: Test, place: Place, routerId: string): Promise<void> {
  const { topology, edge, far, relay } = place;
  await untilHeld(place);
  const file = join(topology.directory, 'multihomed.yaml');
  const multihomed = await Multihomed.start(edge, file, fileContent(place, routerId));
  t.teardown(async () => {
    place.printed = relay.output.length;
    await multihomed.terminate();
  });
  const told = async () => `${multihomed.program.output}\n${relay.output}`;
  for (const { name, daemon, faces } of far) {
    await until(`${name}'s session`, SOON, () => daemon.established(faces.edge), told);
  }
  await delay(SETTLED);
  const once = { state: 'Established', established: 1, dropped: 0 };
  for (const { name, state, established, dropped } of await multihomed.sessions()) {
    t.strictSame({ state, established, dropped }, once, `${name} is up, and was never down`);
  }
  for (const { name, daemon, faces } of far) {
    t.ok(await daemon.established(faces.edge), `${name} has the session, too`);
    t.ok(relay.output.includes(`met ${name}`, place.printed), `the connections of ${name} met`);
  }
  if (!t.passing()) t.comment(await told());
}

/** Waits until each daemon has a connection on its way, so that ours meets it. */
async function untilHeld({ topology, far, relay, printed }: Place): Promise<void> {
  for (const { name, namespace, faces } of far) {
    const socket = join(topology.directory, name, 'bgpd.sock');
    await until(`${name} to connect`, AFTER_A_REST, async () => {
      // It rests for 30 s after a session unless it is told to go on.
      if (name === 'openbgpd') {
        await namespace.exec('bgpctl', '-s', socket, 'neighbor', faces.edge, 'up');
      }
      return relay.output.includes(`held ${name}`, printed);
    });
  }
}

async function startPlace(topology: Topology): Promise<Place> {
  const edge = await topology.namespace('edge');
  const between = await topology.namespace('relay');
  const faces = NAMES.map((_, index) => `${face(index)}/27`);
  await topology.link(
    { namespace: edge, interface: 'to-relay', addresses: [`${EDGE}/27`] },
    { namespace: between, interface: 'to-edge', addresses: faces },
  );
  const far = await Promise.all(
    NAMES.map((name, index) => startFar(topology, between, name, index)),
  );
  const pairs = far.map(
    ({ name, address, faces }): Pair => [
      { name, listen: faces.daemon, to: address, from: faces.edge, patience: 2500 },
      { name, listen: faces.edge, to: EDGE, from: faces.daemon, patience: null },
    ],
  );
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  const relay = between.spawn('relay', process.execPath, tsx, RELAY, JSON.stringify(pairs));
  await relay.ready(SOON, async () => relay.output.includes('listening'));
  return { topology, edge, far, relay, printed: 0 };
}

async function startFar(topology: Topology, between: Namespace, name: DaemonName, index: number) {
  const namespace = await topology.namespace(name);
  const address = `198.51.100.${65 + index * 4}`;
  const edge = `198.51.100.${66 + index * 4}`;
  await topology.link(
    { namespace: between, interface: `to-${name}`, addresses: [`${edge}/30`] },
    { namespace, interface: 'to-relay', addresses: [`${address}/30`] },
  );
  const asn = 64496 + index;
  const daemon = await DAEMONS[name].start(namespace, topology.directory, {
    asn,
    routerId: `192.0.2.${96 + index}`,
    originates: [],
    neighbours: [{ address: edge, asn: EDGE_AS, passive: false, families: ['ipv4'] }],
  });
  const far: Far = { name, asn, namespace, daemon, address, faces: { daemon: face(index), edge } };
  return far;
}

function face(index: number): string {
  return `198.51.100.${11 + index}`;
}

function fileContent({ topology, far }: Place, routerId: string): FileContent {
  return {
    asn: EDGE_AS,
    'router-id': routerId,
    control: { socket: join(topology.directory, 'control.sock') },
    log: { level: 'debug', format: 'text' },
    prefixes: ['203.0.113.0/24'],
    upstreams: Object.fromEntries(
      far.map(({ name, asn, faces }) => [
        name,
        {
          asn,
          address: faces.daemon,
          'connect-retry': '2s',
          interface: 'to-relay',
          damping: 'none',
        },
      ]),
    ),
  };
}

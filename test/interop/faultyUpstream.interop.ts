/**
 * An upstream that marks its attributes wrongly, and what becomes of that at real neighbours behind us;
 * and one of those that has enough in the middle of a table.
 *
 *                               +---- FRR 64501, BIRD 64502
 *   octets 64496 ---- edge 64500
 *                               +---- FRR 64503, which takes 1000 prefixes
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import type { BgpDaemon, NeighbourOptions } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import type { Order } from '../support/upstreamProgram.ts';
import { Capture } from './capture.ts';
import { SOON } from './expected.ts';

const UPSTREAM = fileURLToPath(new URL('../support/upstreamProgram.ts', import.meta.url));
const EDGE_AS = 64500;
const TABLE = 30_000;
const ROLES = ['upstream', 'frr', 'bird', 'strict'] as const;
type Role = (typeof ROLES)[number];

const address = (role: Role, host: number) => `198.51.100.${ROLES.indexOf(role) * 4 + host}`;
const edgeAt = (role: Role) => address(role, 2);
const farAt = (role: Role) => address(role, 1);

const PATH = '40 02 06 0201 0000fbf0';
const NEXT_HOP = '40 03 04 c6336401';
const LARGE = '0000fbf0 00000001 00000001';

/** What the faults are, the prefix that has them, and its communities as they have to go on. */
const FAULTS: readonly {
  readonly fault: string;
  readonly prefix: string;
  readonly nlri: string;
  readonly attributes: string;
  readonly communities: readonly string[];
}[] = [
  {
    fault: 'Partial on well-known attributes',
    prefix: '20.1.1.0/24',
    nlri: '18 140101',
    attributes: `60 01 01 00 60 02 06 0201 0000fbf0 60 03 04 c6336401 60 06 00`,
    communities: [],
  },
  {
    fault: 'flag bits that mean nothing',
    prefix: '20.1.2.0/24',
    nlri: '18 140102',
    attributes: `4f 01 01 00 ${PATH} ${NEXT_HOP} cf 08 04 fbf00001`,
    communities: ['64496:1'],
  },
  {
    fault: 'an extended community that is not transitive',
    prefix: '20.1.3.0/24',
    nlri: '18 140103',
    attributes: `40 01 01 00 ${PATH} ${NEXT_HOP} c0 10 10 4004fbf04a189680 0002fbf000000007`,
    communities: ['rt:64496:7'],
  },
  {
    fault: 'a large community twice',
    prefix: '20.1.4.0/24',
    nlri: '18 140104',
    attributes: `40 01 01 00 ${PATH} ${NEXT_HOP} c0 20 18 ${LARGE} ${LARGE}`,
    communities: ['64496:1:1'],
  },
];

t.test('an upstream with faults', requireOrSkip('frr', 'bird', 'tcpdump', 'tshark'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await start(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  for (const name of ['frr', 'bird'] as const) {
    await t.test(`${name} has what is right of it`, (t) => holds(t, lab[name], edgeAt(name)));
  }
  await t.test('§6.4: in the middle of a table, a Cease is heard', (t) => heard(t, lab));
  await lab.capture.stop();
  // tshark does not know RFC 8654: whether a message is that long depends on how much came at once.
  const ours = `ip.src in {${ROLES.map(edgeAt).join(', ')}} && !(bgp.length > 4096)`;
  t.strictSame(await lab.capture.faults(ours), [], 'tshark finds nothing wrong with what we sent');
});

interface Lab {
  readonly frr: Frr;
  readonly bird: Bird;
  readonly strict: Frr;
  readonly multihomed: Multihomed;
  readonly capture: Capture;
}

async function start(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const place = async (role: Role): Promise<Namespace> => {
    const namespace = await topology.namespace(role);
    await topology.link(
      { namespace: edge, interface: `to-${role}`, addresses: [`${edgeAt(role)}/30`] },
      { namespace, interface: 'to-edge', addresses: [`${farAt(role)}/30`] },
    );
    return namespace;
  };
  const towards = (role: Role, asn: number, more: Partial<NeighbourOptions> = {}) => ({
    ...{ asn, routerId: `192.0.2.${asn - 64400}`, originates: [] },
    neighbours: [
      { address: edgeAt(role), asn: EDGE_AS, passive: false, families: ['ipv4'] as const, ...more },
    ],
  });
  const upstream = await place('upstream');
  const limit = { familyLines: ['maximum-prefix 1000'] };
  const frr = await Frr.start(await place('frr'), directory, towards('frr', 64501));
  const bird = await Bird.start(await place('bird'), directory, towards('bird', 64502));
  const strict = await Frr.start(await place('strict'), directory, towards('strict', 64503, limit));
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const passive = (role: Role, asn: number) => ({ asn, address: farAt(role), passive: true });
  const multihomed = await Multihomed.start(edge, join(directory, 'edge.yaml'), {
    ...{ asn: EDGE_AS, 'router-id': '192.0.2.1', prefixes: ['203.0.113.0/24'] },
    control: { socket: join(directory, 'control.sock') },
    'state-dir': join(directory, 'state'),
    upstreams: { upstream: passive('upstream', 64496) },
    downstreams: {
      frr: passive('frr', 64501),
      bird: passive('bird', 64502),
      strict: passive('strict', 64503),
    },
  });
  const order: Order = {
    ...{ address: edgeAt('upstream'), asn: 64496, table: TABLE },
    attributes: `40 01 01 00 ${PATH} ${NEXT_HOP}`,
    updates: FAULTS.map(({ attributes, nlri }) => {
      const length = (attributes.replaceAll(/\s/g, '').length / 2).toString(16).padStart(4, '0');
      return `0000 ${length} ${attributes} ${nlri}`;
    }),
  };
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  upstream.spawn('upstream', process.execPath, tsx, UPSTREAM, JSON.stringify(order));
  return { frr, bird, strict, multihomed, capture };
}

async function holds(t: Test, daemon: BgpDaemon, edge: string): Promise<void> {
  const learned = async () => (await daemon.routes('ipv4')).filter(({ from }) => from === edge);
  const all = FAULTS.length + TABLE + 1;
  await until(`${all} routes`, 2 * SOON, async () => (await learned()).length === all);
  const routes = new Map((await learned()).map((route) => [route.prefix, route]));
  for (const { fault, prefix, communities } of FAULTS) {
    t.match(routes.get(prefix), { asPath: [EDGE_AS, 64496], communities }, fault);
  }
  t.equal(await daemon.lastNotification(edge), '');
}

async function heard(t: Test, { multihomed, strict }: Lab): Promise<void> {
  const session = async () =>
    (await multihomed.sessions()).find(({ name }) => name === 'strict')?.lastDown;
  await until('the session to end', SOON, async () => Boolean(await session()));
  // FRR asks for a Hard Reset with it (RFC 8538 §3.1).
  t.match(await session(), { kind: 'notificationReceived', notification: { code: 6, subcode: 9 } });
  t.equal(await strict.established(edgeAt('strict')), false);
}

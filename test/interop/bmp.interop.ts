/**
 * A monitoring station (BMP, RFC 7854) beside real neighbours: what it is told of them as they come,
 * announce, and go in different ways, as tshark reads it.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { Capture } from './capture.ts';
import { SOON, untilEstablished } from './expected.ts';
import { fileContent, startNetwork, type Upstream } from './lab.ts';

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

const STATION = { near: '198.51.100.253', far: '198.51.100.254', port: 1790 } as const;
const STATION_PROGRAM = `
  require('node:net').createServer((socket) => socket.resume().on('error', () => {}))
    .listen(${STATION.port}, () => console.log('listening'));`;

const TYPES = { routes: 0, statistics: 1, peerDown: 2, peerUp: 3, initiation: 4, termination: 5 };

interface Shown {
  readonly stations: readonly { readonly state: string; readonly sent: number }[];
  readonly sessions: readonly { readonly session: { readonly state: string } }[];
}

t.test('a station is told of peers, routes and ends; tshark reads it', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { edge, upstreams } = await startNetwork(topology, 'outgoing');
  const all = Object.values(upstreams);
  const { program, capture } = await startStation(topology, edge);
  const file = {
    ...fileContent(topology.directory, all, 'outgoing'),
    bmp: [{ address: STATION.far, port: STATION.port, routes: 'both', statistics: '1s' }],
  };
  const path = join(topology.directory, 'multihomed.yaml');
  const multihomed = await Multihomed.start(edge, path, file);
  t.teardown(() => t.passing() || t.comment(multihomed.program.output));
  const shown = async (): Promise<Shown> => JSON.parse(await multihomed.run('show', '--json'));

  for (const upstream of all) await untilEstablished(upstream);
  await until('the station to be up and told of all', SOON, async () => {
    const { stations, sessions } = await shown();
    const up = sessions.filter(({ session }) => session.state === 'Established').length;
    return up === 8 && stations[0]?.state === 'up' && stations[0].sent > 5000;
  });
  t.match(await multihomed.run('show'), /MONITORING STATION[\s\S]*198\.51\.100\.254:1790 +up/);
  const seen = new Seen(capture);
  await until(
    'all routes to be told',
    SOON,
    () => seen.hasRoutesOf(all),
    () => seen.prefixes(),
  );
  await until('End-of-RIB of every view', SOON, async () => (await seen.types()).length > 30);

  await upstreams.bird.daemon.stop();
  await upstreams.frr.daemon.kill();
  await until('peers down', SOON, async () => (await seen.peersDown()).length === 4);
  const { openbgpd, 'openbgpd-v6': _, ...kept } = file.upstreams;
  t.ok(openbgpd);
  await multihomed.reload({ ...file, upstreams: kept });
  await until('six peers down', SOON, async () => (await seen.peersDown()).length === 6);
  t.equal(await multihomed.terminate(), 0);
  await program.stop();
  await capture.stop();
  await t.test('what was told, message by message', (t) => told(t, seen, all));
  t.strictSame(await capture.faults('bmp'), [], 'tshark finds nothing malformed');
});

async function startStation(topology: Topology, edge: Upstream['link']['near']['namespace']) {
  const namespace = await topology.namespace('station');
  await topology.link(
    { namespace: edge, interface: 'to-station', addresses: [`${STATION.near}/30`] },
    { namespace, interface: 'to-edge', addresses: [`${STATION.far}/30`] },
  );
  const program = namespace.spawn('station', process.execPath, '-e', STATION_PROGRAM);
  await program.ready(SOON, async () => program.output.includes('listening'));
  const pcap = join(topology.directory, 'bmp.pcap');
  const decode = `tcp.port==${STATION.port},bmp`;
  const capture = await Capture.startOn(namespace, pcap, STATION.port, decode);
  return { program, capture };
}

/** What the capture has so far. Its last packet may not be in the file whole: then there is nothing. */
class Seen {
  readonly #capture: Capture;

  constructor(capture: Capture) {
    this.#capture = capture;
  }

  types(): Promise<readonly string[]> {
    return this.#values('bmp.type');
  }

  peersDown(): Promise<readonly string[]> {
    return this.#values('bmp.peer.down.reason');
  }

  async peers(): Promise<readonly string[]> {
    const packets = await this.#fields('bmp.type == 3', 'bmp.peer.up.port.remote');
    return packets.flat();
  }

  async prefixes(): Promise<readonly string[]> {
    const [ipv4, ipv6] = await Promise.all([
      this.#values('bgp.nlri_prefix'),
      this.#values('bgp.mp_reach_nlri_ipv6_prefix'),
    ]);
    return [...new Set([...ipv4, ...ipv6])].toSorted();
  }

  async hasRoutesOf(upstreams: readonly Upstream[]): Promise<boolean> {
    const prefixes = await this.prefixes();
    return originsOf(upstreams).every((prefix) => prefixes.includes(prefix));
  }

  /** Of a post-policy view, and of a pre-policy one. */
  async policies(): Promise<readonly string[]> {
    return [...new Set(await this.#values('bmp.peer.flags.post_policy'))].toSorted();
  }

  async #values(field: string): Promise<readonly string[]> {
    return (await this.#fields('bmp', field)).flat();
  }

  async #fields(filter: string, field: string): Promise<readonly string[][]> {
    const packets = await this.#capture.fields(filter, field).catch(() => []);
    return packets.map(([values = []]) => values);
  }
}

/** Their networks without lengths, as tshark has them. */
function originsOf(upstreams: readonly Upstream[]): readonly string[] {
  return upstreams.flatMap(({ originates }) => originates.map((each) => each.split('/')[0] ?? ''));
}

async function told(t: Test, seen: Seen, upstreams: readonly Upstream[]): Promise<void> {
  const types = await seen.types();
  const count = (type: number) => types.filter((each) => each === `${type}`).length;
  t.equal(types[0], `${TYPES.initiation}`, 'Initiation is the first');
  t.equal(types.at(-1), `${TYPES.termination}`, 'Termination is the last');
  t.equal(count(TYPES.initiation), 1);
  t.equal(count(TYPES.peerUp), 8);
  t.strictSame(await seen.peers(), new Array(8).fill('179'), 'with the ports of the sessions');
  t.equal(count(TYPES.peerDown), 8);
  t.ok(count(TYPES.statistics) > 0);
  t.ok(count(TYPES.routes) > 16);
  t.ok(await seen.hasRoutesOf(upstreams));
  t.strictSame(await seen.policies(), ['0', '1']);
  const reasons = await seen.peersDown();
  t.strictSame(reasons.slice(0, 4).toSorted(), ['3', '3', '4', '4'], 'BIRD said so, FRR did not');
  t.strictSame(reasons.slice(4), ['1', '1', '1', '1'], 'we said so');
}

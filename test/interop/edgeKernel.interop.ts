/**
 * What `generate sysctl` and `generate nftables` write, in a kernel: without them an edge with two
 * upstreams loses traffic and lets spoofed sources out, with them it does neither.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { command, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import {
  type EdgeLab,
  FILE,
  generated,
  INSIDE,
  pings,
  SERVICE,
  SPOOFED,
  startEdgeLab,
  TOWARDS_A,
  TOWARDS_B,
  TOWARDS_B6,
  untilPings,
  WORLD,
} from './edgeLab.ts';
import { connectAsStranger } from './stranger.ts';

const SOON = 60_000;
/** As many distributions have it. */
const STRICT = ['all', 'default', 'eth-a', 'eth-b'].map(
  (name) => `net.ipv4.conf.${name}.rp_filter=1`,
);

t.test(
  'asymmetric traffic is dropped before the sysctl file and passes after it',
  {
    ...requireOrSkip('ping'),
  },
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const { edge, world } = await startEdgeLab(topology);
    await edge.exec('sysctl', '-qw', ...STRICT);
    t.notOk(await pings(world, WORLD, SERVICE), 'strict: the way back is another one');
    t.notOk(await pings(world, WORLD, INSIDE), 'and nothing is forwarded');

    const file = await generated(topology, 'sysctl');
    const before = await kernelDifferences(topology, edge);
    t.ok(
      before.includes('net.ipv4.conf.eth-a.rp_filter'),
      '--check finds it in the running kernel',
    );
    t.ok(before.includes('net.ipv4.ip_forward'));

    await edge.exec('sysctl', '-p', file);
    await untilPings(world, WORLD, SERVICE);
    t.pass('loose: it is answered');
    await untilPings(world, WORLD, INSIDE);
    t.pass('and forwarded, both ways');
    t.same(await kernelDifferences(topology, edge), [], '--check finds nothing more');
  },
);

/** Names of the settings that --check finds wrong in the kernel of the edge's namespace. */
async function kernelDifferences(topology: Topology, edge: EdgeLab['edge']) {
  const config = join(topology.directory, 'generated.yaml');
  const argv = [...command(), 'generate', 'sysctl', '--check', '--json', '-c', config];
  const shell = `${argv.map((word) => `'${word}'`).join(' ')} || true`;
  const answer: { differences: { setting: string; in: string }[] } = JSON.parse(
    await edge.exec('sh', '-c', shell),
  );
  return answer.differences.filter((one) => one.in === 'kernel').map(({ setting }) => setting);
}

t.test(
  'with the nftables file, spoofed sources stay in and strangers out',
  {
    ...requireOrSkip('nft', 'ping', 'bird'),
  },
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startEdgeLab(topology);
    await lab.edge.exec('sysctl', '-qp', await generated(topology, 'sysctl'));
    await countArrivals(lab);
    await pings(lab.inside, SPOOFED, WORLD);
    t.equal(await arrivals(lab), 1, 'without it a spoofed source arrives');

    const file = await generated(topology, 'nftables');
    await lab.edge.exec('nft', '-f', file);
    await lab.edge.exec('nft', '-f', file);
    t.pass('it can be loaded again');
    await pings(lab.inside, SPOOFED, WORLD);
    t.equal(await arrivals(lab), 1, 'with it none arrives any more');
    t.match(
      await lab.edge.exec('nft', 'list', 'table', 'inet', 'multihomed'),
      /packets 1 bytes 84 drop/,
    );
    await untilPings(lab.inside, INSIDE, WORLD);
    t.pass('our own do');
    await untilPings(lab.edge, TOWARDS_B.edge, TOWARDS_B.address);
    t.pass("and the edge's, of the link");
    await untilPings(lab.edge, TOWARDS_B6.edge, TOWARDS_B6.address);
    t.pass('neighbours are found by IPv6');
    await sessions(t, topology, lab);
  },
);

async function countArrivals({ world }: EdgeLab): Promise<void> {
  const rule = `ip saddr ${SPOOFED} icmp type echo-request counter`;
  await world.exec('nft', 'add table ip arrivals');
  await world.exec('nft', 'add chain ip arrivals in { type filter hook input priority 0; }');
  await world.exec('nft', `add rule ip arrivals in ${rule}`);
}

async function arrivals({ world }: EdgeLab): Promise<number> {
  const text = await world.exec('nft', 'list', 'table', 'ip', 'arrivals');
  return Number(/packets (\d+)/.exec(text)?.[1]);
}

/** The table is there before any session is. */
async function sessions(t: Test, topology: Topology, lab: EdgeLab): Promise<void> {
  const bird = await Bird.start(lab.upstreamA, topology.directory, {
    asn: 64496,
    routerId: '192.0.2.11',
    neighbours: [{ address: TOWARDS_A.edge, asn: 64500, passive: false, families: ['ipv4'] }],
    originates: [],
  });
  const content = {
    ...FILE,
    control: { socket: join(topology.directory, 'control.sock') },
    upstreams: { a: { ...FILE.upstreams.a, passive: true }, b: FILE.upstreams.b },
  };
  await Multihomed.start(lab.edge, join(topology.directory, 'x.yaml'), content);
  await until('the session that the neighbour begins', SOON, () =>
    bird.established(TOWARDS_A.edge),
  );
  t.pass('a neighbour connects');
  const stranger = await connectAsStranger(lab.world, SERVICE, 5000);
  t.match(stranger, { received: 0, end: 'still open' }, 'nobody else gets an answer');
  const chain = await lab.edge.exec('nft', 'list', 'chain', 'inet', 'multihomed', 'bgp');
  t.match(chain, /counter packets [1-9]\d* .* drop/, 'as the table drops it');
}

/** A machine that lacks what routes in the kernel take: one clear line each, and announcing goes on. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { command, type FileContent } from '../support/daemons/multihomed.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';

const EDGE = '198.51.100.2';
const FAR = '198.51.100.1';
const PREFIX = '203.0.113.0/24';
/** Of somebody else, in the table and with the metric that are ours by the file. */
const FOREIGN = ['default', 'via', FAR, 'dev', 'eth-a', 'table', '77', 'metric', '20'];

/** In a mount namespace of its own, as `ip netns exec` makes one. */
const MASK = 'mount --bind /dev/null /usr/bin/ip';

interface Lab {
  readonly topology: Topology;
  readonly edge: Namespace;
  readonly bird: Bird;
}

t.test(
  'what is lacking is told once, and announced all the same',
  requireOrSkip('bird'),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const [edge, far] = [await topology.namespace('edge'), await topology.namespace('far')];
    await topology.link(
      { namespace: edge, interface: 'eth-a', addresses: [`${EDGE}/30`] },
      { namespace: far, interface: 'to-edge', addresses: [`${FAR}/30`] },
    );
    const bird = await Bird.start(far, topology.directory, {
      ...{ asn: 64496, routerId: '192.0.2.96', originates: [] },
      neighbours: [{ address: EDGE, asn: 64500, passive: true, families: ['ipv4'] }],
    });
    const lab = { topology, edge, bird };
    await t.test('iproute2', (t) => lacksIproute(t, lab));
    await t.test('a place in the table', (t) => lacksPlace(t, lab));
  },
);

async function lacksIproute(t: Test, lab: Lab): Promise<void> {
  const program = await run(lab, 'without-ip', { install: 'default' }, MASK);
  await untilAnnounced(lab, program);
  const told = await faultsOf(program);
  t.equal(told.length, 1, program.output);
  t.match(
    told[0],
    /there is no `ip` program that can be run; install iproute2; announcing goes on/,
  );
  await end(lab, program);
}

async function lacksPlace(t: Test, lab: Lab): Promise<void> {
  await lab.edge.ip('route', 'add', ...FOREIGN);
  const program = await run(lab, 'taken', { install: 'default', table: 77 });
  await untilAnnounced(lab, program);
  const told = await faultsOf(program);
  t.equal(told.length, 1, program.output);
  t.match(told[0], /default via .*File exists; announcing goes on/);
  const routes = await lab.edge.ip('route', 'show', 'table', '77');
  t.match(routes, `default via ${FAR} dev eth-a metric 20`, 'what is not ours stays');
  t.match(routes, `blackhole ${PREFIX} proto 179`, 'the anchor is there');
  await end(lab, program);
  t.match(await lab.edge.ip('route', 'show', 'table', '77'), `default via ${FAR}`);
}

/** The lines that tell of it, once there is one, and the daemon has started. */
async function faultsOf(program: Program): Promise<readonly string[]> {
  const lines = (text: string) => program.output.split('\n').filter((line) => line.includes(text));
  for (const text of ['kernel does not have', 'started: ']) {
    await until(
      text,
      SOON,
      async () => lines(text).length > 0,
      async () => program.output,
    );
  }
  return lines('kernel does not have');
}

async function run(
  { topology, edge }: Lab,
  name: string,
  kernel: object,
  mask = 'true',
): Promise<Program> {
  const content: FileContent = {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(topology.directory, `${name}.sock`) },
    kernel: { 'on-exit': 'remove', ...kernel },
    prefixes: [PREFIX],
    upstreams: {
      a: { asn: 64496, address: FAR, interface: 'eth-a', damping: 'none', 'connect-retry': '1s' },
    },
  };
  const file = join(topology.directory, `${name}.yaml`);
  await writeFile(file, JSON.stringify(content));
  return edge.spawn(
    name,
    'sh',
    '-c',
    `${mask} && exec "$@"`,
    'sh',
    ...command(),
    'run',
    '-c',
    file,
  );
}

async function untilAnnounced({ bird }: Lab, program: Program): Promise<void> {
  await until(
    'BIRD to have the prefix',
    SOON,
    async () => (await bird.routes('ipv4')).some(({ prefix }) => prefix === PREFIX),
    async () => program.output,
  );
}

/** In order, so that the next one finds the prefix gone. */
async function end({ bird }: Lab, program: Program): Promise<void> {
  program.signal('SIGTERM');
  await program.exited();
  await until('BIRD to be without it', SOON, async () => (await bird.routes('ipv4')).length === 0);
}

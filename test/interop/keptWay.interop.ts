/**
 * An upstream that restarts and goes on forwarding (RFC 4724): what the kernel sends through it goes on
 * to be sent, where there is no other way; and through another one that lives where there is.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { monitored } from '../support/routeMonitor.ts';
import { SOON } from './expected.ts';

const FAR = { a: '198.51.100.1', b: '198.51.100.5' };
const EDGE = { a: '198.51.100.2', b: '198.51.100.6' };
/** Longer than anything here takes; and what a neighbour that does not come back is given. */
const [LONG, SHORT] = [60, 3];

type Name = keyof typeof FAR;

async function upstreamOf(topology: Topology, edge: Namespace, name: Name, asn: number) {
  const { directory } = topology;
  const namespace = await topology.namespace(`up-${name}`);
  const link = await topology.link(
    { namespace: edge, interface: `eth-${name}`, addresses: [`${EDGE[name]}/30`] },
    { namespace, interface: 'to-edge', addresses: [`${FAR[name]}/30`] },
  );
  const start = (time: number) =>
    Bird.start(namespace, directory, {
      ...{ asn, routerId: `192.0.2.${asn % 100}`, originates: [] },
      crafted: [{ prefix: '20.1.1.0/24' }],
      neighbours: [{ address: EDGE[name], asn: 64500, passive: true, families: ['ipv4'] }],
      gracefulRestart: { time, longLived: 60 },
    });
  return { start, cut: () => link.cut() };
}

function contentOf(directory: string, names: readonly Name[]): FileContent {
  const upstreams = names.map((name, i) => [
    name,
    {
      ...{ asn: 64496 + i, address: FAR[name], accept: 'full', damping: 'none' },
      ...{ 'connect-retry': '1s', 'long-lived-graceful-restart': '60s' },
    },
  ]);
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24'],
    kernel: { install: 'default' },
    upstreams: Object.fromEntries(upstreams),
  };
}

async function defaults(edge: Namespace): Promise<readonly string[]> {
  const text = await edge.ip('-4', 'route', 'show', 'default', 'proto', '179');
  return text.split('\n').flatMap((line) => {
    const found = /via (\S+) dev \S+ metric (\d+)/.exec(line);
    return found ? [`${found[1]} ${found[2]}`] : [];
  });
}

async function untilDefaults(edge: Namespace, wanted: readonly string[]): Promise<void> {
  const shown = async () => (await defaults(edge)).join();
  await until(`the defaults ${wanted}`, SOON, async () => (await shown()) === wanted.join(), shown);
}

/** With what it has sent: nothing else could be kept. */
async function untilLearned(ours: Multihomed, name: string): Promise<void> {
  await until(`routes of ${name}`, SOON, async () => {
    const session = (await ours.sessions()).find((each) => each.name === name);
    return session?.stale.length === 0 && session.learned.ipv4.accepted === 1;
  });
}

/** Lines after which the kernel had no default of ours. */
function wayless(monitored: string): readonly string[] {
  const present = new Set<string>();
  return monitored.split('\n').filter((line) => {
    const [, deleted, way] = /^(Deleted )?default (.* metric \d+)/.exec(line) ?? [];
    if (way === undefined || !way.includes('proto 179')) return false;
    if (deleted === undefined) present.add(way);
    else present.delete(way);
    return present.size === 0;
  });
}

async function lab(t: Test) {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const edge = await topology.namespace('edge');
  return { topology, edge };
}

async function started(t: Test, topology: Topology, edge: Namespace, names: readonly Name[]) {
  const file = join(topology.directory, 'edge.yaml');
  const ours = await Multihomed.start(edge, file, contentOf(topology.directory, names));
  t.teardown(() => t.passing() || t.comment(ours.program.output));
  return ours;
}

t.test(
  'RFC 4724: the only upstream restarts, and there is no moment without a default',
  { ...requireOrSkip('bird') },
  async (t) => {
    const { topology, edge } = await lab(t);
    const a = await upstreamOf(topology, edge, 'a', 64496);
    const monitor = await monitored(edge, ['route']);
    const bird = await a.start(LONG);
    const ours = await started(t, topology, edge, ['a']);
    await untilDefaults(edge, [`${FAR.a} 20`]);
    await untilLearned(ours, 'a');
    await bird.kill();
    await untilDefaults(edge, [`${FAR.a} 22`]);
    const back = await a.start(SHORT);
    await untilDefaults(edge, [`${FAR.a} 20`]);
    await untilLearned(ours, 'a');
    t.same(wayless(monitor.output), [], monitor.output);
    await back.kill();
    await untilDefaults(edge, []);
    await ours.program.untilSaid(/routes are kept for 3 s/);
    await ours.program.untilSaid(/not back in time/);
    t.pass('RFC 9494: who is long away leads nowhere');
    await monitor.stop();
  },
);

t.test(
  'RFC 4724: where another upstream lives, what is sent goes through that one meanwhile',
  { ...requireOrSkip('bird') },
  async (t) => {
    const { topology, edge } = await lab(t);
    const a = await upstreamOf(topology, edge, 'a', 64496);
    const b = await upstreamOf(topology, edge, 'b', 64497);
    const [bird] = [await a.start(LONG), await b.start(LONG)];
    const ours = await started(t, topology, edge, ['a', 'b']);
    for (const name of ['a', 'b']) await untilLearned(ours, name);
    await bird.kill();
    await untilDefaults(edge, [`${FAR.b} 20`, `${FAR.a} 22`]);
    await a.cut();
    await untilDefaults(edge, [`${FAR.b} 20`]);
  },
);

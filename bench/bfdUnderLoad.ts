/**
 * Whether BFD at 50 ms x 3 holds while the daemon takes in a full table again and again for a minute,
 * its main thread busy with bursts of 30 ms beside that: without, then with the table going into the kernel. The
 * neighbour that watches is BIRD, with a hold time of 3 s, so that late KEEPALIVEs count as well. Needs root.
 */

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bird } from '../test/support/daemons/bird.ts';
import { command } from '../test/support/daemons/multihomed.ts';
import type { Program } from '../test/support/daemons/process.ts';
import { until } from '../test/support/daemons/until.ts';
import { Topology } from '../test/support/netns.ts';
import { requireOrSkip } from '../test/support/requirements.ts';
import type { Bench, Report, Scale } from './bench.ts';
import { Feeder } from './feeder/feeder.ts';
import { addresses } from './stage.ts';
import { FULL, QUICK, synthetic } from './table/store.ts';

const INTERVAL = 50;
const LENGTH = 60_000;
const QUICK_LENGTH = 3000;
const LIMIT = 60_000;
const BURSTS = fileURLToPath(new URL('./bursts.mjs', import.meta.url));
const EDGE = { bird: '198.51.100.6', feeder: '198.51.100.2' } as const;
const FAR = { bird: '198.51.100.5', feeder: '198.51.100.1' } as const;

export const bfdUnderLoad: Bench = {
  name: 'bfd-load',
  about: 'whether BFD holds during a minute of full tables and a main thread that is busy',
  obstacle: () => requireOrSkip('bird').skip || undefined,
  async run({ quick }: Scale): Promise<Report> {
    const plain = await onTopology((topology) => measure(topology, quick, false));
    const kernel = await onTopology((topology) => measure(topology, quick, true));
    return {
      figures: [...plain.figures, ...kernel.figures],
      samples: {},
      notes: [...plain.notes, ...kernel.notes],
    };
  },
};

async function onTopology<T>(work: (topology: Topology) => Promise<T>): Promise<T> {
  const topology = await Topology.create();
  try {
    return await work(topology);
  } finally {
    await topology.remove();
  }
}

async function measure(topology: Topology, quick: boolean, kernel: boolean) {
  const { feeder, program } = await start(topology, quick, kernel);
  try {
    await until('BFD to be up', LIMIT, async () => count(program, 'bfd-up') > 0);
    const end = performance.now() + (quick ? QUICK_LENGTH : LENGTH);
    let tables = 0;
    while (performance.now() < end) {
      const sent = feeder.times('sent', 1, LIMIT);
      feeder.order({ order: 'send' });
      await sent;
      tables++;
    }
    const where = kernel ? 'into the kernel: ' : '';
    const lost = (event: string) =>
      ({ value: count(program, event), unit: 'times', atMost: 0 }) as const;
    return {
      figures: [
        { name: `${where}tables taken in`, value: tables, unit: 'times' } as const,
        ...(kernel
          ? [{ name: `${where}routes there`, value: routesOf(program), unit: 'lines' } as const]
          : []),
        { name: `${where}BFD lost`, ...lost('bfd-lost') },
        { name: `${where}sessions lost`, ...lost('session-down') },
      ],
      notes: program.output.split('\n').filter((line) => line.includes('"event":"bfd-lost"')),
    };
  } finally {
    await feeder.stop();
  }
}

async function start(topology: Topology, quick: boolean, kernel: boolean) {
  const { directory } = topology;
  const [edge, far, other] = [
    await topology.namespace('edge'),
    await topology.namespace('bird'),
    await topology.namespace('feeder'),
  ];
  await topology.link(
    { namespace: edge, interface: 'to-bird', addresses: [`${EDGE.bird}/30`] },
    { namespace: far, interface: 'to-edge', addresses: [`${FAR.bird}/30`] },
  );
  await topology.link(
    { namespace: edge, interface: 'to-feeder', addresses: [`${EDGE.feeder}/30`] },
    { namespace: other, interface: 'to-edge', addresses: [`${FAR.feeder}/30`] },
  );
  await edge.exec('sysctl', '-qw', 'net.ipv4.nexthop_compat_mode=0');
  await Bird.start(far, directory, {
    ...{ asn: 64497, routerId: '192.0.2.97', originates: [] },
    neighbours: [
      { address: EDGE.bird, asn: 64500, passive: true, families: ['ipv4'], bfd: INTERVAL },
    ],
  });
  const [table] = synthetic(quick ? QUICK : FULL, addresses(1)).tables;
  if (!table) throw new Error('no table');
  const feeder = await Feeder.start(other, {
    // Between two pieces of a table is no place for a KEEPALIVE: none is due before the end.
    ...{ holdTime: 600, held: false },
    sessions: [{ address: FAR.feeder, asn: table.peerAs, table: table.file }],
  });
  const confirmed = feeder.times('confirmed', 1, LIMIT);
  const file = join(directory, 'x.yaml');
  const common = { damping: 'none', 'connect-retry': '1s', 'hold-time': '600s' };
  const watched = { 'hold-time': '3s', bfd: { interval: `${INTERVAL}ms` } };
  const both = { families: ['ipv4', 'ipv6'], 'next-hop': { ipv6: '2001:db8::2' } };
  const content = {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    log: { format: 'json' },
    prefixes: ['203.0.113.0/24'],
    ...(kernel ? { kernel: { install: 'full' } } : {}),
    upstreams: {
      feeder: { ...common, ...both, asn: table.peerAs, address: FAR.feeder },
      bird: { ...common, ...watched, asn: 64497, address: FAR.bird },
    },
  };
  await writeFile(file, JSON.stringify(content));
  const environment = ['env', `NODE_OPTIONS=--import=${BURSTS}`];
  const program = edge.spawn('multihomed', ...environment, ...command(), 'run', '-c', file);
  await confirmed.catch((error: Error) => {
    throw new Error(`${error.message}:\n${program.output}`);
  });
  return { feeder, program };
}

/** In the largest IPv4 table of its namespace. */
function routesOf({ pid }: Program): number {
  const tries = readFileSync(`/proc/${pid}/net/fib_triestat`, 'latin1');
  return Math.max(
    0,
    ...[...tries.matchAll(/^\s*Prefixes:\s+(\d+)/gm)].map((all) => Number(all[1])),
  );
}

/** How often its log has an event. */
function count({ output }: Program, event: string): number {
  return output.split(`"event":"${event}"`).length - 1;
}

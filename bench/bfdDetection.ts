/**
 * How soon BFD says that a neighbour is gone: FRR's bfdd and BIRD are frozen (SIGSTOP) with every link
 * up, and the time is from the signal to the daemon's own record of the loss. The ideal is the detection
 * time that was negotiated, counted from the last packet, which came up to an interval before the
 * signal. Needs root.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bird } from '../test/support/daemons/bird.ts';
import { Frr } from '../test/support/daemons/frr.ts';
import { Multihomed } from '../test/support/daemons/multihomed.ts';
import { until } from '../test/support/daemons/until.ts';
import { Topology } from '../test/support/netns.ts';
import { requireOrSkip } from '../test/support/requirements.ts';
import { type Bench, type Figure, median, quantile, type Report, type Scale } from './bench.ts';

const INTERVALS = [50, 300];
const MULTIPLIER = 3;
const ROUNDS = 20;
const QUICK_ROUNDS = 1;
const LIMIT = 60_000;

const NAMES = ['frr', 'bird'] as const;
const TITLES = { frr: 'FRR', bird: 'BIRD' } as const;
const EDGE = { frr: '198.51.100.2', bird: '198.51.100.6' } as const;
const FAR = { frr: '198.51.100.1', bird: '198.51.100.5' } as const;

type Name = (typeof NAMES)[number];
type Daemons = Readonly<Record<Name, Pick<Bird, 'freeze' | 'thaw' | 'established'>>>;

interface Lab {
  readonly multihomed: Multihomed;
  readonly daemons: Daemons;
}

export const bfdDetection: Bench = {
  name: 'bfd',
  about: 'how soon BFD says that a frozen neighbour is gone',
  obstacle: () => requireOrSkip('frr', 'bird').skip || undefined,
  async run({ quick }: Scale): Promise<Report> {
    const samples: Record<string, readonly number[]> = {};
    const figures: Figure[] = [];
    for (const interval of INTERVALS) {
      const topology = await Topology.create();
      try {
        const lab = await start(topology, interval);
        const taken = await measure(lab, interval, quick ? QUICK_ROUNDS : ROUNDS);
        for (const name of NAMES) {
          const title = `${TITLES[name]}, ${interval} ms x ${MULTIPLIER}`;
          samples[title] = taken[name];
          figures.push(...figuresOf(title, interval, taken[name]));
        }
      } finally {
        await topology.remove();
      }
    }
    return { figures, samples };
  },
};

function figuresOf(title: string, interval: number, taken: readonly number[]): readonly Figure[] {
  const ideal = interval * MULTIPLIER;
  const beyond = taken.map((time) => time - ideal);
  return [
    { name: `${title}: median`, value: median(taken), unit: 'ms' },
    { name: `${title}: median, beyond the ideal`, value: median(beyond), unit: 'ms' },
    {
      ...{ name: `${title}: p99, beyond the ideal`, value: quantile(beyond, 0.99), unit: 'ms' },
      atMost: interval,
    },
  ];
}

async function start(topology: Topology, interval: number): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const far = { frr: await topology.namespace('frr'), bird: await topology.namespace('bird') };
  for (const name of NAMES) {
    await topology.link(
      { namespace: edge, interface: `to-${name}`, addresses: [`${EDGE[name]}/30`] },
      { namespace: far[name], interface: 'to-edge', addresses: [`${FAR[name]}/30`] },
    );
  }
  const options = (name: Name, asn: number) => ({
    ...{ asn, routerId: `192.0.2.${asn - 64400}`, originates: [] },
    neighbours: [
      {
        ...{ address: EDGE[name], asn: 64500, passive: true, bfd: interval },
        families: ['ipv4' as const],
      },
    ],
  });
  const daemons = {
    frr: await Frr.start(far.frr, directory, options('frr', 64496)),
    bird: await Bird.start(far.bird, directory, options('bird', 64497)),
  };
  const common = { damping: 'none', 'connect-retry': '1s', bfd: { interval: `${interval}ms` } };
  const multihomed = await Multihomed.start(edge, join(directory, 'x.yaml'), {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    log: { format: 'json' },
    prefixes: ['203.0.113.0/24'],
    upstreams: {
      frr: { asn: 64496, address: FAR.frr, ...common },
      bird: { asn: 64497, address: FAR.bird, ...common },
    },
  });
  return { multihomed, daemons };
}

async function measure(
  lab: Lab,
  interval: number,
  rounds: number,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const taken: Record<Name, number[]> = { frr: [], bird: [] };
  for (let round = 0; round < rounds; round++) {
    await untilUp(lab, interval);
    // At all phases of the packets' rhythm, one after the other.
    await sleep((round * interval) / rounds);
    const seen = lab.multihomed.program.output.length;
    const frozen = { frr: 0, bird: 0 };
    for (const name of NAMES) {
      frozen[name] = Date.now();
      lab.daemons[name].freeze();
    }
    for (const name of NAMES) {
      let at: number | undefined;
      await until(`BFD of ${name} to be lost`, LIMIT, async () => {
        at = lostAt(lab.multihomed.program.output.slice(seen), name);
        return at !== undefined;
      });
      taken[name].push((at ?? 0) - frozen[name]);
    }
    for (const name of NAMES) lab.daemons[name].thaw();
  }
  return taken;
}

/** When the log says that BFD lost this neighbour, ms since the epoch. */
function lostAt(log: string, name: Name): number | undefined {
  // The last line may not be whole yet.
  for (const line of log
    .split('\n')
    .slice(0, -1)
    .filter((one) => one.startsWith('{'))) {
    const { event, neighbour, time }: Record<'event' | 'neighbour' | 'time', string> =
      JSON.parse(line);
    if (event === 'bfd-lost' && neighbour === name) return Date.parse(time);
  }
  return undefined;
}

async function untilUp({ multihomed, daemons }: Lab, interval: number): Promise<void> {
  const shown = async () => [...(await multihomed.bfd()).values()];
  await until(
    `both to be up at ${interval} ms`,
    LIMIT,
    async () => {
      const all = await shown();
      return all.every(({ standing, transmitInterval, detectionTime }) => {
        const isPaced = transmitInterval === interval && detectionTime === MULTIPLIER * interval;
        return standing === 'up' && isPaced;
      });
    },
    shown,
  );
  for (const name of NAMES) {
    await until(`${name}'s session`, LIMIT, () => daemons[name].established(EDGE[name]));
  }
}

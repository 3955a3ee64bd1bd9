/**
 * How long from a link's death until the neighbour knows.
 *
 * What a dying link takes down is a session, and over that very link its far end can see nothing.
 * So the session that is measured runs over link B and is bound to link A (`interface: to-a`, as
 * for an upstream behind a switch whose uplink is what fails): the kernel reports carrier loss on
 * A, multihomed ends the session, and the neighbour reads the end on B, which is alive. Measured
 * is from the order to take A's far end down (written to an `ip -batch` that already runs, so that
 * no process start is in it) until the neighbour's socket read of the first withdrawal,
 * NOTIFICATION or FIN; both on CLOCK_MONOTONIC. After each round A comes back, and the next one
 * starts when the prefix has been announced again.
 *
 * Needs root.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Multihomed } from '../test/support/daemons/multihomed.ts';
import { type Namespace, Topology } from '../test/support/netns.ts';
import { requireOrSkip } from '../test/support/requirements.ts';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';
import type { Sighting } from './linkLossPeer.ts';

const PEER_AS = 64496;

const ROUNDS = 50;
const QUICK_ROUNDS = 5;

/** How long a round may wait for the neighbour to see anything, in ms. */
const LIMIT = 60_000;

/** The neighbour's sightings, in their order. */
class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(namespace: Namespace, address: string) {
    const program = new URL('./linkLossPeer.ts', import.meta.url).pathname;
    const argv = ['netns', 'exec', namespace.name, process.execPath];
    const tsx = `--import=${import.meta.resolve('tsx')}`;
    this.#child = spawn('ip', [...argv, tsx, program, address, String(PEER_AS)]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** The next sighting of this type. */
  async next(type: Sighting['type']): Promise<Sighting> {
    const timer = setTimeout(() => this.stop(), LIMIT);
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error(`the neighbour saw no "${type}" within ${LIMIT} ms`);
      const sighting: Sighting = JSON.parse(line.value);
      if (sighting.type !== type) continue;
      clearTimeout(timer);
      return sighting;
    }
  }

  stop(): void {
    this.#child.kill();
  }
}

export const linkLoss: Bench = {
  name: 'link-loss',
  about: "from the order to take a link's far end down until the neighbour sees the session end",
  obstacle: () => requireOrSkip().skip || undefined,
  async run({ quick }: Scale): Promise<Report> {
    const topology = await Topology.create();
    try {
      const results = await measure(topology, quick ? QUICK_ROUNDS : ROUNDS);
      return report(results);
    } finally {
      await topology.remove();
    }
  },
};

/** One round: milliseconds, and what the neighbour saw first. */
interface Loss {
  readonly ms: number;
  readonly how: string;
}

function report(losses: readonly Loss[]): Report {
  const samples = losses.map(({ ms }) => ms);
  const seen = [...new Set(losses.map(({ how }) => how))];
  return {
    figures: [
      { name: 'median', value: quantile(samples, 0.5), unit: 'ms', atMost: 5 },
      { name: 'p99', value: quantile(samples, 0.99), unit: 'ms' },
      { name: 'longest', value: quantile(samples, 1), unit: 'ms' },
      ...seen.map((how) => ({
        name: `seen as ${how}`,
        value: losses.filter((loss) => loss.how === how).length,
        unit: 'rounds' as const,
      })),
    ],
    samples: { 'link loss': samples },
  };
}

async function measure(topology: Topology, rounds: number): Promise<readonly Loss[]> {
  const edge = await topology.namespace('edge');
  const [a, b] = [await topology.namespace('a'), await topology.namespace('b')];
  const end = (namespace: Namespace, name: string, address: string) => ({
    ...{ namespace, interface: name, addresses: [address] },
  });
  await topology.link(end(edge, 'to-a', '198.51.100.2/30'), end(a, 'edge', '198.51.100.1/30'));
  await topology.link(end(edge, 'to-b', '198.51.100.6/30'), end(b, 'edge', '198.51.100.5/30'));
  const switchboard = spawn('ip', ['-n', a.name, '-force', '-batch', '-']);
  const peer = new Peer(b, '198.51.100.5');
  try {
    await peer.next('listening');
    await Multihomed.start(edge, join(topology.directory, 'multihomed.yaml'), {
      asn: 64500,
      'router-id': '192.0.2.1',
      listen: 'none',
      control: { socket: join(topology.directory, 'control.sock') },
      prefixes: ['203.0.113.0/24'],
      upstreams: {
        b: { asn: PEER_AS, address: '198.51.100.5', interface: 'to-a', damping: 'none' },
      },
    });
    return await measureRounds(peer, rounds, (state) =>
      switchboard.stdin.write(`link set edge ${state}\n`),
    );
  } finally {
    switchboard.stdin.end();
    peer.stop();
  }
}

async function measureRounds(
  peer: Peer,
  rounds: number,
  setFarEnd: (state: 'up' | 'down') => void,
): Promise<readonly Loss[]> {
  const results: Loss[] = [];
  for (let round = 0; round < rounds; round++) {
    await peer.next('up');
    const cut = process.hrtime.bigint();
    setFarEnd('down');
    const { at, how = '' } = await peer.next('down');
    results.push({ ms: Number(BigInt(at) - cut) / 1e6, how });
    setFarEnd('up');
  }
  return results;
}

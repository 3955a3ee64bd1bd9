/**
 * How long a client behind the Internet has no answers from a server behind the edge when the primary
 * upstream dies: an HTTP request over a new connection every 10 ms, in by one upstream and out again,
 * until both ways lead over the other one. The network is `test/support/transitLab.ts`: both upstreams
 * and the world are BIRD, and everybody routes by BGP.
 *
 * The upstream dies in several ways. Carrier cut: both ends of the link show it,
 * or, behind a switch, ours alone, and a withdrawal has no way to the upstream then. Frozen: BIRD is stopped and
 * nothing is forwarded, and every link stays up; BFD notices, or the hold timers at both ends of it. Into
 * a hole: BGP and BFD go on, and nothing is forwarded; the probes through it notice, and without those
 * nobody would. The time is the longest between two answers, which on a busy machine is some ten
 * milliseconds without any failure. Needs root.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from '../test/support/daemons/until.ts';
import { type Namespace, Topology } from '../test/support/netns.ts';
import { requireOrSkip } from '../test/support/requirements.ts';
import {
  forward,
  HTTP,
  PROBED,
  SERVER,
  startTransitLab,
  type TransitLab,
  WORLD,
  wayIn,
  wayOut,
} from '../test/support/transitLab.ts';
import { type Bench, median, quantile, type Report, type Scale } from './bench.ts';

const ROUNDS = 20;
const QUICK_ROUNDS = 1;
const HOLD_TIME = 9;
const LIMIT = 90_000;

type Death = 'carrier cut' | 'carrier cut at our end' | 'frozen' | 'into a hole';

interface Case {
  readonly death: Death;
  /** Milliseconds; undefined: without BFD. */
  readonly bfd: number | undefined;
  /** How often each upstream is probed, in ms; undefined: not at all. */
  readonly probes?: number;
}

const CASES: readonly Case[] = [
  { death: 'carrier cut', bfd: undefined },
  { death: 'carrier cut at our end', bfd: 300 },
  { death: 'carrier cut at our end', bfd: undefined },
  { death: 'frozen', bfd: 50 },
  { death: 'frozen', bfd: 300 },
  { death: 'frozen', bfd: undefined },
  { death: 'into a hole', bfd: undefined, probes: 200 },
  { death: 'into a hole', bfd: 300, probes: 200 },
  { death: 'into a hole', bfd: undefined, probes: 1000 },
];

/** Of each way of dying the one that is noticed first. */
const QUICK_CASES = CASES.filter(
  ({ death }, i) => CASES.findIndex((each) => each.death === death) === i,
);

export const outage: Bench = {
  name: 'outage',
  about: 'how long a client behind the Internet has no answers when the primary upstream dies',
  obstacle: () => requireOrSkip('bird').skip || undefined,
  async run({ quick }: Scale): Promise<Report> {
    const samples: Record<string, readonly number[]> = {};
    for (const each of quick ? QUICK_CASES : CASES) {
      const topology = await Topology.create();
      try {
        const lab = await startTransitLab(topology, optionsOf(each));
        samples[nameOf(each)] = await measure(lab, each, quick ? QUICK_ROUNDS : ROUNDS);
      } finally {
        await topology.remove();
      }
    }
    return {
      figures: Object.entries(samples).flatMap(([name, values]) => [
        { name: `${name}: median`, value: median(values), unit: 'ms' as const },
        { name: `${name}: longest`, value: quantile(values, 1), unit: 'ms' as const },
      ]),
      samples,
    };
  },
};

function nameOf({ death, bfd, probes }: Case): string {
  const noticed = bfd === undefined ? `no BFD, hold time ${HOLD_TIME} s` : `BFD ${bfd} ms x 3`;
  return `${death}, ${noticed}${probes === undefined ? '' : `, probes every ${probes} ms`}`;
}

function optionsOf({ bfd, probes }: Case) {
  const common = { bfd, holdTime: HOLD_TIME };
  if (probes === undefined) return common;
  const times = { interval: `${probes}ms`, timeout: `${probes}ms` };
  return {
    ...common,
    upstream: { reachability: { probes: ['far'] } },
    file: { checks: { far: { tcp: `${WORLD}:${PROBED}`, ...times } } },
  };
}

async function measure(lab: TransitLab, each: Case, rounds: number): Promise<readonly number[]> {
  const client = new Client(lab.world);
  const outages: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      await untilPrimary(lab, each);
      await until('answers over the primary', LIMIT, () => client.answers());
      await client.longest();
      await kill(lab, each.death);
      await until('the other way, in and out', LIMIT, async () => {
        return (await wayIn(lab)) === 'to-b' && (await wayOut(lab)) === 'eth-b';
      });
      // An answer over it ends the outage.
      await until('answers again', LIMIT, () => client.answers());
      outages.push(await client.longest());
      await revive(lab, each.death);
    }
    return outages;
  } finally {
    client.stop();
  }
}

async function kill({ near, far, birdA, a }: TransitLab, death: Death): Promise<void> {
  if (death === 'carrier cut at our end') return near.cut();
  if (death === 'carrier cut') return both([near.cut(), far.cut()]);
  if (death === 'frozen') birdA.freeze();
  await forward(a, false);
}

async function revive({ near, far, birdA, a }: TransitLab, death: Death): Promise<void> {
  if (death === 'carrier cut at our end') return near.restore();
  if (death === 'carrier cut') return both([near.restore(), far.restore()]);
  await forward(a, true);
  if (death === 'frozen') birdA.thaw();
}

async function both(ends: readonly Promise<void>[]): Promise<void> {
  await Promise.all(ends);
}

/** Both ways lead over it, BFD is up where there is any, and so is every probe. */
async function untilPrimary(lab: TransitLab, { bfd, probes }: Case): Promise<void> {
  await until(
    'the way over the primary, in and out',
    LIMIT,
    async () => {
      if ((await wayIn(lab)) !== 'to-a' || (await wayOut(lab)) !== 'eth-a') return false;
      if (probes !== undefined && !(await probesPass(lab))) return false;
      if (bfd === undefined) return true;
      return [...(await lab.multihomed.bfd()).values()].every(({ standing }) => standing === 'up');
    },
    async () => `${await wayIn(lab)} ${await wayOut(lab)}\n${lab.multihomed.program.output}`,
  );
}

async function probesPass({ multihomed }: TransitLab): Promise<boolean> {
  const { checks }: { checks: readonly { state: string }[] } = JSON.parse(
    await multihomed.run('show', 'checks', '--json'),
  );
  return checks.every(({ state }) => state === 'up');
}

class Client {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #seen = 0;

  constructor({ name }: Namespace) {
    const program = new URL('./outageEnd.mjs', import.meta.url).pathname;
    const argv = [process.execPath, program, WORLD, `http://${SERVER}:${HTTP}/`];
    this.#child = spawn('ip', ['netns', 'exec', name, ...argv]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Since the last time, in ms. */
  async longest(): Promise<number> {
    const longest = Math.max(await this.#ask(), this.#seen);
    this.#seen = 0;
    return longest;
  }

  /** Whether they come now; what was longest is kept. */
  async answers(): Promise<boolean> {
    this.#seen = Math.max(this.#seen, await this.#ask());
    const now = await this.#ask();
    this.#seen = Math.max(this.#seen, now);
    return now < SHORT;
  }

  async #ask(): Promise<number> {
    this.#child.stdin.write('\n');
    const line = await this.#lines.next();
    if (line.done) throw new Error('the client has ended');
    return Number(line.value);
  }

  stop(): void {
    this.#child.kill();
  }
}

/** Since the last answer, in ms: more is an outage. */
const SHORT = 60;

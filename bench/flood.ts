/**
 * What a flood of connections does to the daemon: 100,000 a minute from addresses that are no
 * neighbour's and from one that is, for a minute, while four sessions with a hold time of 3 s are
 * up and the file is changed again and again.
 *
 * Printed are how the connections were received, the daemon's processor time, what it logged of all
 * this (the changes of the file aside), how much later than a second after the last a KEEPALIVE came
 * at worst, and how long a withdrawal took from SIGHUP (that is, with reading the file) until all
 * four neighbours had read it; the last also before the flood, for comparison. Daemon, flood and
 * neighbours are three processes of one machine. Needs no root; all addresses are on loopback.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';
import { FloodNeighbour } from './floodNeighbour.ts';
import type { FloodCount } from './floodSource.ts';

const PROGRAM = fileURLToPath(new URL('../dist/multihomed.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('./floodSource.ts', import.meta.url));

/** Connections a second. */
const RATE = 100_000 / 60;
const SECONDS = 60;
const QUICK_SECONDS = 5;
/** Withdrawals that are timed before the flood. */
const QUIET_ROUNDS = 10;
/** Between two changes of the file, in ms. */
const PAUSE = 200;

const HOLD_TIME = 3;
/** RFC 4271 §10 lets it be jittered, but not below a second. */
const KEEPALIVE_TIME = 1000;
const FIRST_AS = 64496;
/** The neighbour in whose name a tenth of the flood comes. */
const RESTLESS = '127.0.1.9';
/** What a line of a `/proc/PID/stat` counts in: USER_HZ, the same on every Linux that runs Node. */
const TICKS_A_SECOND = 100;
/** How long anything may take to be seen, in ms. */
const LIMIT = 60_000;

export const flood: Bench = {
  name: 'flood',
  about: '100,000 connections a minute beside four sessions: are they disturbed?',
  obstacle: () => {
    if (!existsSync('/proc/self/stat')) return 'needs Linux';
    return existsSync(PROGRAM) ? undefined : 'not built: npm run build';
  },
  async run({ quick }: Scale): Promise<Report> {
    const directory = await mkdtemp(join(tmpdir(), 'mhbench-'));
    const neighbours = await Promise.all(
      [0, 1, 2, 3].map((n) => FloodNeighbour.listen(FIRST_AS + n, `127.0.1.${n + 1}`, HOLD_TIME)),
    );
    const daemon = new Daemon(directory, await freePort(), neighbours);
    try {
      await daemon.start();
      return await measure(daemon, neighbours, quick ? QUICK_SECONDS : SECONDS);
    } finally {
      await daemon.stop();
      for (const neighbour of neighbours) neighbour.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(
  daemon: Daemon,
  neighbours: readonly FloodNeighbour[],
  seconds: number,
): Promise<Report> {
  const quiet: number[] = [];
  for (let round = 0; round < QUIET_ROUNDS; round++) quiet.push(await daemon.timeWithdrawal());
  for (const neighbour of neighbours) neighbour.keepalives = [];
  const [lines, processor] = [daemon.lines, daemon.processorTime()];
  const flooded: number[] = [];
  const pouring = pour(daemon.port, seconds);
  let over = false;
  const counting = pouring.then((count) => {
    over = true;
    return count;
  });
  while (!over) flooded.push(await daemon.timeWithdrawal());
  const count = await counting;
  const used = daemon.processorTime() - processor;
  const late = neighbours.flatMap(({ keepalives }) =>
    keepalives.slice(1).map((at, i) => at - (keepalives[i] ?? at) - KEEPALIVE_TIME),
  );
  const lost = neighbours.reduce((sum, neighbour) => sum + neighbour.lost, 0);
  return report({ count, used, late, lost, quiet, flooded, lines: daemon.lines - lines });
}

interface Results {
  readonly count: FloodCount;
  /** Seconds. */
  readonly used: number;
  readonly late: readonly number[];
  readonly lost: number;
  readonly quiet: readonly number[];
  readonly flooded: readonly number[];
  readonly lines: number;
}

function report({ count, used, late, lost, quiet, flooded, lines }: Results): Report {
  return {
    figures: [
      { name: 'attempts', value: count.attempts, unit: 'connections' },
      { name: 'refused', value: count.refused, unit: 'connections' },
      { name: 'answered with an OPEN', value: count.accepted, unit: 'connections' },
      { name: 'lost', value: count.lost, unit: 'connections' },
      { name: 'sessions that ended', value: lost, unit: 'connections', atMost: 0 },
      { name: "daemon's processor time", value: used, unit: 's' },
      { name: 'log lines of it', value: lines, unit: 'lines' },
      { name: 'KEEPALIVE late, median', value: quantile(late, 0.5), unit: 'ms' },
      { name: 'KEEPALIVE late, worst', value: quantile(late, 1), unit: 'ms', atMost: 250 },
      { name: 'withdrawal before, median', value: quantile(quiet, 0.5), unit: 'ms' },
      { name: 'withdrawal before, worst', value: quantile(quiet, 1), unit: 'ms' },
      { name: 'withdrawal, median', value: quantile(flooded, 0.5), unit: 'ms' },
      { name: 'withdrawal, worst', value: quantile(flooded, 1), unit: 'ms', atMost: 500 },
    ],
    samples: { 'KEEPALIVE late': late, 'withdrawal before': quiet, withdrawal: flooded },
  };
}

async function pour(port: number, seconds: number): Promise<FloodCount> {
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  const argv = [tsx, SOURCE, String(port), String(RATE), String(seconds), RESTLESS];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [parts] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    once(child, 'exit'),
  ]);
  return JSON.parse(parts.join(''));
}

class Daemon {
  readonly port: number;
  /** Lines of its log so far that no change of the file is behind. */
  lines = 0;
  readonly #directory: string;
  readonly #neighbours: readonly FloodNeighbour[];
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number, neighbours: readonly FloodNeighbour[]) {
    this.#directory = directory;
    this.port = port;
    this.#neighbours = neighbours;
  }

  /** Resolves when it has announced its prefix to every neighbour. */
  async start(): Promise<void> {
    await this.#write(['203.0.113.0/24']);
    const announced = this.#seen('announcement');
    this.#child = spawn(process.execPath, [PROGRAM, 'run', '-c', this.#file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const log = this.#child.stderr;
    if (log) createInterface(log).on('line', (line) => this.#count(line));
    await announced;
  }

  /** Milliseconds from SIGHUP until the last neighbour has read it; the prefix is announced again. */
  async timeWithdrawal(): Promise<number> {
    await this.#change(['203.0.113.0/24', '198.51.100.0/24'], 'announcement');
    const took = await this.#change(['203.0.113.0/24'], 'withdrawal');
    await delay(PAUSE);
    return took;
  }

  /** Seconds, of all its threads. */
  processorTime(): number {
    const stat = readFileSync(`/proc/${this.#child?.pid}/stat`, 'utf8');
    // The name, in parentheses, may contain anything; utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }

  async stop(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  #count(line: string): void {
    const { event }: { event: string } = JSON.parse(line);
    if (event !== 'reloaded' && event !== 'routes-sent') this.lines++;
  }

  get #file(): string {
    return join(this.#directory, 'multihomed.yaml');
  }

  async #change(prefixes: readonly string[], kind: 'announcement' | 'withdrawal'): Promise<number> {
    await this.#write(prefixes);
    const seen = this.#seen(kind);
    const from = performance.now();
    this.#child?.kill('SIGHUP');
    return Math.max(...(await seen)) - from;
  }

  async #seen(kind: 'announcement' | 'withdrawal'): Promise<readonly number[]> {
    const all = Promise.all(this.#neighbours.map((neighbour) => neighbour.next(kind)));
    const late = new AbortController();
    const missed = delay(LIMIT, undefined, { signal: late.signal }).then(() => {
      throw new Error(`no ${kind} within ${LIMIT} ms`);
    });
    try {
      return await Promise.race([all, missed]);
    } finally {
      late.abort();
    }
  }

  async #write(prefixes: readonly string[]): Promise<void> {
    const upstreams = this.#neighbours.map(({ port }, n) => {
      const session = { address: `127.0.1.${n + 1}`, port, 'hold-time': '3s' };
      // Its prefix comes and goes as fast as it can.
      return [`n${n}`, { asn: FIRST_AS + n, ...session, damping: 'none' }];
    });
    const restless = { asn: FIRST_AS + 9, address: RESTLESS, passive: true };
    const content = {
      asn: 64511,
      'router-id': '192.0.2.1',
      listen: [`127.0.0.1:${this.port}`],
      control: { socket: join(this.#directory, 'control.sock') },
      log: { format: 'json' },
      prefixes,
      upstreams: { ...Object.fromEntries(upstreams), restless },
    };
    await writeFile(this.#file, JSON.stringify(content));
  }
}

/** One that nobody has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  server.close();
  await once(server, 'close');
  return address.port;
}

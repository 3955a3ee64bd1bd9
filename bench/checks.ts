/**
 * A thousand checks, each every 5 s, of a server on loopback: what they cost, and whether they keep
 * their time. First connections alone, then whole http exchanges.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CheckConfig, ProbeConfig } from '../src/config/checkConfig.ts';
import { CheckWatcher } from '../src/monitor/checks/checkWatcher.ts';
import { systemClock } from '../src/session/clock.ts';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';
import { CountError } from './settle.ts';

const CHECKS = 1000;
const INTERVAL = 5000;
/** Of measuring, in intervals; the first one is not measured. */
const TURNS = 6;
const QUICK_TURNS = 2;
const TARGET = fileURLToPath(new URL('./checksTarget.mjs', import.meta.url));

export const checks: Bench = {
  name: 'checks',
  about: '1,000 checks, tcp then http, each every 5 s: CPU, and how far their probes stray',
  obstacle: () => undefined,
  async run({ quick }: Scale): Promise<Report> {
    const target = spawn(process.execPath, [TARGET], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [port] = await once(createInterface({ input: target.stdout }), 'line');
      return await bothKinds(Number(port), quick ? QUICK_TURNS : TURNS);
    } finally {
      target.kill();
    }
  },
};

interface Probing {
  /** Of one core, in ms a second. */
  readonly cpu: number;
  /** Of each check, in ms. */
  readonly strays: readonly number[];
}

async function bothKinds(port: number, turns: number): Promise<Report> {
  const tcp = await probing({ kind: 'tcp', host: '127.0.0.1', port }, turns);
  const http = await probing(
    {
      ...{ kind: 'http', url: `http://127.0.0.1:${port}/`, status: 200, body: 'well' },
      ...{ host: undefined, ca: undefined, insecure: false },
    },
    turns,
  );
  const strays = [...tcp.strays, ...http.strays];
  return {
    figures: [
      { name: 'tcp: CPU a second', value: tcp.cpu, unit: 'ms', atMost: 50 },
      { name: 'http: CPU a second', value: http.cpu, unit: 'ms', atMost: 50 },
      // Chance may put each probe off by a tenth of the interval; more would be drift.
      { name: 'stray p99', value: quantile(strays, 0.99), unit: 'ms', atMost: INTERVAL / 10 + 100 },
    ],
    samples: { tcp: [tcp.cpu], http: [http.cpu], strays },
  };
}

async function probing(probe: ProbeConfig, turns: number): Promise<Probing> {
  const told = new Map<string, number[]>();
  const faults: string[] = [];
  const watcher = new CheckWatcher({
    clock: systemClock,
    links: () => new Map(),
    onEvent: (event) => {
      if (event.type !== 'CheckChanged') return;
      const { name, state, detail } = event.check;
      if (state !== 'up' && state !== 'rising') faults.push(detail);
      told.set(name, [...(told.get(name) ?? []), event.at]);
    },
  });
  watcher.configure(Array.from({ length: CHECKS }, (_, i) => checkOf(i, probe)));
  watcher.start();
  await delay(INTERVAL);
  const before = process.cpuUsage();
  const from = performance.now();
  await delay(turns * INTERVAL);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / (performance.now() - from);
  await watcher.stop();
  if (faults.length > 0) throw new CountError(`${faults.length} probes failed: ${faults[0]}`);
  return { cpu, strays: [...told.values()].map(strayOf) };
}

/** From the second to the last result, beyond whole intervals, in ms. */
function strayOf(times: readonly number[]): number {
  const [, second = 0] = times;
  return Math.abs((times.at(-1) ?? 0) - second - (times.length - 2) * INTERVAL);
}

function checkOf(i: number, probe: ProbeConfig): CheckConfig {
  return {
    ...{ name: `web-${i}`, probe, source: undefined, via: undefined },
    ...{ interval: INTERVAL, timeout: INTERVAL, rise: 2, fall: 2, window: { failures: 3, of: 6 } },
  };
}

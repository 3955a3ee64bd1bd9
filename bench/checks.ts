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
/** A probe has so long, in ms. */
const TIMEOUT = 5000;
const FULL: Pace = { interval: 5000, turns: 6 };
const QUICK: Pace = { interval: 2000, turns: 2 };
const TARGET = fileURLToPath(new URL('./checksTarget.mjs', import.meta.url));

export const checks: Bench = {
  name: 'checks',
  about: '1,000 checks, tcp then http, each every 5 s: CPU, and how far their probes stray',
  obstacle: () => undefined,
  async run({ quick }: Scale): Promise<Report> {
    const target = spawn(process.execPath, [TARGET], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [port] = await once(createInterface({ input: target.stdout }), 'line');
      return await bothKinds(Number(port), quick ? QUICK : FULL);
    } finally {
      target.kill();
    }
  },
};

interface Pace {
  /** Between two probes of a check, in ms. */
  readonly interval: number;
  /** How many intervals are measured; the one before them is not. */
  readonly turns: number;
}

interface Probing {
  /** Of one core, in ms a second. */
  readonly cpu: number;
  /** Of each check, in ms. */
  readonly strays: readonly number[];
}

async function bothKinds(port: number, pace: Pace): Promise<Report> {
  const tcp = await probing({ kind: 'tcp', host: '127.0.0.1', port }, pace);
  const http = await probing(
    {
      ...{ kind: 'http', url: `http://127.0.0.1:${port}/`, status: 200, body: 'well' },
      ...{ host: undefined, ca: undefined, insecure: false },
    },
    pace,
  );
  const strays = [...tcp.strays, ...http.strays];
  return {
    figures: [
      { name: 'tcp: CPU a second', value: tcp.cpu, unit: 'ms', atMost: 50 },
      { name: 'http: CPU a second', value: http.cpu, unit: 'ms', atMost: 50 },
      // Chance may put each probe off by a tenth of the interval; more would be drift.
      {
        name: 'stray p99',
        value: quantile(strays, 0.99),
        unit: 'ms',
        atMost: pace.interval / 10 + 100,
      },
    ],
    samples: { tcp: [tcp.cpu], http: [http.cpu], strays },
  };
}

async function probing(probe: ProbeConfig, { interval, turns }: Pace): Promise<Probing> {
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
  watcher.configure(Array.from({ length: CHECKS }, (_, i) => checkOf(i, probe, interval)));
  watcher.start();
  await delay(interval);
  const before = process.cpuUsage();
  const from = performance.now();
  await delay(turns * interval);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / (performance.now() - from);
  await watcher.stop();
  if (faults.length > 0) throw new CountError(`${faults.length} probes failed: ${faults[0]}`);
  return { cpu, strays: [...told.values()].map((times) => strayOf(times, interval)) };
}

/** From the second to the last result, beyond whole intervals, in ms. */
function strayOf(times: readonly number[], interval: number): number {
  const [, second = 0] = times;
  return Math.abs((times.at(-1) ?? 0) - second - (times.length - 2) * interval);
}

function checkOf(i: number, probe: ProbeConfig, interval: number): CheckConfig {
  return {
    ...{ name: `web-${i}`, probe, source: undefined, via: undefined },
    ...{ interval, timeout: TIMEOUT, rise: 2, fall: 2, window: { failures: 3, of: 6 } },
  };
}

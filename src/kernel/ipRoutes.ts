/** Reading and changing the kernel's routes through iproute2, in child processes: the loop never waits. */

import { spawn } from 'node:child_process';
import { ipEnvironment, runIp, startFault } from '../monitor/ipCommand.ts';
import type { Family } from '../net/family.ts';
import { FAMILIES } from '../net/family.ts';
import { type KernelRoute, PROTOCOL } from './route.ts';
import { routesFrom } from './routeJson.ts';

/** What the routes are kept in; iproute2, but for tests. */
export interface RouteStore {
  /** Ours in the table; a text: why they cannot be read. Never rejects. */
  readonly read: (table: string) => Promise<readonly KernelRoute[] | string>;
  /** Carries the lines out, whatever fails; returns what was said of each failure, by index. Never rejects. */
  readonly change: (lines: readonly string[]) => Promise<ReadonlyMap<number, string>>;
}

/** So many lines a child: 4 GB were seen for a million at once. */
const CHUNK = 5000;
/** How long one may take, in ms. */
const LIMIT = 20_000;

export const IP_ROUTES: RouteStore = {
  async read(table) {
    const found = await Promise.all(FAMILIES.map((family) => readFamily(family, table)));
    const failed = found.find((each) => typeof each === 'string');
    if (typeof failed === 'string') return failed;
    return found.flatMap((each) => (typeof each === 'string' ? [] : each));
  },
  async change(lines) {
    const failures = new Map<number, string>();
    for (let at = 0; at < lines.length; at += CHUNK) {
      const told = await runBatch(lines.slice(at, at + CHUNK));
      for (const [index, why] of told) failures.set(at + index, why);
    }
    return failures;
  },
};

async function readFamily(family: Family, table: string) {
  const flag = family === 'ipv4' ? '-4' : '-6';
  const argv = ['-j', flag, 'route', 'show', 'table', table, 'proto', String(PROTOCOL)];
  const answer = await runIp(...argv);
  if (answer.ok) return routesFrom(answer.output, family);
  // Nobody has put anything into it yet.
  return /FIB table does not exist/.test(answer.why) ? [] : answer.why;
}

/** By index of the line; all of them where the program itself failed. */
function runBatch(lines: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const all = (why: string) => new Map(lines.map((_, i) => [i, why]));
  return new Promise((resolve) => {
    const options = { env: ipEnvironment(), timeout: LIMIT, killSignal: 'SIGKILL' } as const;
    const child = spawn('ip', ['-force', '-batch', '-'], options);
    let said = '';
    child.on('error', (error) => resolve(all(startFault('ip', error))));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('close', (code, signal) => {
      if (signal !== null) resolve(all(`\`ip\` did not answer within ${LIMIT} ms`));
      else resolve(code === 0 ? new Map() : failuresIn(said, lines.length));
    });
    child.stdin.on('error', () => {}); // it has ended: that is told by its end
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}

/** `RTNETLINK answers: File exists`, then `Command failed -:3`. */
export function failuresIn(said: string, count: number): ReadonlyMap<number, string> {
  const failures = new Map<number, string>();
  let why: string[] = [];
  for (const line of said.split('\n').filter(Boolean)) {
    const place = /^Command failed -:(\d+)/.exec(line)?.[1];
    if (place === undefined) {
      why.push(line.replace(/^(RTNETLINK answers|Error): /, '').trim());
      continue;
    }
    failures.set(Number(place) - 1, why.join(' ') || 'refused');
    why = [];
  }
  if (failures.size === 0 && count > 0) failures.set(0, why.join(' ') || 'refused');
  return failures;
}

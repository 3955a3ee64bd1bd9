/**
 * `npm run fuzz`: every target by turns. Ends 1 with the input when something is found; an input is added
 * to `test/fixtures/fuzz`, where the default suite runs it from then on.
 */

import { appendFileSync } from 'node:fs';
import { laneModule } from '../../src/speaker/laneFile.ts';
import { commandLine, misused, numberOf, seedOf } from '../support/commandLine.ts';
import { Finding, Fuzzer } from './fuzzer.ts';
import { laneTarget } from './laneTarget.ts';
import { ribTarget } from './ribTarget.ts';
import { fixtureFile } from './seeds.ts';
import { textTargets } from './textTargets.ts';
import { wireTargets } from './wireTargets.ts';

/** Executions of one target before the next has its turn. */
const TURN = 4096;
/** Of the slow ones, which are a hundred times slower. */
const SLOW_TURN = 128;
const SLOW: ReadonlySet<string> = new Set(['file', 'control']);
/** What the heap may have grown by between the middle and the end. */
const MAX_GROWTH = 24 << 20;

const lane = laneModule();
const laneTargets = lane ? [laneTarget(lane)] : [];
const targets = [...wireTargets(), ribTarget(), ...laneTargets, ...textTargets()];
const names = targets.map(({ name }) => name);

const USE = `npm run fuzz          every target by turns, for 5 minutes
  --minutes=N         longer or shorter
  --runs=N            so many executions in all instead
  --seed=N            the same inputs again
  --target=NAME       this one alone: ${names.join(', ')}`;

const { values: options } = commandLine(USE, {
  options: {
    minutes: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
  },
});

if (options.target !== undefined && !names.includes(options.target)) {
  misused(`there is no target ${options.target}; there are ${names.join(', ')}`);
}
const seed = seedOf(options.seed, Date.now() % 2 ** 32);
const minutes = numberOf('minutes', options.minutes, 5);
const limit = options.runs === undefined ? minutes * 60_000 : Number.POSITIVE_INFINITY;
const runs = numberOf('runs', options.runs, Number.POSITIVE_INFINITY);

const fuzzers = targets
  .filter(({ name }) => options.target === undefined || name === options.target)
  .map((target, i) => new Fuzzer(target, (seed + i * 0x9e3779b9) >>> 0));

/**
 * What is kept. Twice, since what a collection finds of array buffers is given back beside the program, and
 * counts until the next one: up to 30 MB by chance.
 */
function heldOctets(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const executions = () => fuzzers.reduce((sum, fuzzer) => sum + fuzzer.executions, 0);

async function fuzz(): Promise<void> {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const progress = () => Math.max(elapsed() / limit, executions() / runs);
  const more = () => progress() < 1;
  let middle: number | undefined;
  for (const fuzzer of fuzzers) await fuzzer.replay();
  while (more()) {
    for (const fuzzer of fuzzers) {
      await fuzzer.run(SLOW.has(fuzzer.target.name) ? SLOW_TURN : TURN, more);
    }
    if (progress() >= 0.5) middle ??= heldOctets();
  }
  report(elapsed(), heldOctets() - (middle ?? 0), middle !== undefined);
}

function report(milliseconds: number, growth: number, measured: boolean): void {
  for (const { target, executions, outcomes } of fuzzers) {
    console.log(
      `${target.name.padEnd(28)} ${String(executions).padStart(10)} ${outcomes} outcomes`,
    );
  }
  const rss = Math.round(process.memoryUsage.rss() / 1e6);
  const kept = measured ? `, ${(growth / 1e6).toFixed(1)} MB kept since the middle` : '';
  console.log(
    `${executions()} executions in ${Math.round(milliseconds)} ms, seed ${seed}; RSS ${rss} MB${kept}`,
  );
  if (measured && growth > MAX_GROWTH) throw new Error('memory grows with the executions');
}

try {
  await fuzz();
} catch (error) {
  console.error(`after ${executions()} executions with seed ${seed}:`);
  console.error(error);
  if (error instanceof Finding) keep(error);
  process.exitCode = 1;
}

function keep({ message, input }: Finding): void {
  const name = message.slice(0, message.indexOf(':'));
  const isText = SLOW.has(name);
  const line = isText
    ? JSON.stringify(new TextDecoder().decode(input))
    : Buffer.from(input).toString('hex');
  const file = fixtureFile(fixtureOf(name));
  appendFileSync(file, `${line}\n`);
  console.error(`the input was added to ${file}: ${line}`);
}

function fixtureOf(target: string): string {
  if (SLOW.has(target) || target === 'framer') return target;
  if (target === 'OPEN') return 'open';
  return target.startsWith('NOTIFICATION') ? 'others' : 'update';
}

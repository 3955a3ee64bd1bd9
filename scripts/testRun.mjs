/**
 * Runs test files, each in a process of its own, several at a time, and tells of them as TAP 14, a point a
 * file. tap is their library; its runner would put a module loader into every process, parse each
 * assertion and take longer than the tests.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';
import { buildTests } from './testBuild.mjs';
import { judge } from './testOutput.mjs';

/** What a file has to end after it was asked to, and its output after it has. */
const GRACE_MS = 5_000;

/**
 * Runs `files` (below the repository), `jobs` at a time; `timeout` is in seconds, for a file. Gives whether
 * all passed.
 */
export async function runTests(files, { jobs, timeout }) {
  const started = performance.now();
  const folder = await buildTests(files);
  console.log('TAP version 14');
  let ended = 0;
  const run = async (file) => {
    const result = await runFile(file, folder, timeout);
    tell(++ended, result);
    return result;
  };
  const results = await runQueue([...files], jobs, run);
  summarise(results, performance.now() - started);
  return results.every(({ faults }) => faults.length === 0);
}

/** Empties the queue with so many at it. */
async function runQueue(queue, jobs, run) {
  const results = [];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      results.push(await run(file));
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}

async function runFile(file, folder, timeout) {
  const started = performance.now();
  const child = start(file, folder, timeout);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // tap ends the test and tells which it was; unless it gets no turn.
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), timeout * 1000 + GRACE_MS),
    setTimeout(() => child.kill('SIGKILL'), timeout * 1000 + 2 * GRACE_MS),
  ];
  child.on('exit', () => {
    // A program that it left behind may have the other end.
    timers.push(
      setTimeout(() => [child.stdout, child.stderr].map((each) => each.destroy()), GRACE_MS),
    );
  });
  const [code, signal] = await once(child, 'close');
  for (const timer of timers) clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  return { file, ...judge(stdout(), { code, signal }), stderr: stderr(), seconds };
}

function start(file, folder, timeout) {
  const bundle = join(folder, file.replace(/ts$/, 'js'));
  const argv = ['--enable-source-maps', join(root, 'scripts/testEntry.mjs'), join(root, file)];
  const child = spawn(process.execPath, [...argv, bundle], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(timeout) },
  });
  running.add(child);
  child.on('close', () => running.delete(child));
  return child;
}

/** Gives what came so far as text. */
function collect(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** `number`: which one of all it is. */
function tell(number, { file, faults, failures, stderr, seconds }) {
  const verdict = faults.length === 0 ? 'ok' : 'not ok';
  console.log(`${verdict} ${number} - ${file} # time=${Math.round(seconds * 1000)}ms`);
  for (const fault of faults) console.log(`# ${fault}`);
  if (failures !== '') console.log(failures.replaceAll(/^/gm, '    '));
  if (stderr !== '') console.log(stderr.trimEnd().replaceAll(/^/gm, `# ${file}: `));
}

function summarise(results, milliseconds) {
  console.log(`1..${results.length}`);
  const skipped = results.flatMap(({ file, skips }) => skips.map((skip) => `${file}: ${skip}`));
  for (const skip of skipped) console.log(`# skipped ${skip}`);
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { file } of failed) console.log(`# failed ${file}`);
  console.log(`# ${results.length} files, ${failed.length} failed`);
  const counts = Object.entries(summed(results.map((result) => result.counts)));
  console.log(`# { ${counts.map(([what, count]) => `${what}: ${count}`).join(', ')} }`);
  console.log(`# time=${Math.round(milliseconds)}ms`);
}

function summed(all) {
  const sums = { total: 0, pass: 0 };
  for (const counts of all) {
    for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
  }
  return sums;
}

const running = new Set();

/** Who stops us (^C reaches them anyway, a CI's SIGTERM does not) stops the tests. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(128 + constants.signals[signal]);
  });
}

/**
 * Runs test files, each in a process of its own, several at a time, and tells a line for each. tap is
 * their library; its runner would put a module loader into every process, parse each assertion and
 * take longer than the tests.
 */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildTests } from './testBuild.mjs';
import { judge } from './testOutput.mjs';
import { root } from './setup.mjs';

/** What a test file has to end after being asked to. */
const GRACE_MS = 5_000;

/** Runs `files` (below the repository); gives whether all passed. `timeout` is seconds for a file. */
export async function runTests(files, { jobs, timeout }) {
  const started = performance.now();
  const running = new Set();
  stopWithUs(running);
  const folder = await buildTests(files);
  const queue = [...files];
  const results = [];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runFile(file, folder, timeout, running);
      results.push(result);
      tell(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, worker));
  summarise(results, performance.now() - started);
  return results.every(({ faults }) => faults.length === 0);
}

async function runFile(file, folder, timeout, running) {
  const started = performance.now();
  const bundle = join(folder, file.replace(/ts$/, 'js'));
  const argv = ['--enable-source-maps', join(root, 'scripts/testEntry.mjs'), join(root, file)];
  const child = spawn(process.execPath, [...argv, bundle], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(timeout) },
  });
  running.add(child);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  let late = false;
  let killing;
  const ending = setTimeout(() => {
    late = true;
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  }, timeout * 1000);
  const { code, signal } = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: error.message, signal: null }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  clearTimeout(ending);
  clearTimeout(killing);
  running.delete(child);
  const verdict = judge(stdout(), { code, signal });
  if (late) verdict.faults.unshift(`not done after ${timeout} s`);
  return { file, ...verdict, stderr: stderr(), seconds: (performance.now() - started) / 1000 };
}

/** Gives what came so far as text. */
function collect(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function tell({ file, faults, failures, stderr, seconds }) {
  console.log(`${faults.length === 0 ? 'ok    ' : 'not ok'} ${seconds.toFixed(1).padStart(6)} s  ${file}`);
  for (const fault of faults) console.log(`       ${fault}`);
  if (failures !== '') console.log(failures);
  if (stderr !== '') console.log(stderr.trimEnd().replaceAll(/^/gm, `[${file}] `));
}

function summarise(results, milliseconds) {
  const skipped = results.flatMap(({ file, skips }) => skips.map((skip) => `${file}: ${skip}`));
  for (const skip of skipped) console.log(`skipped  ${skip}`);
  const failed = results.filter(({ faults }) => faults.length > 0);
  for (const { file } of failed) console.log(`failed   ${file}`);
  const assertions = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(
    `${results.length} files, ${failed.length} failed; ${assertions} assertions passed, ` +
      `${skipped.length} tests skipped; ${(milliseconds / 1000).toFixed(0)} s`,
  );
}

/** Who stops us (^C reaches them anyway, a CI's SIGTERM does not) stops the tests. */
function stopWithUs(running) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(128 + constants.signals[signal]);
    });
  }
}

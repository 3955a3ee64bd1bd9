/**
 * What `npm start` and `npm test` need before they can run, done once: the dependencies, and a
 * build no older than the sources. Uses Node alone.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program in the repository with our terminal; leaves with its exit code when it fails. */
export function run(command, args, env = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) {
    console.error(`${command}: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? (signal ? 130 : 1));
}

export function ensureInstalled() {
  const installed = mtime(join(root, 'node_modules/.package-lock.json'));
  if (installed >= mtime(join(root, 'package-lock.json'))) return;
  console.log('Installing dependencies (npm ci) ...');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error'];
  if (npm) run(process.execPath, [npm, ...args]);
  else run('npm', args);
}

export function ensureBuilt() {
  const built = mtime(join(root, 'dist/multihomed.js'));
  const sources = [
    join(root, 'package.json'),
    join(root, 'scripts/build.mjs'),
    join(root, 'scripts/lane.mjs'),
    ...filesUnder(join(root, 'src')),
    ...filesUnder(join(root, 'quagga-templates')),
  ];
  if (sources.every((file) => mtime(file) <= built)) return;
  console.log('Building ...');
  run(process.execPath, ['scripts/build.mjs']);
}

/** Milliseconds since the epoch; 0 when there is no such file. */
function mtime(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

function filesUnder(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

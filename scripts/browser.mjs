/**
 * `npm run browser`: the looking glass in a real Chromium, one file after the other. Where there is no
 * Chromium it says so and skips. Arguments are files to run instead of all.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, runTap } from './setup.mjs';

const folder = 'test/browser';
const all = readdirSync(join(root, folder)).filter((name) => name.endsWith('.browser.ts'));
const files =
  process.argv.length > 2 ? process.argv.slice(2) : all.map((name) => `${folder}/${name}`);

ensureInstalled();
runTap('--jobs=1', '--timeout=120', ...files);

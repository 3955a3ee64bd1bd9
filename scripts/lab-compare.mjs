/**
 * `npm run lab:compare`: the same failures with every daemon that can play the edge. Writes
 * `docs/lab-comparison.md`, and the same tables between the README's two markers.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { misused, wordsOf } from './arguments.mjs';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

const BEGIN = '<!-- comparison: written by `npm run lab:compare` -->\n';
const END = '<!-- end of comparison -->';

const words = wordsOf(
  'npm run lab:compare   plays all of them, as root, and writes the tables; takes no arguments',
);
if (words.length > 0) misused('it takes no arguments');
ensureInstalled();
ensureBuilt();
const docs = join(root, 'docs');
run(process.execPath, [join(root, 'dist/multihomed.js'), 'lab', 'compare', '-o', docs]);

const readme = join(root, 'README.md');
const text = readFileSync(readme, 'utf8');
const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
if (begin < BEGIN.length || end < begin) throw new Error('README.md has lost its markers');
const [, ...body] = readFileSync(join(docs, 'lab-comparison.md'), 'utf8').split('\n\n');
writeFileSync(readme, `${text.slice(0, begin)}\n${body.join('\n\n').trim()}\n\n${text.slice(end)}`);

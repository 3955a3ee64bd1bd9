/** What the scripts that take files, or nothing, make of their command line. Uses Node alone. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './setup.mjs';

/** The words, none of which is an option; prints `use` and ends for `--help`, and for any other option. */
export function wordsOf(use) {
  const words = process.argv.slice(2);
  if (words.some((word) => word === '--help' || word === '-h')) {
    console.log(use);
    process.exit(0);
  }
  const option = words.find((word) => word.startsWith('-'));
  if (option !== undefined) misused(`there is no option ${option}`);
  return words;
}

/** Where the file or folder is that was named. */
export function pathOf(word) {
  const path = resolve(root, word);
  if (!existsSync(path)) misused(`there is no ${word}`);
  return path;
}

export function misused(why) {
  console.error(`${why}; --help says what there is`);
  process.exit(2);
}

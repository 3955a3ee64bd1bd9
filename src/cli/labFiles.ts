/** The topologies and experiments that come with the program, and those of the user. */

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../config/nearest.ts';
import { CommandError } from './commandError.ts';

/** Beside `dist` and beside `src`. */
const SHIPPED = fileURLToPath(new URL('../../lab', import.meta.url));

const KINDS = {
  topologies: { ending: '.clab.yml', singular: 'topology' },
  experiments: { ending: '.yaml', singular: 'experiment' },
} as const;

type Kind = keyof typeof KINDS;

export function shippedNames(kind: Kind): readonly string[] {
  const { ending } = KINDS[kind];
  const folder = join(SHIPPED, kind);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => file.slice(0, -ending.length)).sort();
}

/** The absolute path of a file that is there: a name of ours, or a path. Throws CommandError. */
export function labFile(kind: Kind, typed: string): string {
  const { ending, singular } = KINDS[kind];
  const names = shippedNames(kind);
  if (names.includes(typed)) return join(SHIPPED, kind, `${typed}${ending}`);
  if (/[./]/.test(typed)) {
    if (existsSync(typed)) return resolve(typed);
    throw new CommandError(`there is no file ${typed}`);
  }
  const near = nearest(typed, names);
  const mend = near ? `did you mean ${near}?` : `those that there are: ${names.join(', ')}`;
  throw new CommandError(`there is no ${singular} ${typed}; ${mend}`);
}

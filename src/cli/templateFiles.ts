/** The templates as they are installed: beside the bundle, or at the top of the repository. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from './commandError.ts';

/** `dist/quagga-templates` seen from `dist/chunks`, then the repository's seen from `src/cli`. */
const PLACES = ['../quagga-templates', '../../quagga-templates'];

/** Texts by name, as `quagga/bgpd.conf`. Throws CommandError. */
export function readTemplates(): Readonly<Record<string, string>> {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = places.map(templatesIn).find((templates) => templates.length > 0);
  if (found) return Object.fromEntries(found);
  throw new CommandError(`no templates in ${places[0]}: the installation is not whole; repeat it`);
}

function templatesIn(directory: string): readonly (readonly [string, string])[] {
  return directoriesIn(directory).flatMap((target) =>
    readdirSync(join(directory, target)).map((name) => {
      const text = readFileSync(join(directory, target, name), 'utf8');
      return [`${target}/${name}`, text] as const;
    }),
  );
}

function directoriesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return []; // not here
  }
}

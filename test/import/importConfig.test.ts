/**
 * Configurations as people write them, and what becomes of them. Refreshed by MULTIHOMED_REFRESH=1;
 * the difference is then to be read like code.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { importConfig } from '../../src/import/importConfig.ts';
import type { Note } from '../../src/import/note.ts';

const folder = new URL('./golden/', import.meta.url);
const refresh = process.env.MULTIHOMED_REFRESH === '1';

function noteLines(notes: readonly Note[]): string {
  return notes
    .map(({ line, kind, text, means }) => `${line} ${kind}: ${text}\n    ${means}\n`)
    .join('');
}

function expectGolden(t: Test, name: string, text: string): void {
  const file = new URL(name, folder);
  if (refresh) writeFileSync(file, text);
  t.equal(text, readFileSync(file, 'utf8'), name);
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.conf'))) {
  const [, base = '', dialect = ''] = /^(.+)\.(quagga|frr)\.conf$/.exec(name) ?? [];
  t.test(`${name} comes to the file and the notes beside it`, async (t) => {
    const imported = importConfig(readFileSync(new URL(name, folder), 'utf8'), {
      dialect: dialect === 'frr' ? 'frr' : 'quagga',
      routerId: undefined,
      name,
    });
    if (!imported.ok) throw new Error(imported.failure);
    expectGolden(t, `${base}.yaml`, imported.yaml);
    expectGolden(t, `${base}.notes`, noteLines(imported.notes));
    const { problems } = loadConfig(imported.yaml, name);
    t.same(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
  });
}

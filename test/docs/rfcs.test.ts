import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/rfcs.md', root), 'utf8');

interface Row {
  readonly numbers: readonly string[];
  readonly files: readonly string[];
}

const rows: readonly Row[] = text
  .split('\n')
  .filter((line) => /^\| \d{4}/.test(line))
  .map((line) => ({
    numbers: line.split('|')[1]?.match(/\b\d{4}\b/g) ?? [],
    files: [...line.matchAll(/`(\w+\/\w+\.ts)`/g)].map((match) => match[1] ?? ''),
  }));

t.test('every file that docs/rfcs.md names is there', async (t) => {
  t.ok(rows.length > 20);
  for (const { numbers, files } of rows) {
    t.ok(files.length > 0, `RFC ${numbers.join(', ')} names a file`);
    const missing = files.filter((file) => !existsSync(new URL(`src/${file}`, root)));
    t.same(missing, [], `RFC ${numbers.join(', ')}`);
  }
});

t.test('every RFC of docs/rfcs.md is cited in a file of its row', async (t) => {
  for (const { numbers, files } of rows) {
    const sources = files.map((file) => readFileSync(new URL(`src/${file}`, root), 'utf8'));
    for (const number of numbers) {
      t.ok(
        sources.some((source) => new RegExp(`RFC.*\\b${number}\\b`).test(source)),
        `RFC ${number}`,
      );
    }
  }
});

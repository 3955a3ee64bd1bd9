import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';

const root = new URL('../../', import.meta.url);

interface Layers {
  readonly LAYERS: readonly string[];
  readonly layerRules: () => object;
}

const { LAYERS, layerRules }: Layers = await import(new URL('scripts/layers.mjs', root).href);

t.test('the rules that the linter reads are those of the list of layers', async (t) => {
  const written = readFileSync(new URL('scripts/biome.layers.json', root), 'utf8');
  t.strictSame(
    JSON.parse(written),
    JSON.parse(JSON.stringify(layerRules())),
    'else run `node scripts/layers.mjs`',
  );
});

t.test('every folder of src is a layer', async (t) => {
  const folders = readdirSync(new URL('src/', root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  t.same(
    folders.filter((name) => !LAYERS.includes(name)),
    [],
  );
  t.ok(existsSync(new URL(`src/${LAYERS.at(-1)}`, root)));
});

/**
 * The tables in docs/configuration.md are made from the schema; this test holds them to it.
 * MULTIHOMED_REFRESH=1 writes them anew.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { Json, JsonObject } from '../../src/config/field.ts';
import { configJsonSchema } from '../../src/config/jsonSchema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { LATER } from './examples.ts';
import { list, object } from './schemaCheck.ts';

const FILE = new URL('../../docs/configuration.md', import.meta.url);

function at(schema: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce((here, step) => object(here[step]), schema);
}

/** The mappings of the file, by the name that the document marks their tables with. */
function mappings(): Readonly<Record<string, JsonObject>> {
  const file = configJsonSchema();
  const neighbour = (kind: string) => at(file, 'properties', kind, 'additionalProperties');
  const upstream = neighbour('upstreams');
  const imported = at(upstream, 'properties', 'import');
  return {
    'the file': file,
    control: at(file, 'properties', 'control'),
    kernel: at(file, 'properties', 'kernel'),
    log: at(file, 'properties', 'log'),
    record: at(file, 'properties', 'record'),
    'a station of bmp': at(file, 'properties', 'bmp', 'items'),
    'a prefix': object(list(at(file, 'properties', 'prefixes', 'items').anyOf)[1]),
    'an upstream': upstream,
    bfd: at(upstream, 'properties', 'bfd'),
    reachability: at(upstream, 'properties', 'reachability'),
    damping: object(list(at(upstream, 'properties', 'damping').anyOf)[1]),
    'a check': at(file, 'properties', 'checks', 'additionalProperties'),
    'correlated-failure': at(file, 'properties', 'correlated-failure'),
    'flap-budget': at(file, 'properties', 'flap-budget'),
    'next-hop': at(upstream, 'properties', 'next-hop'),
    import: imported,
    'max-length': at(imported, 'properties', 'max-length'),
    'max-prefixes': at(upstream, 'properties', 'max-prefixes'),
    'a downstream': neighbour('downstreams'),
    'an internal neighbour': neighbour('internal'),
  };
}

function table(mapping: JsonObject): string {
  const required = mapping.required ? list(mapping.required) : [];
  const rows = Object.entries(object(mapping.properties)).map(([key, each]) => {
    const schema = object(each);
    const [meaning = '', absent] = String(schema.description).split(' Default: ');
    const fallback = required.includes(key)
      ? 'required'
      : (absent?.replace(/\.$/, '') ?? code(schema.default));
    return `| \`${key}\` | ${typeOf(schema)} | ${fallback} | ${meaning} |`;
  });
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function typeOf(schema: JsonObject): string {
  if (schema.enum) return list(schema.enum).map(code).join(', ');
  if (schema.type === 'array') return `list: ${typeOf(object(schema.items))}`;
  if (schema.type === 'object') return schema.properties ? 'mapping' : 'mapping by name';
  if (schema.type === 'integer') {
    return `${schema.title}, ${schema.minimum} to ${schema.maximum}`;
  }
  if (schema.title) return String(schema.title);
  return list(schema.anyOf)
    .map((each) => ('const' in object(each) ? code(object(each).const) : typeOf(object(each))))
    .join(' or ');
}

function code(value: Json | undefined): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

const text = readFileSync(FILE, 'utf8');

t.test('docs/configuration.md has every key as the schema has it', (t) => {
  let expected = text;
  for (const [name, mapping] of Object.entries(mappings())) {
    const mark = `<!-- keys of ${name} -->\n`;
    t.ok(text.includes(mark), `a table is marked ${mark}`);
    const from = expected.indexOf(mark) + mark.length;
    const rest = expected.slice(from).replace(/^(\|[^\n]*\n)*/, '');
    expected = `${expected.slice(0, from)}${table(mapping)}\n${rest}`;
  }
  if (process.env.MULTIHOMED_REFRESH === '1') writeFileSync(FILE, expected);
  else t.equal(text, expected);
  t.end();
});

/** The keys of every mapping in the schema whose keys are ours, but for the long forms of one word. */
function keysIn(schema: Json | undefined): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const entries: readonly (readonly [string, Json])[] = Object.entries(schema);
  const within = Object.fromEntries(entries);
  const properties = within.type === 'object' ? within.properties : undefined;
  const names = properties ? Object.keys(object(properties)) : [];
  const inside = entries.flatMap(([name, each]) => (name === '$defs' ? [] : keysIn(each)));
  return names.includes('is') ? inside : [...names, ...inside];
}

t.test('no mapping of the file is without a table in docs/configuration.md', (t) => {
  const shown = new Set([...text.matchAll(/^\| `([a-z0-9-]+)` \| /gm)].map(([, key]) => key));
  const keys = new Set(keysIn(configJsonSchema()));
  t.ok(keys.size > 100);
  for (const key of keys) t.ok(shown.has(key), key);
  t.end();
});

t.test('each example in docs/configuration.md is a file without problems', (t) => {
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);
  t.ok(examples.length >= 2);
  for (const yaml of examples) t.same(loadConfig(yaml, 'example').problems, [], yaml);
  t.end();
});

t.test('docs/configuration.md names every key that is not in this version', (t) => {
  for (const line of Object.values(LATER).flat()) {
    const key = line.split(':', 1)[0] ?? '';
    t.ok(text.includes(`\`${key}\``), key);
  }
  t.end();
});

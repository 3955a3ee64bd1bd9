/**
 * Mappings of the file: those whose keys this program gives, with what is to be said of every
 * other key, and those whose keys are names that the user gives.
 */

import {
  type Field,
  isEmpty,
  type Json,
  type JsonObject,
  type Located,
  type Parsed,
} from './field.ts';
import { below, type Findings, type Place } from './findings.ts';
import { type KnownWords, tellUnknownKey } from './unknownKey.ts';
import type { Entry, MappingNode, Node } from './yamlTree.ts';

/** One key: what it holds, what it means, and what its absence means. */
export interface Key<T, Absent extends 'error' | 'fallback' | 'undefined'> {
  readonly field: Field<T>;
  /** For people: the reference and the JSON Schema have it. */
  readonly description: string;
  readonly absent: Absent;
  /** As it would stand in the file; with `absent: 'fallback'` only. */
  readonly fallback?: Json;
}

type AnyKey = Key<unknown, 'error' | 'fallback' | 'undefined'>;
type Keys = Readonly<Record<string, AnyKey>>;

/** A key with a fallback is always there: faulty, it is reported and the fallback stands in. */
export type ReadKeys<K> = {
  readonly [Name in keyof K]: K[Name] extends Key<infer T, infer Absent>
    ? Absent extends 'fallback'
      ? Located<T>
      : Located<T> | undefined
    : never;
};

export function required<T>(field: Field<T>, description: string): Key<T, 'error'> {
  return { field, description, absent: 'error' };
}

export function optional<T>(field: Field<T>, description: string): Key<T, 'undefined'> {
  return { field, description, absent: 'undefined' };
}

export function fallback<T>(field: Field<T>, value: Json, description: string): Key<T, 'fallback'> {
  return { field, description, absent: 'fallback', fallback: value };
}

/** A mapping with these keys and no others. */
export function mapping<K extends Keys>(keys: K, words: KnownWords): Field<ReadKeys<K>> {
  return {
    schema: mappingSchema(keys),
    read(node, place, findings) {
      if (!isMapping(node, place, findings, Object.keys(keys))) return undefined;
      const entries = knownEntries(node, place, findings, Object.keys(keys), words);
      const read = Object.entries(keys).map(([name, key]) => [
        name,
        readKey(name, key, entries, place, findings),
      ]);
      return Object.fromEntries(read) as ReadKeys<K>;
    },
  };
}

function readKey(
  name: string,
  key: AnyKey,
  { known, misspelt }: KnownEntries,
  place: Place,
  findings: Findings,
): Located<unknown> | undefined {
  const entry = known.get(name);
  if (entry) {
    const here = below(place, name, entry.value.at);
    const value = key.field.read(entry.value, here, findings);
    if (value !== undefined) return { value, place: here };
  } else if (key.absent === 'error' && !misspelt.has(name) && findings.wholeFile) {
    findings.error(place, {
      cause: `the key ${name} is missing`,
      consequence: key.description,
      mend: `add ${name}:`,
    });
  }
  if (key.absent !== 'fallback') return undefined;
  const here = { ...place, path: below(place, name, 0).path };
  const value = key.field.read(nodeOf(key.fallback ?? null, place.at), here, findings);
  return { value, place: here };
}

interface KnownEntries {
  readonly known: ReadonlyMap<string, Entry>;
  /** Keys that unknown ones were probably meant to be: they are not missing as well. */
  readonly misspelt: ReadonlySet<string>;
}

function knownEntries(
  node: MappingNode,
  place: Place,
  findings: Findings,
  names: readonly string[],
  words: KnownWords,
): KnownEntries {
  const known = new Map<string, Entry>();
  const misspelt = new Set<string>();
  for (const entry of uniqueEntries(node, place, findings)) {
    if (names.includes(entry.key)) {
      known.set(entry.key, entry);
      continue;
    }
    const meant = tellUnknownKey(entry, place, names, words, findings);
    if (meant === undefined) continue;
    misspelt.add(meant);
    findings.misspelt(below(place, meant, entry.keyAt).path);
  }
  return { known, misspelt };
}

/** The first entry of each key; the others are reported. */
function uniqueEntries(node: MappingNode, place: Place, findings: Findings): readonly Entry[] {
  const first = new Map<string, Entry>();
  for (const entry of node.entries) {
    if (!first.has(entry.key)) {
      first.set(entry.key, entry);
      continue;
    }
    findings.error(below(place, entry.key, entry.keyAt), {
      cause: 'the key stands here a second time',
      consequence: 'which of its values is meant is not clear',
      mend: 'remove one of them',
    });
  }
  return [...first.values()];
}

function isMapping(
  node: Node,
  place: Place,
  findings: Findings,
  keys: readonly string[],
): node is MappingNode {
  if (node.kind === 'mapping') return true;
  // The parser may have made of a broken mapping what it could.
  if (findings.wholeFile) tellNoMapping(node, place, findings, keys);
  return false;
}

function tellNoMapping(
  node: Node,
  place: Place,
  findings: Findings,
  keys: readonly string[],
): void {
  findings.error(place, {
    cause: isEmpty(node)
      ? 'there is no value'
      : `${node.kind === 'list' ? 'a list' : 'a single value'} stands where keys and values belong`,
    consequence: 'none of its keys is set',
    mend:
      keys.length > 0
        ? `write keys below it: ${keys.join(', ')}`
        : 'write names and their values below it',
  });
}

function mappingSchema(keys: Keys): JsonObject {
  const properties = Object.entries(keys).map(([name, key]) => {
    const fallback = key.fallback === undefined ? {} : { default: key.fallback };
    return [name, { description: key.description, ...key.field.schema, ...fallback }];
  });
  const names = Object.keys(keys).filter((name) => keys[name]?.absent === 'error');
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(names.length > 0 ? { required: names } : {}),
    additionalProperties: false,
  };
}

export interface Named<T> {
  readonly name: string;
  /** Of the name. */
  readonly place: Place;
  /** Undefined: it could not be read, but something has this name. */
  readonly value: T | undefined;
}

export interface NameRule {
  /** A regular expression for the JSON Schema. */
  readonly pattern: string;
  readonly parse: (name: string) => Parsed<string>;
}

/** A mapping from names that the user gives, in the file's order. `place` is the name's. */
export function named<T>(rule: NameRule, field: Field<T>): Field<readonly Named<T>[]> {
  return {
    schema: {
      type: 'object',
      propertyNames: { pattern: rule.pattern },
      additionalProperties: field.schema,
    },
    read(node, place, findings) {
      if (!isMapping(node, place, findings, [])) return undefined;
      return uniqueEntries(node, place, findings).map((entry) => {
        const here = below(place, entry.key, entry.keyAt);
        const parsed = rule.parse(entry.key);
        if ('wrong' in parsed) findings.error(here, parsed.wrong);
        return { name: entry.key, place: here, value: field.read(entry.value, here, findings) };
      });
    },
  };
}

/** A fallback as the node that it would be, were it written in the file. */
function nodeOf(json: Json, at: number): Node {
  if (Array.isArray(json)) {
    return { kind: 'list', at, nodes: json.map((each: Json) => nodeOf(each, at)) };
  }
  if (typeof json === 'object' && json !== null) {
    const entries = Object.entries(json).map(([key, value]) => ({
      key,
      keyAt: at,
      value: nodeOf(value, at),
    }));
    return { kind: 'mapping', at, entries };
  }
  return { kind: 'scalar', at, text: String(json), plain: typeof json !== 'string' };
}

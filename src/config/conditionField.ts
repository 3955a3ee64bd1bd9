/**
 * A condition over checks as a value of the file: a name; a list, all of which must hold; or a
 * mapping with one of `all`, `any`, and `at-least` with `of`. They nest.
 */

import type { Condition } from './condition.ts';
import { type Field, integer, type JsonObject, type Located, scalar } from './field.ts';
import { below, type Findings, type Place } from './findings.ts';
import type { Entry, Node } from './yamlTree.ts';

export type ReadCondition =
  | { readonly kind: 'check'; readonly name: string; readonly place: Place }
  | { readonly kind: 'all' | 'any'; readonly of: readonly ReadCondition[] }
  | { readonly kind: 'at-least'; readonly count: number; readonly of: readonly ReadCondition[] };

const MAX_PARTS = 100;

export const checkReference: Field<string> = scalar(
  {
    name: 'the name of a check',
    example: 'web',
    schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
  },
  (text) => ({ value: text }),
);

const count = integer('a count', 1, MAX_PARTS, 'fewer would always hold, and more are not there');

const NESTED = { $ref: '#/$defs/condition' } as const;
const PARTS = { type: 'array', items: NESTED, minItems: 1, maxItems: MAX_PARTS } as const;

/** The JSON Schema that `$ref`s in it refer to. */
export const CONDITION_SCHEMA: JsonObject = {
  title: 'condition',
  anyOf: [
    checkReference.schema,
    PARTS,
    { type: 'object', properties: { all: PARTS }, required: ['all'], additionalProperties: false },
    { type: 'object', properties: { any: PARTS }, required: ['any'], additionalProperties: false },
    {
      type: 'object',
      properties: { 'at-least': count.schema, of: PARTS },
      required: ['at-least', 'of'],
      additionalProperties: false,
    },
  ],
};

export const condition: Field<ReadCondition> = {
  schema: { title: 'condition', ...NESTED },
  read(node, place, findings) {
    if (node.kind === 'list') return group('all', node, place, findings);
    if (node.kind === 'mapping') return combined(node.entries, place, findings);
    const name = checkReference.read(node, place, findings);
    return name === undefined ? undefined : { kind: 'check', name, place };
  },
};

/** Without the places. */
export function conditionOf(read: ReadCondition): Condition {
  if (read.kind === 'check') return { kind: 'check', name: read.name };
  const of = read.of.map(conditionOf);
  return read.kind === 'at-least'
    ? { kind: 'at-least', count: read.count, of }
    : { kind: read.kind, of };
}

/** Each name where it stands. */
export function referencesIn(read: ReadCondition): readonly Located<string>[] {
  if (read.kind === 'check') return [{ value: read.name, place: read.place }];
  return read.of.flatMap(referencesIn);
}

function combined(
  entries: readonly Entry[],
  place: Place,
  findings: Findings,
): ReadCondition | undefined {
  const keys = entries
    .map(({ key }) => key)
    .sort()
    .join(' ');
  const of = (key: string) => entries.find((entry) => entry.key === key);
  const [all, any, least, parts] = [of('all'), of('any'), of('at-least'), of('of')];
  if (keys === 'all' && all) return group('all', all.value, under(place, all), findings);
  if (keys === 'any' && any) return group('any', any.value, under(place, any), findings);
  if (keys === 'at-least of' && least && parts) {
    return quorum(least, parts, place, findings);
  }
  findings.error(place, {
    cause: keys === '' ? 'the condition is empty' : `"${keys.slice(0, 64)}" is no condition`,
    consequence: 'when the prefix may be announced is not known',
    mend: 'write a list of checks, { any: [A, B] }, { all: [A, B] } or { at-least: 2, of: [A, B, C] }',
  });
  return undefined;
}

function quorum(
  least: Entry,
  parts: Entry,
  place: Place,
  findings: Findings,
): ReadCondition | undefined {
  const wanted = count.read(least.value, under(place, least), findings);
  const read = group('all', parts.value, under(place, parts), findings);
  if (wanted === undefined || read?.kind !== 'all') return undefined;
  if (wanted <= read.of.length) return { kind: 'at-least', count: wanted, of: read.of };
  findings.error(under(place, least), {
    cause: `at least ${wanted} of ${read.of.length} cannot hold`,
    consequence: 'the prefix would never be announced',
    mend: `write a number from 1 to ${read.of.length}, or name more checks`,
  });
  return undefined;
}

function under(place: Place, { key, value }: Entry): Place {
  return below(place, key, value.at);
}

function group(
  kind: 'all' | 'any',
  node: Node,
  place: Place,
  findings: Findings,
): ReadCondition | undefined {
  const nodes = node.kind === 'list' ? node.nodes : [];
  if (nodes.length === 0 || nodes.length > MAX_PARTS) {
    findings.error(place, {
      cause:
        node.kind !== 'list'
          ? `a ${node.kind === 'scalar' ? 'single value' : node.kind} stands where a list of conditions belongs`
          : nodes.length === 0
            ? 'the list is empty'
            : `${nodes.length} conditions, more than ${MAX_PARTS}`,
      consequence: 'when the prefix may be announced is not known',
      mend: 'name checks in brackets, as [web, dns]; without needs, none is needed',
    });
    return undefined;
  }
  const of = nodes.map((each, i) =>
    condition.read(each, { at: each.at, path: `${place.path}[${i}]` }, findings),
  );
  const read = of.filter((each) => each !== undefined);
  tellTwice(read, findings);
  return read.length === of.length ? { kind, of: read } : undefined;
}

/** A name twice in one list would count twice. */
function tellTwice(parts: readonly ReadCondition[], findings: Findings): void {
  const seen = new Set<string>();
  for (const part of parts) {
    if (part.kind !== 'check') continue;
    if (seen.has(part.name)) {
      findings.error(part.place, {
        cause: `${part.name} is listed twice`,
        consequence: 'one check would count as two',
        mend: 'remove one of them',
      });
    }
    seen.add(part.name);
  }
}

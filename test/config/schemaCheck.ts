/**
 * The part of JSON Schema draft 2020-12 that the file's schema uses, so that tests need no
 * validator. A keyword that is not known here fails the test that meets it.
 */

import type { Json, JsonObject } from '../../src/config/field.ts';

const ANNOTATIONS = ['$schema', '$defs', 'title', 'description', 'default'];

/** Whether `value`, as a JSON or YAML 1.2 parser gives it, is valid against `schema`. */
export function isValid(schema: JsonObject, value: unknown): boolean {
  // Only whole files have definitions, and these are the same for all.
  for (const [name, each] of Object.entries(object(schema.$defs ?? {}))) {
    DEFINITIONS.set(`#/$defs/${name}`, object(each));
  }
  return Object.entries(schema).every(([keyword, argument]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`the test does not know the keyword ${keyword}`);
    return check(argument, value, schema);
  });
}

const DEFINITIONS = new Map<string, JsonObject>();

type Check = (argument: Json, value: unknown, schema: JsonObject) => boolean;

const KEYWORDS: Readonly<Record<string, Check>> = {
  type: (type, value) =>
    typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer'),
  enum: (words, value) => list(words).some((word) => word === value),
  const: (word, value) => word === value,
  $ref: (name, value) => {
    const schema = DEFINITIONS.get(String(name));
    if (!schema) throw new Error(`nothing is defined as ${name}`);
    return isValid(schema, value);
  },
  anyOf: (schemas, value) => list(schemas).some((each) => isValid(object(each), value)),
  pattern: (pattern, value) =>
    typeof value !== 'string' || new RegExp(String(pattern), 'u').test(value),
  maxLength: (max, value) => typeof value !== 'string' || value.length <= Number(max),
  minLength: (min, value) => typeof value !== 'string' || value.length >= Number(min),
  minItems: (min, value) => !Array.isArray(value) || value.length >= Number(min),
  minimum: (min, value) => typeof value !== 'number' || value >= Number(min),
  maximum: (max, value) => typeof value !== 'number' || value <= Number(max),
  exclusiveMinimum: (min, value) => typeof value !== 'number' || value > Number(min),
  exclusiveMaximum: (max, value) => typeof value !== 'number' || value < Number(max),
  items: (schema, value) => !Array.isArray(value) || value.every((v) => isValid(object(schema), v)),
  maxItems: (max, value) => !Array.isArray(value) || value.length <= Number(max),
  required: (names, value) => !isObject(value) || list(names).every((n) => String(n) in value),
  properties: (schemas, value) =>
    !isObject(value) ||
    Object.entries(object(schemas)).every(
      ([k, s]) => !(k in value) || isValid(object(s), value[k]),
    ),
  propertyNames: (schema, value) =>
    !isObject(value) || Object.keys(value).every((name) => isValid(object(schema), name)),
  additionalProperties: (schema, value, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(value)
      .filter(([name]) => !(name in object(properties)))
      .every(([, v]) => schema !== false && isValid(object(schema), v)),
};

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeOf(value) === 'object';
}

export function list(json: Json | undefined): readonly Json[] {
  if (!Array.isArray(json)) throw new Error(`not a list: ${JSON.stringify(json)}`);
  return json;
}

export function object(json: Json | undefined): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Error(`not an object: ${JSON.stringify(json)}`);
  }
  return json as JsonObject;
}

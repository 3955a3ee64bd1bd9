/**
 * Parameters of a query string: the table that describes them is the one that checks them, and the
 * one that the OpenAPI document is made of.
 */

import { nearest } from '../config/nearest.ts';

export type ParameterSchema =
  | { readonly type: 'string'; readonly pattern?: string; readonly enum?: readonly string[] }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number };

export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly schema: ParameterSchema;
}

/** The query cannot be understood: one line that says why. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** By name; throws QueryError for one that is unknown, there twice, or not as its schema says. */
export function readParameters(
  search: URLSearchParams,
  known: readonly Parameter[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of search) {
    const parameter = known.find((each) => each.name === name);
    if (!parameter) throw new QueryError(`${name} is not a parameter${hint(name, known)}`);
    if (values.has(name)) throw new QueryError(`${name} is there twice`);
    const wrong = wrongWith(value, parameter.schema);
    if (wrong !== undefined) throw new QueryError(`"${value}" is not a ${name}: ${wrong}`);
    values.set(name, value);
  }
  return values;
}

function wrongWith(value: string, schema: ParameterSchema): string | undefined {
  if (schema.type === 'integer') {
    const { minimum, maximum } = schema;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= minimum && number <= maximum) return undefined;
    return `a number from ${minimum} ${maximum < 1e6 ? `to ${maximum}` : 'on'}`;
  }
  if (schema.enum && !schema.enum.includes(value))
    return schema.enum.join(schema.enum.length === 2 ? ' or ' : ', ');
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return `it has the form ${schema.pattern}`;
  }
  return undefined;
}

function hint(name: string, known: readonly Parameter[]): string {
  const names = known.map((each) => each.name);
  if (names.length === 0) return '; there are none here';
  const near = nearest(name, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return `; there are ${names.join(', ')}`;
}

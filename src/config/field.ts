/**
 * What one value of the file may be: how it is read, and how the JSON Schema says the same. A
 * field reports what is wrong at the place where it stands and reads on, so that one run tells
 * everything.
 */

import { formatDuration, parseDuration } from './duration.ts';
import type { Findings, Place, Told } from './findings.ts';
import { nearest } from './nearest.ts';
import type { Node, ScalarNode } from './yamlTree.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface Field<T> {
  /** The JSON Schema of what `read` takes. */
  readonly schema: JsonObject;
  /** Undefined: it was not taken, and `findings` says why. */
  read(node: Node, place: Place, findings: Findings): T | undefined;
}

export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** What comes of a scalar's text. */
export type Parsed<T> = { readonly value: T; readonly warning?: Told } | { readonly wrong: Told };

interface ScalarKind {
  /** With its article: `an AS number`. */
  readonly name: string;
  /** As it may be written in the file. */
  readonly example: string;
  readonly schema: JsonObject;
  /** Numbers and truth values: with quotes they are text, to editors and to this program. */
  readonly unquoted?: true;
}

/** In characters; the longest text with a meaning is the path of a socket. */
export const MAX_TEXT = 255;

/** A value that is one piece of text. */
export function scalar<T>(kind: ScalarKind, parse: (text: string) => Parsed<T>): Field<T> {
  return {
    schema: { title: bare(kind.name), ...kind.schema },
    read(node, place, findings) {
      const parsed = scalarFault(kind, node) ?? parse((node as ScalarNode).text);
      if ('wrong' in parsed) {
        findings.error(place, parsed.wrong);
        return undefined;
      }
      if (parsed.warning) findings.warning(place, parsed.warning);
      return parsed.value;
    },
  };
}

/** Without its article. */
function bare(name: string): string {
  return name.replace(/^(an?|the) /, '');
}

function scalarFault(kind: ScalarKind, node: Node): { wrong: Told } | undefined {
  const { name, example } = kind;
  const consequence = `no ${bare(name)} can be made of it`;
  if (node.kind !== 'scalar') {
    const meant = node.kind === 'mapping' ? oneWord(node) : undefined;
    const mend = meant ? `quote it: "${meant}"` : `write it as ${example}`;
    return { wrong: { cause: `a ${node.kind} stands where ${name} belongs`, consequence, mend } };
  }
  if (isEmpty(node)) {
    const mend = `write ${name}, as ${example}, or remove the key`;
    return { wrong: { cause: 'there is no value', consequence, mend } };
  }
  if (node.text.length > MAX_TEXT) {
    const cause = `a text of ${node.text.length} characters stands where ${name} belongs`;
    return { wrong: { cause, consequence, mend: `write it as ${example}` } };
  }
  if (kind.unquoted && !node.plain) {
    const cause = `quoted text stands where ${name} belongs`;
    return { wrong: { cause, consequence, mend: `remove the quotes: ${node.text}` } };
  }
  return undefined;
}

/** `64496: 100` and `::1:` become mappings without quotes; this is the word that was meant. */
function oneWord(node: Node): string | undefined {
  const entry = node.kind === 'mapping' && node.entries.length === 1 ? node.entries[0] : undefined;
  if (entry?.value.kind !== 'scalar') return undefined;
  const word = `${entry.key}:${entry.value.text}`;
  return word.length > MAX_TEXT ? undefined : word;
}

/** Nothing after the colon, `~` or `null`. */
export function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.plain && ['', '~', 'null'].includes(node.text);
}

/** One of a few words. */
export function choice<const W extends string>(name: string, words: readonly W[]): Field<W> {
  const kind = { name, example: words[0] ?? '', schema: { enum: words } };
  return scalar(kind, (text) => {
    const word = words.find((w) => w === text);
    if (word !== undefined) return { value: word };
    const near = nearest(text, words);
    return {
      wrong: {
        cause: `"${text}" is not ${name}`,
        consequence: 'what is wanted is not known',
        mend: near ? `did you mean ${near}?` : `write one of ${words.join(', ')}`,
      },
    };
  });
}

/** What other YAML readers take for truth values, and this one refuses to guess at. */
const TRUTH: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['on', 'true'],
  ['y', 'true'],
  ['no', 'false'],
  ['off', 'false'],
  ['n', 'false'],
]);

export const boolean: Field<boolean> = scalar(
  { name: 'true or false', example: 'true', schema: { type: 'boolean' }, unquoted: true },
  (text) => {
    if (text === 'true' || text === 'false') return { value: text === 'true' };
    const meant = TRUTH.get(text.toLowerCase()) ?? text.toLowerCase();
    return {
      wrong: {
        cause: `"${text}" is neither true nor false`,
        consequence: 'YAML 1.2 reads it as text',
        mend: meant === 'true' || meant === 'false' ? `write ${meant}` : 'write true or false',
      },
    };
  },
);

/** A whole number in decimal; `name` with its article, `because` says what sets the bounds. */
export function integer(name: string, min: number, max: number, because: string): Field<number> {
  const schema = { type: 'integer', minimum: min, maximum: max };
  return scalar({ name, example: String(max), schema, unquoted: true }, (text) => {
    const value = /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
    if (value !== undefined && value >= min && value <= max) return { value };
    const cause =
      value === undefined ? `"${text}" is not a whole number` : `${text} is not in ${min}..${max}`;
    return { wrong: { cause, consequence: because, mend: `write a number from ${min} to ${max}` } };
  });
}

/** In what the value counts. */
interface DurationRange {
  readonly min: number;
  readonly max: number;
  /** What sets the bounds. */
  readonly because: string;
}

/** A duration in whole seconds; the value is their number. */
export function seconds(name: string, range: DurationRange): Field<number> {
  const kind = { name, example: '90s', schema: DURATION };
  return scalar(kind, (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) return { wrong: notADuration(text, name) };
    const value = milliseconds / 1000;
    if (Number.isInteger(value) && value >= range.min && value <= range.max) return { value };
    return {
      wrong: {
        cause: `${text} is not ${name}`,
        consequence: range.because,
        mend: `write whole seconds from ${range.min}s to ${range.max}s`,
      },
    };
  });
}

/** A duration; the value is its number of milliseconds. */
export function milliseconds(name: string, range: DurationRange): Field<number> {
  const kind = { name, example: '5s', schema: DURATION };
  return scalar(kind, (text) => {
    const value = parseDuration(text);
    if (value === undefined) return { wrong: notADuration(text, name) };
    if (value >= range.min && value <= range.max) return { value };
    const [min, max] = [formatDuration(range.min), formatDuration(range.max)];
    return {
      wrong: {
        cause: `${text} is not ${name}`,
        consequence: range.because,
        mend: `write a duration from ${min} to ${max}`,
      },
    };
  });
}

const DURATION = {
  anyOf: [{ type: 'string', pattern: '^\\d{1,9}(ms|s|m|h)$' }, { const: 0 }],
} as const;

function notADuration(text: string, name: string): Told {
  const bare = /^\d+$/.test(text);
  const word = /^(\d+) *(sec|secs|seconds?|min|mins|minutes?|hours?)$/.exec(text);
  const meant = bare ? `${text}s` : word ? `${word[1]}${(word[2] ?? 's')[0]}` : undefined;
  return {
    cause: bare ? `${text} has no unit` : `"${text}" is not a duration`,
    consequence: `${name} could be seconds or milliseconds`,
    mend: meant ? `write ${meant}` : 'write a whole number and ms, s, m or h, as 250ms, 90s or 3m',
  };
}

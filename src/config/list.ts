/** Lists of the file, and the one word that may stand in a list's place. */

import { type Field, isEmpty, type JsonObject, type Located } from './field.ts';
import { Findings, type Place, type Told } from './findings.ts';
import type { Node } from './yamlTree.ts';

export interface ListKind<T> {
  /** Without an article: `communities`. */
  readonly name: string;
  readonly max: number;
  /** What sets `max`. */
  readonly because: string;
  /** Two values with one key are a repetition. */
  readonly key: (value: T) => string;
  /** What a repetition is: `error`, or a `warning` where it does no harm. */
  readonly repetition: 'error' | 'warning';
}

/** Every value of the list that could be read. */
export function list<T>(kind: ListKind<T>, field: Field<T>): Field<readonly Located<T>[]> {
  return {
    schema: { type: 'array', items: field.schema, maxItems: kind.max } satisfies JsonObject,
    read(node, place, findings) {
      const fault = listFault(kind, node, field);
      if (fault || node.kind !== 'list') {
        if (fault) findings.error(place, fault);
        return undefined;
      }
      return readAll(kind, field, node.nodes, place, findings);
    },
  };
}

function readAll<T>(
  kind: ListKind<T>,
  field: Field<T>,
  nodes: readonly Node[],
  place: Place,
  findings: Findings,
): readonly Located<T>[] {
  const seen = new Map<string, number>();
  return nodes.flatMap((node, index) => {
    const here = { at: node.at, path: `${place.path}[${index}]` };
    const value = field.read(node, here, findings);
    if (value === undefined) return [];
    const key = kind.key(value);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else findings[kind.repetition](here, repeated(kind, key, first));
    return [{ value, place: here }];
  });
}

function listFault(
  kind: { name: string; max: number; because: string },
  node: Node,
  field: Field<unknown>,
): Told | undefined {
  if (node.kind === 'list') {
    if (node.nodes.length <= kind.max) return undefined;
    return {
      cause: `${node.nodes.length} ${kind.name}, more than ${kind.max}`,
      consequence: kind.because,
      mend: `keep at most ${kind.max}`,
    };
  }
  const consequence = `${kind.name} are a list, even if there is only one`;
  if (isEmpty(node)) {
    return { cause: 'there is no list', consequence, mend: 'write [] for none, or remove the key' };
  }
  const mend =
    node.kind === 'scalar' && node.text.length < 80
      ? (wrongAlone(node, field) ?? `put it in brackets: [${quoted(node.text)}]`)
      : 'write it as [A, B], or as lines that begin with -';
  return {
    cause: `a ${node.kind === 'scalar' ? 'single value' : node.kind} stands where a list belongs`,
    consequence,
    mend,
  };
}

/** The mend of a value that would be none in brackets, either. */
function wrongAlone(node: Node, field: Field<unknown>): string | undefined {
  const trial = new Findings();
  field.read(node, { at: 0, path: '' }, trial);
  const wrong = trial.problemsIn('').find(({ severity }) => severity === 'error');
  return wrong && `${wrong.mend}, in brackets: [A] or [A, B]`;
}

function repeated(kind: { name: string }, key: string, first: number): Told {
  return {
    cause: `${key} is listed twice`,
    consequence: `the first is number ${first + 1} of these ${kind.name}`,
    mend: 'remove one of them',
  };
}

/** `text` as it can stand in brackets. */
function quoted(text: string): string {
  return /[[\]{},:#&*!|>'"%@`]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;
}

/** Either `word`, which means `value`, or what `field` reads. */
export function wordOr<T>(word: string, value: T, field: Field<T>): Field<T> {
  return {
    schema: { anyOf: [{ const: word }, field.schema] },
    read(node, place, findings) {
      if (node.kind === 'scalar' && node.text === word) return value;
      return field.read(node, place, findings);
    },
  };
}

/** What passes, what is run, and how times and counts are written, as values of the file. */

import { nameRule } from './bgpFields.ts';
import { type Field, integer, isEmpty, milliseconds, type Parsed, scalar } from './field.ts';
import type { Told } from './findings.ts';
import type { NameRule } from './mapping.ts';
import type { Node } from './yamlTree.ts';

/** Conditions have these words where they could have a check's name. */
export const checkName: NameRule = nameRule(
  ['all', 'any', 'at-least'],
  'conditions have it where a name of a check could stand',
  'web',
);

export const bodyText: Field<string> = scalar(
  { name: 'a text', example: '"ok"', schema: { type: 'string', minLength: 1 } },
  (text) =>
    text === ''
      ? {
          wrong: {
            cause: 'the text is empty',
            consequence: 'every body contains it',
            mend: 'write what must be in the body, or remove the key',
          },
        }
      : { value: text },
);

/** A status that ends an exchange: 1xx comes before the answer. */
export const httpStatus = integer(
  'a status',
  200,
  599,
  'an answer begins with one of these (RFC 9110 §15)',
);

const MAX_ARGUMENTS = 64;

const ARGUMENT = {
  title: 'argument',
  anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
} as const;

/** A program's absolute path, then its arguments. There is no shell. */
export const argumentList: Field<readonly string[]> = {
  schema: { type: 'array', items: ARGUMENT, minItems: 1, maxItems: MAX_ARGUMENTS },
  read(node, place, findings) {
    const parsed = node.kind === 'list' ? argumentsOf(node.nodes) : notAList(node);
    if ('value' in parsed) return parsed.value;
    findings.error(place, parsed.wrong);
    return undefined;
  },
};

function argumentsOf(nodes: readonly Node[]): Parsed<readonly string[]> {
  const value = nodes.flatMap((node) => (node.kind === 'scalar' ? [node.text] : []));
  const consequence = 'the program cannot be run';
  if (value.length < nodes.length || nodes.some(isEmpty)) {
    const cause = 'an argument is not a plain text';
    return { wrong: { cause, consequence, mend: 'write each as one text, "" for an empty one' } };
  }
  if (value.length > MAX_ARGUMENTS) {
    const cause = `${value.length} arguments, more than ${MAX_ARGUMENTS}`;
    return { wrong: { cause, consequence: 'no more are given', mend: 'put them into a script' } };
  }
  const [first = ''] = value;
  if (first.startsWith('/')) return { value };
  // Not what may follow in the same text: it may be secret.
  const [program = ''] = first.split(/\s/);
  const cause = program === '' ? 'no program is named' : `"${program}" is not an absolute path`;
  const mend = `write it from the root, as [/usr/local/bin/${program || 'probe'}]`;
  return { wrong: { cause, consequence: 'what PATH holds would decide what is run', mend } };
}

/** Arguments are not repeated: they may be secret. */
function notAList(node: Node): { wrong: Told } {
  const words = node.kind === 'scalar' ? node.text.split(/\s+/).filter(Boolean) : [];
  const program = JSON.stringify(words[0] ?? '/usr/local/bin/probe');
  return {
    wrong: {
      cause: `a ${node.kind === 'scalar' ? 'single value' : node.kind} stands where a program and its arguments belong`,
      consequence: 'there is no shell that would take it apart',
      mend: `write a list: [${words.length > 1 ? `${program}, ...], with each argument by itself` : `${program}]`}`,
    },
  };
}

export const interval = milliseconds('an interval', {
  min: 100,
  max: 3_600_000,
  because: 'shorter is a load of its own, longer notices nothing in time',
});

export const timeout = milliseconds('a timeout', {
  min: 10,
  max: 600_000,
  because: 'no service answers in less, and none that takes longer is well',
});

export const resultsInRow = integer(
  'a number of results',
  1,
  100,
  'more would take too long to mean anything',
);

export interface FailureWindow {
  readonly failures: number;
  readonly of: number;
}

/** `3/5`. */
export const failureWindow: Field<FailureWindow> = scalar(
  {
    name: 'a window',
    example: '3/5',
    schema: { type: 'string', pattern: '^[1-9]\\d{0,2}/[1-9]\\d{0,2}$' },
  },
  (text) => {
    const [, failures, of] = /^([1-9]\d{0,2})\/([1-9]\d{0,2})$/.exec(text)?.map(Number) ?? [];
    if (failures !== undefined && of !== undefined && failures <= of && of <= 100) {
      return { value: { failures, of } };
    }
    return {
      wrong: {
        cause: `"${text}" is not a window`,
        consequence: 'it says how many failures among how many results make the check down',
        mend: 'write it as 3/5: 3 failures among the last 5, at most 100',
      },
    };
  },
);

/** What may stand in an experiment's file, whatever it stands for there. */

import { type Field, milliseconds, scalar } from '../config/field.ts';
import { list } from '../config/list.ts';
import type { KnownWords } from '../config/unknownKey.ts';
import { parsePrefix } from '../net/text.ts';

/** In ms. */
export const LONGEST = 3_600_000;

export const time = milliseconds('a time', {
  min: 0,
  max: LONGEST,
  because: 'an experiment takes at most an hour',
});

export function text(name: string, example: string): Field<string> {
  const kind = { name, example, schema: { type: 'string' } };
  return scalar(kind, (value) => ({ value }));
}

export const NODE = text('the name of a node', 'edge');

export const prefix = scalar(
  { name: 'a prefix', example: '203.0.113.0/24', schema: { type: 'string' } },
  (value) =>
    parsePrefix(value)
      ? { value }
      : {
          wrong: {
            cause: `"${value}" is not a prefix`,
            consequence: 'nothing can be seen of it',
            mend: 'write it as 203.0.113.0/24',
          },
        },
);

export const words = (owner: string): KnownWords => ({
  owner,
  later: {},
  foreign: {},
  elsewhere: {},
});

export function several<T>(name: string, field: Field<T>) {
  const kind = {
    ...{ name, max: 1000, because: 'more say nothing that fewer do not' },
    key: (value: T) => JSON.stringify(value),
    repetition: 'error' as const,
  };
  return list(kind, field);
}

/** A mapping of the file that may be one word instead: `role: peer` for `role: { is: peer }`. */

import type { Field } from './field.ts';

/** `meant` makes of the word what `whole` would have read. */
export function shorthand<W, T>(word: Field<W>, whole: Field<T>, meant: (word: W) => T): Field<T> {
  return {
    schema: { anyOf: [word.schema, whole.schema] },
    read(node, place, findings) {
      if (node.kind === 'mapping') return whole.read(node, place, findings);
      const value = word.read(node, place, findings);
      return value === undefined ? undefined : meant(value);
    },
  };
}

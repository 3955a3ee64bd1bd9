/** The file as a JSON Schema, so that editors complete it and tell mistakes while it is written. */

import { CONDITION_SCHEMA } from './conditionField.ts';
import { file } from './definition.ts';
import type { JsonObject } from './field.ts';

/** Draft 2020-12; the keys of this version only. What keys mean together, only `check` tells. */
export function configJsonSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'multihomed.yaml',
    description: 'Which prefixes multihomed announces, and to whom.',
    ...file.schema,
    $defs: { condition: CONDITION_SCHEMA },
  };
}

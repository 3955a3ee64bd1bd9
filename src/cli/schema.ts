/** `multihomed schema`: the file's JSON Schema, for editors to complete and mark by. */

import { configJsonSchema } from '../config/jsonSchema.ts';
import { jsonText } from './json.ts';
import type { Terminal } from './terminal.ts';

export function runSchema(terminal: Terminal): number {
  terminal.stdout(jsonText(configJsonSchema()));
  return 0;
}

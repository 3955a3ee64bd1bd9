/** What the user is told when a command throws: one line, never a stack trace unasked. */

import { errorText } from '../net/errorText.ts';

/** By name: `show` is bundled by itself, and its classes are others than the entry's. */
const EXPECTED: ReadonlySet<string> = new Set([
  'ControlError',
  'FileError',
  'CommandError',
  'LabError',
]);

/** With a final newline. `debug`: the stack, too. */
export function failureText(error: unknown, debug: boolean): string {
  const message = errorText(error);
  const trace = debug && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof Error && EXPECTED.has(error.name)) return `multihomed: ${message}\n${trace}`;
  const line = message.replaceAll(/\s*\n\s*/g, ' ');
  return `multihomed: this should not have happened: ${line}; please report it, with the output of MULTIHOMED_DEBUG=1\n${trace}`;
}

import { replaceUnsafe } from '../net/plainText.ts';

/** JSON as every `--json` prints it: indented, one final newline, nothing that acts on a terminal. */
export function jsonText(value: unknown): string {
  const lines = JSON.stringify(value, undefined, 2).split('\n');
  // JSON.stringify escapes C0 only; DEL, C1 and direction marks would reach the terminal.
  return `${lines.map((line) => replaceUnsafe(line, escaped)).join('\n')}\n`;
}

/** A line of JSON as it came over the control socket, with nothing in it that acts on a terminal. */
export function jsonLine(line: string): string {
  return `${replaceUnsafe(line, escaped)}\n`;
}

/** One escape for each UTF-16 unit. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

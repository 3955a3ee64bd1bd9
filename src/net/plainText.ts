/**
 * Text of others made safe to print: what neighbours send, what comes out of a control socket, the
 * lines of a file. Nothing in it may move a cursor, break a line or turn the reading direction.
 */

/** Control and format characters, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line: tabs and line breaks become spaces, whatever else could act on a terminal U+FFFD. */
export function plainLine(text: string): string {
  return replaceUnsafe(text.replace(/\r\n|[\t\n\r]/g, ' '), () => '\ufffd');
}

/** The same with line breaks kept. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainLine).join('\n');
}

/** Each unsafe character, line breaks and tabs among them, as `by` writes it. */
export function replaceUnsafe(text: string, by: (character: string) => string): string {
  return text.replace(UNSAFE, by);
}

/** A record's text as lines; what is no line, and a last one that was cut off, is named with its place. */

import { type Line, RECORD_FORMAT, readLine } from './line.ts';

/** The text is no record that this program reads; the message says why. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
}

export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  readonly line: Line;
}

export interface ReadRecord {
  readonly begin: Extract<Line, { do: 'begin' }>;
  /** Behind `begin`. */
  readonly lines: readonly NumberedLine[];
  /** The number of the last line, when it was cut off as it was written; undefined: it is whole. */
  readonly torn: number | undefined;
}

/** Throws RecordFault. */
export function readRecord(text: string): ReadRecord {
  const texts = text.split('\n');
  // What follows the last line's end: nothing, unless the writer was cut off.
  const rest = texts.pop();
  const torn = rest === '' ? undefined : texts.length + 1;
  const [begin, ...lines] = texts.map((each, i) => numbered(each, i + 1));
  if (!begin) throw new RecordFault('there is no whole line in it');
  if (begin.line.do !== 'begin') throw new RecordFault('it does not begin as a record does');
  const { format } = begin.line;
  if (format !== RECORD_FORMAT) {
    throw new RecordFault(`its format is ${format}, and this program reads ${RECORD_FORMAT}`);
  }
  return { begin: begin.line, lines, torn };
}

function numbered(text: string, number: number): NumberedLine {
  const line = readLine(text);
  if (!line) throw new RecordFault(`line ${number} is no line of a record`);
  return { number, line };
}

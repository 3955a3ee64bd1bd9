/** YAML's syntax errors in our words: what the parser says of its grammar helps nobody at 3 a.m. */

import type { Document, ErrorCode } from 'yaml';
import type { Findings, Told } from './findings.ts';
import { Lines } from './lines.ts';

const CONSEQUENCE = 'the rest of the file cannot be read as it was meant';

const TOLD: Partial<Record<ErrorCode, Omit<Told, 'consequence'>>> = {
  TAB_AS_INDENT: {
    cause: 'a tab indents this line',
    mend: 'indent with spaces: YAML allows no tabs there',
  },
  BAD_INDENT: {
    cause: 'the indentation does not fit, or a bracket is not closed',
    mend: 'align this line with its neighbours; close [ with ] and { with }',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    cause: 'a second `key:` begins inside this value',
    mend: 'quote the value if it has a colon and a space; else indent the next line as its neighbours are',
  },
  MULTILINE_IMPLICIT_KEY: {
    cause: 'a key goes over two lines',
    mend: 'correct the indentation, or put the missing colon',
  },
  BLOCK_IN_FLOW: {
    cause: 'a colon ends a word inside braces',
    mend: 'quote values with colons there, as in { ipv6: "2001:db8::" }',
  },
  MISSING_CHAR: {
    cause: 'a quote, bracket, brace, comma or colon is missing',
    mend: 'close what was opened; quote addresses with brackets, as in "[::]:179"',
  },
  UNEXPECTED_TOKEN: {
    cause: 'this does not continue what stands before it',
    mend: 'give lists their `-`, mappings their `key:`, at one indentation; quote text with [ ] { } , # or : in it',
  },
  BAD_SCALAR_START: {
    cause: 'a value cannot begin with this character',
    mend: 'quote the value',
  },
  BAD_DQ_ESCAPE: {
    cause: 'no such escape exists in double quotes',
    mend: "write \\\\ for a backslash, or use single quotes: '…'",
  },
};

/** What may stand on the line of an error, and says more of its cause than the parser can. */
const ON_LINE: readonly (readonly [RegExp, Omit<Told, 'consequence'>])[] = [
  [
    /^(<{7}|={7}|>{7}|\|{7})( |$)/,
    {
      cause: 'a version control system has left a conflict here',
      mend: 'choose one of the two versions, and remove the lines of <<<<<<<, ======= and >>>>>>>',
    },
  ],
  [
    /[\u00a0\u2000-\u200b\u202f\u2060\u3000]/u,
    {
      cause:
        'this line has a space that is no plain one, as web pages and word processors make them',
      mend: 'type the spaces of this line anew',
    },
  ],
];

/** Causes of which every later error follows, unless it has the same. */
const FATAL: ReadonlySet<Omit<Told, 'consequence'> | undefined> = new Set([
  TOLD.TAB_AS_INDENT,
  ...ON_LINE.map(([, told]) => told),
]);

/** The reader of the tree tells of aliases and tags, and knows more of them. */
const OURS: ReadonlySet<ErrorCode> = new Set(['BAD_ALIAS', 'TAG_RESOLVE_FAILED']);

/** Reports the document's errors, one a line: what follows on a line follows from the first. */
export function tellSyntax(document: Document, text: string, findings: Findings): void {
  const lines = new Lines(text);
  const told = new Set<number>();
  let fatal: Omit<Told, 'consequence'> | undefined;
  const errors = [...document.errors, ...document.warnings].filter(({ code }) => !OURS.has(code));
  for (const { code, message, pos } of errors) {
    const line = lines.startOf(pos[0]);
    const words = onLine(text, line) ?? TOLD[code] ?? unknown(message);
    if (told.has(line) || (fatal && fatal !== words)) continue;
    told.add(line);
    if (FATAL.has(words)) fatal = words;
    findings.error({ at: pos[0], path: '' }, { ...words, consequence: CONSEQUENCE });
  }
  // What stands before the error on its line may be half of a value.
  for (const line of told) findings.breakAt(line);
}

function onLine(text: string, from: number): Omit<Told, 'consequence'> | undefined {
  const to = text.indexOf('\n', from);
  const line = text.slice(from, to < 0 ? undefined : to);
  return ON_LINE.find(([pattern]) => pattern.test(line))?.[1];
}

function unknown(message: string): Omit<Told, 'consequence'> {
  return {
    cause: `this is not YAML (${firstLine(message)})`,
    mend: 'correct the line, or quote the value',
  };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

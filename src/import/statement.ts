/** A configuration's text as statements: one a line, comments and blank lines aside. */

import { plainLine } from '../net/plainText.ts';

export interface Statement {
  /** 1-based. */
  readonly line: number;
  /** Without `no`; never empty. */
  readonly words: readonly string[];
  /** It began with `no`. */
  readonly negated: boolean;
  /** What may be shown of it: one printable line without secrets, cut when it is long. */
  readonly text: string;
}

export type Scanned =
  | { readonly statements: readonly Statement[] }
  /** Why this is no configuration; one line. */
  | { readonly failure: string };

/** In characters. The longest configuration with full prefix-lists of a customer cone has a few MB. */
const MAX_TEXT = 16_000_000;
/** The daemons read lines of 4,096 octets at most. */
const MAX_LINE = 4096;
/** Of what is shown of a line. */
const SHOWN = 120;

/** After these words a secret may come. */
const SECRET_WORDS = new Set([
  'password',
  'secret',
  'key',
  'key-string',
  'authentication-key',
  'message-digest-key',
  'auth-pass',
  'md5',
]);

export function scan(text: string): Scanned {
  if (text.length > MAX_TEXT) {
    return { failure: `it has ${text.length} characters, more than a configuration ever has` };
  }
  if (text.includes('\0')) return { failure: 'it is binary: there are zero octets in it' };
  const statements: Statement[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    if (/^\s*[!#]/.test(raw)) continue;
    if (raw.length > MAX_LINE) {
      return { failure: `line ${line} has ${raw.length} characters: no daemon reads such a line` };
    }
    const words = raw.split(/\s+/).filter((word) => word !== '');
    if (words.length > 0) statements.push(statementOf(line, words));
  }
  return { statements };
}

function statementOf(line: number, all: readonly string[]): Statement {
  const negated = all[0] === 'no' && all.length > 1;
  const shown = plainLine(withoutSecrets(all).join(' '));
  return {
    line,
    words: negated ? all.slice(1) : all,
    negated,
    text: shown.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown,
  };
}

function withoutSecrets(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word, i) => SECRET_WORDS.has(word) && i < words.length - 1);
  const cut = words[0] === 'snmp-server' ? 1 : first + 1;
  return cut === 0 ? words : [...words.slice(0, cut), '***'];
}

/** What is wrong with a file, in the shape in which a person is told. */

import { replaceUnsafe } from '../net/plainText.ts';
import { starredUrls } from '../net/urlText.ts';

export interface Problem {
  /** `error`: the file is refused. `warning`: it is taken, and this is likely to hurt. */
  readonly severity: 'error' | 'warning';
  /** 1-based, in the file. */
  readonly line: number;
  readonly column: number;
  /** Where in the structure, as `upstreams.transit-a.asn`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, in one clause. */
  readonly cause: string;
  /** What happens, or would, because of it. */
  readonly consequence: string;
  /** What to write instead, or to do. */
  readonly mend: string;
}

/** How much of a long line is shown, in characters. */
const LINE_WIDTH = 76;

/**
 * Several lines, without a final newline: position and cause, the line of the file with a caret
 * under the column, the consequence, the mend. `text` is the file's.
 */
export function formatProblem(problem: Problem, file: string, text: string): string {
  const { severity, line, column, path, cause, consequence, mend } = problem;
  const where = path === '' ? '' : `${path}: `;
  return [
    `${file}:${line}:${column}: ${severity}: ${where}${cause}`,
    ...sourceLines(line, column, withoutSecrets(text.split('\n', line)[line - 1] ?? '')),
    `  so: ${consequence}`,
    `  do: ${mend}`,
  ]
    .map(printable)
    .join('\n');
}

/** A tab would move the caret away, and a control character could rewrite the terminal. */
function printable(text: string): string {
  return replaceUnsafe(text, () => ' ');
}

/** What tools call a session's key, and what stands there: a reference, or the key by mistake. */
const SECRET =
  /((?:password|secret|md5|auth-key|authentication-key|tcp-md5sig)["']?\s*:\s*)("[^"]*"?|'[^']*'?|[^\s,}][^,}]*)/gi;

/** What is probed, and behind it what is asked there, where somebody left out the scheme. */
const ASKED = /(\b(?:https?|url|tcp|dns|ping)["']?\s*:\s*["']?[^\s"'/?#]*[/?#](?!\/))(\S+)/gi;

/** What is run: a list, or what stands in its place. */
const RUN =
  /(\bexec["']?\s*:\s*)(\[(?:"[^"]*"?|'[^']*'?|[^\]"'])*|"[^"]*"?|'[^']*'?|[^\s,}][^,}]*)/gi;

/** Of the same length. Whoever writes a password or a token into the file must not find it in a log. */
function withoutSecrets(source: string): string {
  return starredUrls(source)
    .replace(RUN, (_, key: string, run: string) => key + withoutArguments(run))
    .replace(ASKED, (_, target: string, asked: string) => target + '*'.repeat(asked.length))
    .replace(SECRET, (whole, key: string, value: string) =>
      /^["']?(env|file):/.test(value) ? whole : key + '*'.repeat(value.length),
    );
}

function withoutArguments(run: string): string {
  return run.replace(
    /^([["'\s]*[^\s,\]"']+)(.+)$/,
    (_, program: string, rest: string) => program + rest.replaceAll(/[^\s,"'[\]{}]/g, '*'),
  );
}

function sourceLines(line: number, column: number, source: string): readonly string[] {
  const shown = source.trimEnd();
  if (shown === '') return [];
  const from = Math.max(0, Math.min(column - LINE_WIDTH / 2, shown.length - LINE_WIDTH));
  const number = String(line).padStart(5);
  return [
    `${number} | ${shown.slice(from, from + LINE_WIDTH)}`,
    `${' '.repeat(number.length)} | ${' '.repeat(column - 1 - from)}^`,
  ];
}

/**
 * The head of a generated file: what wrote it, from what, what it does not do, and a checksum by
 * which the next run sees whether somebody has edited it since.
 */

import type { GeneratedFile, NotExpressible } from './target.ts';

export interface Origin {
  readonly version: string;
  /** The configuration file's name, without its directory. */
  readonly file: string;
  /** Hexadecimal, of that file. */
  readonly digest: string;
}

/** Lower-case hexadecimal SHA-256 of the text in UTF-8. */
export type Hash = (text: string) => string;

const CHECKSUM = /^[#!] checksum: ([0-9a-f]{64})$\n?/m;

/** The file's whole text. `#!` stays the first line where there is one. */
export function withHead(
  file: GeneratedFile,
  origin: Origin,
  hash: Hash,
  notExpressible: readonly NotExpressible[] = [],
): string {
  const lines = [
    `Written by multihomed ${origin.version} from ${origin.file}, sha256 ${origin.digest}.`,
    'Change that file, not this one: it is not written again once it was changed by hand.',
    ...notExpressible.map(({ what, why }) => `Not expressed here: ${what}: ${why}`),
  ].map((line) => `${file.comment} ${line}\n`);
  const [, shebang = '', content = ''] = /^(#!.*\n)?([\s\S]*)$/.exec(file.content) ?? [];
  const whole = `${shebang}${lines.join('')}${content}`;
  const checksum = `${file.comment} checksum: ${hash(whole)}\n`;
  return `${shebang}${lines.join('')}${checksum}${content}`;
}

/** `edited`: written by us, and changed since; `foreign`: not written by us. */
export function standing(text: string, hash: Hash): 'ours' | 'edited' | 'foreign' {
  const found = CHECKSUM.exec(text);
  if (!found) return 'foreign';
  return hash(text.replace(CHECKSUM, '')) === found[1] ? 'ours' : 'edited';
}

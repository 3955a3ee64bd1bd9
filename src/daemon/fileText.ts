/** A configuration file's text, or why it cannot be had: one line with the mend. */

import { readFile } from 'node:fs/promises';
import { errorCode, errorText } from '../net/errorText.ts';

export class FileError extends Error {
  override readonly name = 'FileError';
}

const CAUSE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; write one, or name another with -c FILE',
  EISDIR: 'it is a directory; name the file in it with -c FILE',
  ENOTDIR: 'a part of the path is not a directory; correct the path',
  EACCES: 'no permission; run as a user who may read it, or change its mode or owner',
  EPERM: 'no permission; run as a user who may read it, or change its mode or owner',
  ELOOP: 'its symbolic links go in a circle; correct them',
};

/** Throws FileError. */
export async function readFileText(file: string): Promise<string> {
  const octets = await readFile(file).catch((error: unknown) => {
    throw new FileError(`cannot read ${file}: ${causeOf(error)}`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    throw new FileError(`cannot read ${file}: it is not UTF-8 text; save it as UTF-8`);
  }
}

function causeOf(error: unknown): string {
  const code = errorCode(error);
  return (code !== undefined && CAUSE[code]) || errorText(error);
}

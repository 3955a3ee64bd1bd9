/** Why a file cannot be had, without the name of the system call: `no such file or directory`. */

import { errorCode, errorText } from '../net/errorText.ts';

export function fileFaultText(error: unknown): string {
  if (errorCode(error) === 'EISDIR') return 'it is a directory';
  return errorText(error).replace(/^[A-Z0-9]+: (.+), \w+( '.*')?$/, '$1');
}

/** A file of the lab's as text. */

import { readFileSync } from 'node:fs';
import { errorText } from '../net/errorText.ts';
import { LabError } from './labError.ts';

/** Throws LabError. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LabError(`cannot read ${file}: ${errorText(error)}`);
  }
}

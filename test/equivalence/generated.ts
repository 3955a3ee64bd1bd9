/** `multihomed generate` as a user runs it, into a directory. */

import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { command, type FileContent } from '../support/daemons/multihomed.ts';

const run = promisify(execFile);

/** Writes the target's files; what is there of an earlier run is replaced. */
export async function generateInto(directory: string, target: string, content: FileContent) {
  const file = join(directory, 'source.yaml');
  await writeFile(file, JSON.stringify(content, undefined, 2));
  const [program = '', ...rest] = command();
  await run(program, [...rest, 'generate', target, '-c', file, '-o', directory]);
  // The directory is the test's own: daemons that give up root must still reach it.
  await chmod(directory, 0o755);
}

/**
 * Generated files on disk: compared with what is there, and written all or none. Each goes into a
 * temporary file beside its place first; only when all of them are there is any renamed.
 */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { standing } from '../generate/head.ts';
import type { GeneratedFile } from '../generate/target.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { CommandError } from './commandError.ts';
import { fileFaultText } from './fileFault.ts';
import { ownerIds } from './ownerIds.ts';

/** A file with its head. */
export interface WholeFile extends Omit<GeneratedFile, 'content' | 'comment'> {
  readonly text: string;
}

interface Place {
  readonly file: WholeFile;
  /** Where it goes: what a symbolic link points at, not the link. */
  readonly path: string;
  readonly temporary: string;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

export interface Written {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Whom a file should belong to and does not, as `USER:GROUP PATH`. */
  readonly notOwned: readonly string[];
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** What is installed at that place; undefined: nothing. Throws CommandError. */
export function installedText(directory: string, path: string): string | undefined {
  const place = join(directory, path);
  try {
    return readFileSync(place, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new CommandError(`cannot read ${place}: ${fileFaultText(error)}`);
  }
}

/** Throws CommandError, and then nothing has changed. `force`: whatever is in the way. */
export function writeFiles(
  directory: string,
  files: readonly WholeFile[],
  force: boolean,
): Written {
  const changed = files.filter(({ path, text }) => installedText(directory, path) !== text);
  const refusals = force ? [] : changed.flatMap(({ path }) => obstacle(directory, path) ?? []);
  if (refusals.length > 0) throw new CommandError(refusals.join('\n'));
  const places = attempt(directory, () => changed.map((file) => placeOf(directory, file)));
  try {
    attempt(directory, () => {
      for (const place of places) writeTemporary(place);
    });
    attempt(directory, () => {
      for (const { temporary, path } of places) renameSync(temporary, path);
    });
  } finally {
    for (const { temporary } of places) rmSync(temporary, { force: true });
  }
  return {
    written: places.map(({ path }) => path),
    unchanged: files
      .filter((file) => !changed.includes(file))
      .map(({ path }) => join(directory, path)),
    notOwned: places.flatMap(({ file: { owner: wanted }, owner, path }) =>
      wanted && !owner ? [`${wanted.user}:${wanted.group} ${path}`] : [],
    ),
  };
}

function obstacle(directory: string, path: string): string | undefined {
  const text = installedText(directory, path);
  if (text === undefined || standing(text, sha256) === 'ours') return undefined;
  const place = join(directory, path);
  const why =
    standing(text, sha256) === 'edited'
      ? 'was changed by hand since it was written'
      : 'was not written by multihomed';
  return `${place} ${why}; nothing was written; --diff ${directory} shows what would change, --force replaces it`;
}

/** A file that is there keeps its mode, as far as it shows nothing to more people, and its owner. */
function placeOf(directory: string, file: WholeFile): Place {
  const wanted = join(directory, file.path);
  mkdirSync(dirname(wanted), { recursive: true });
  const before = statSync(wanted, { throwIfNoEntry: false });
  const path = before ? realpathSync(wanted) : wanted;
  const root = process.geteuid?.() === 0;
  const owner = before ?? (root && file.owner ? ownerIds(file.owner) : undefined);
  return {
    file,
    path,
    temporary: join(dirname(path), `.${basename(path)}.multihomed-${process.pid}`),
    mode: before ? before.mode & 0o777 & (file.mode | 0o700) : file.mode,
    owner: owner && { uid: owner.uid, gid: owner.gid },
  };
}

function writeTemporary({ file, temporary, mode, owner }: Place): void {
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(descriptor, file.text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (owner && process.geteuid?.() === 0) chownSync(temporary, owner.uid, owner.gid);
  chmodSync(temporary, mode);
}

function attempt<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new CommandError(
      `cannot write to ${directory}: ${errorText(error)}; nothing was changed`,
    );
  }
}

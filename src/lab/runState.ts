/**
 * What a lab has made on this machine, in a file that is written before the thing itself: whoever
 * takes the lab down, now or after a crash, finds all of it there and touches nothing else.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../net/errorText.ts';
import { LabError } from './labError.ts';
import { isAlive, type ProcessId } from './processId.ts';

/** Gone after a reboot, as are the namespaces. */
export const RUN_DIRECTORY = '/run/multihomed-lab';

export interface StartedProgram extends ProcessId {
  readonly node: string;
  readonly name: string;
}

export interface RunState {
  /** Of the lab; also the name of its folder. */
  readonly name: string;
  /** The containerlab file, absolute. */
  readonly file: string;
  /** Who is at it: a command that has not ended. Null: it is up, and stays so. */
  readonly owner: ProcessId | null;
  readonly programs: readonly StartedProgram[];
  /** Folders outside of the lab's own that it had to make. */
  readonly folders: readonly string[];
}

/** The namespace of a node; no name of a lab or a node has a dot in it. */
export function namespaceOf(lab: string, node: string): string {
  return `${namespacePrefix(lab)}${node}`;
}

export function namespacePrefix(lab: string): string {
  return `mhlab.${lab}.`;
}

export function labFolder(root: string, name: string): string {
  return join(root, name);
}

/** Of two commands that begin one lab at a time, one gets it; the other gets a LabError. */
export function claimFolder(root: string, name: string): void {
  mkdirSync(root, { recursive: true, mode: 0o755 });
  try {
    mkdirSync(labFolder(root, name), { mode: 0o755 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new LabError(`another command is at the lab ${name}; \`multihomed lab list\` shows it`);
  }
}

export function writeState(root: string, state: RunState): void {
  const file = join(labFolder(root, state.name), 'state.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file); // whole or not at all
}

/** Undefined: there is no such lab. */
export function readState(root: string, name: string): RunState | undefined {
  try {
    const state: RunState = JSON.parse(readFileSync(join(root, name, 'state.json'), 'utf8'));
    return state;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw new LabError(
      `${join(root, name, 'state.json')} cannot be read; \`ip netns\` shows what of the lab is left, and the folder can be removed by hand`,
    );
  }
}

export function removeState(root: string, name: string): void {
  rmSync(labFolder(root, name), { recursive: true, force: true });
  if (namesIn(root).length === 0) rmSync(root, { recursive: true, force: true });
}

/** Every lab of this machine, by name. */
export function labNames(root: string): readonly string[] {
  return namesIn(root).toSorted();
}

/** Whether a lab other than this one has a folder in its state: it would miss it. */
export function isWanted(root: string, folder: string, except: string): boolean {
  const others = labNames(root).filter((name) => name !== except);
  return others.some((name) => readState(root, name)?.folders.includes(folder));
}

/** Whoever was at it is gone, and nobody will take it down. */
export function isLeftover({ owner }: RunState): boolean {
  return owner !== null && !isAlive(owner);
}

function namesIn(root: string): readonly string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The state file in `state-dir`: written whole beside the old one and put in its place, so that a
 * crash at any moment leaves one or the other. One that cannot be read is set aside, never lost and
 * never fatal; a disk that takes nothing is told once, and announcing goes on.
 */

import { lstat, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, errorText } from '../net/errorText.ts';

const NAME = 'state.json';

export interface StateFileEvents {
  /** It cannot be written; told once, until it can be again. */
  readonly failed: (cause: string) => void;
  /** What was to be written is not on the disk; told each time. */
  readonly lost?: (cause: string) => void;
  /** It is; told each time. */
  readonly saved?: () => void;
  readonly recovered: () => void;
}

export class StateFile {
  readonly #path: string;
  readonly #events: StateFileEvents;
  #failing = false;
  /** What is to be written next. */
  #next: (() => string) | undefined;
  #writing: Promise<void> | undefined;

  constructor(directory: string, events: StateFileEvents) {
    this.#path = join(directory, NAME);
    this.#events = events;
  }

  get path(): string {
    return this.#path;
  }

  /** Undefined: there is none yet. Throws what the system says. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Whether there is none that writing would replace. Throws what the system says. */
  async isFree(): Promise<boolean> {
    try {
      await lstat(this.#path);
      return false;
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  }

  /** Moves a file that is no good out of the way; returns where it is. Throws what the system says. */
  async setAside(now: number): Promise<string> {
    const aside = `${this.#path}.unreadable-${new Date(now).toISOString().replaceAll(':', '')}`;
    await rename(this.#path, aside);
    return aside;
  }

  /**
   * Writes what `text` gives once it is the turn; of several that wait the last one alone. Resolves
   * when it is on the disk, or could not be written.
   */
  save(text: () => string): Promise<void> {
    this.#next = text;
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  /** Resolves when nothing is being written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let text = this.#next; text; text = this.#next) {
      this.#next = undefined;
      await this.#write(text());
    }
    this.#writing = undefined;
  }

  async #write(text: string): Promise<void> {
    try {
      await replaceFile(this.#path, text);
      if (this.#failing) this.#events.recovered();
      this.#failing = false;
      this.#events.saved?.();
    } catch (error) {
      const cause = errorText(error);
      if (!this.#failing) this.#events.failed(cause);
      this.#failing = true;
      this.#events.lost?.(cause);
    }
  }
}

function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The old file, or the new one whole: also after the power went. */
async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const parent = await open(directory, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/**
 * What the announcer remembers, across restarts where the file names a `state-dir`. What goes wrong
 * with the file is told as an event; announcing goes on with what is known.
 */

import { initialState, type State } from '../announcer/state.ts';
import { formatState, parseState } from '../announcer/stateText.ts';
import { StateFault } from '../announcer/storedState.ts';
import type { Config } from '../config/config.ts';
import { errorText } from '../net/errorText.ts';
import type { MemoryEvent } from './events.ts';
import { StateFile } from './stateFile.ts';

export class Memory {
  readonly #now: () => number;
  readonly #wall: () => number;
  readonly #onEvent: (event: MemoryEvent) => void;
  #directory: string | undefined;
  #file: StateFile | undefined;
  #saved: State | undefined;
  #unsaved: string | undefined;
  /** There is one that could neither be read nor moved away: it is not written over. */
  #blocked = false;

  /** `now` goes by a clock that does not jump; `wall`: what the wall clock says. */
  constructor(now: () => number, wall: () => number, onEvent: (event: MemoryEvent) => void) {
    this.#now = now;
    this.#wall = wall;
    this.#onEvent = onEvent;
  }

  /** Why a restart now would not know what was kept last; undefined: it would, or nothing is kept. */
  get unsaved(): string | undefined {
    return this.#unsaved;
  }

  /** `restarted`: see `parseState`. */
  async load(config: Config, restarted = false): Promise<State> {
    this.configure(config);
    const file = this.#file;
    if (!file) return initialState(config);
    try {
      const text = await file.read();
      if (text === undefined) return initialState(config);
      return parseState(text, config, this.#now(), restarted);
    } catch (error) {
      await this.#setAside(file, error);
      return initialState(config);
    }
  }

  /**
   * Why `configure` would lose something: another `state-dir` has a state file already, of another
   * daemon's or of an earlier run, that would be written over. Undefined: it would not.
   */
  async obstacle({ stateDir }: Config): Promise<string | undefined> {
    if (stateDir === undefined || stateDir === this.#directory) return undefined;
    const file = this.#fileIn(stateDir);
    const found = await file.isFree().then(
      (isFree) => (isFree ? undefined : 'is there already'),
      (error: unknown) => `cannot be looked for: ${errorText(error)}`,
    );
    if (found === undefined) return undefined;
    const mend = 'restart the daemon to go on with what it holds, or move it away and reload';
    return `state-dir: ${file.path} ${found}, and what is remembered would be written over it; ${mend}`;
  }

  /** Another `state-dir` is written to from the next change on. */
  configure({ stateDir }: Config): void {
    if (stateDir === this.#directory) return;
    this.#directory = stateDir;
    this.#saved = undefined;
    this.#unsaved = undefined;
    this.#blocked = false;
    this.#file = stateDir === undefined ? undefined : this.#fileIn(stateDir);
  }

  /** Resolves when it is on the disk, or cannot be. `stopped`: see `formatState`. */
  async keep(state: State, stopped: boolean): Promise<void> {
    if (!this.#file || this.#blocked) return;
    if (!stopped && this.#isSaved(state)) return this.#file.written();
    this.#saved = state;
    await this.#file.save(() => formatState(state, stopped, this.#now(), this.#wall()));
  }

  #fileIn(directory: string): StateFile {
    return new StateFile(directory, {
      failed: (cause) => this.#onEvent({ type: 'StateUnsaved', at: this.#wall(), cause }),
      lost: (cause) => {
        this.#unsaved = cause;
        // Or what is asked to be kept next, and has not changed, would not be written.
        this.#saved = undefined;
      },
      saved: () => {
        this.#unsaved = undefined;
      },
      recovered: () => this.#onEvent({ type: 'StateSavedAgain', at: this.#wall() }),
    });
  }

  #isSaved({ groups, orders, drains, undone }: State): boolean {
    const saved = this.#saved;
    if (saved?.orders !== orders || saved.drains !== drains || saved.undone !== undone)
      return false;
    return (
      saved.groups.length === groups.length && saved.groups.every((group, i) => group === groups[i])
    );
  }

  async #setAside(file: StateFile, error: unknown): Promise<void> {
    const isRead = error instanceof StateFault;
    const cause = isRead ? error.message : errorText(error);
    const at = this.#wall();
    const aside = await file.setAside(at).catch(() => undefined);
    this.#onEvent({ type: 'StateSetAside', at, file: file.path, aside, cause, isRead });
    if (aside !== undefined) return;
    this.#blocked = true;
    this.#unsaved = `${file.path} cannot be used, nor moved away: ${cause}`;
  }
}

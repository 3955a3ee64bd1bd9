/**
 * What the daemon runs on, and how it comes to run on something else: the file read again, one
 * reload after the other, and back again when a configuration on trial is not confirmed.
 */

import { formatListen } from '../config/addressFields.ts';
import type { Config } from '../config/config.ts';
import type { Problem } from '../config/problem.ts';
import { isoTime } from '../control/isoTime.ts';
import type { AwaitedConfirmation, ReloadResult } from '../control/port.ts';
import { errorText } from '../net/errorText.ts';
import type { Clock } from '../session/clock.ts';
import { ListenError } from '../speaker/listener.ts';
import type { Keys } from '../speaker/speaker.ts';
import type { Announcing } from './announcing.ts';
import { type LoadedFile, loadFileToRun } from './configFile.ts';
import { Confirmation } from './confirmation.ts';
import type { Say } from './log.ts';
import type { ServiceNotify } from './serviceNotify.ts';

/** What the daemon runs on. */
export interface Running {
  readonly config: Config;
  readonly keys: Keys;
  /** Of BFD, by neighbour name. */
  readonly bfdKeys: Keys;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
}

export interface ReloadingOptions {
  readonly file: string;
  readonly running: Running;
  readonly announcing: Pick<Announcing, 'obstacle' | 'reconfigure'>;
  readonly clock: Clock;
  readonly service: Pick<ServiceNotify, 'reloading' | 'ready'>;
  /** How many of them are up, for the service manager. */
  readonly sessions: () => string;
  /** What is to be in place before anything of it is announced. Never rejects. */
  readonly prepare: (config: Config) => Promise<void>;
  /** Another configuration is in force. Returns a line for each further difference. */
  readonly onLoaded: (running: Running, before: Running) => readonly string[];
  readonly warn: (problem: Problem) => void;
  readonly say: Say;
}

const BEING_STOPPED = 'the daemon is being stopped';
/** When to go back to the old configuration could not be had: tried again after so long, in ms. */
const GO_BACK_AGAIN = 10_000;

export class Reloading {
  readonly #options: ReloadingOptions;
  readonly #confirmation: Confirmation<Running>;
  #turn: Promise<unknown> = Promise.resolve();
  #stopping = false;
  running: Running;

  constructor(options: ReloadingOptions) {
    this.#options = options;
    this.running = options.running;
    this.#confirmation = new Confirmation(options.clock, () => this.#goBack());
  }

  /** Nothing is reloaded before. */
  after(starting: Promise<unknown>): void {
    this.#turn = starting;
  }

  /** From now on every reload is refused, and nothing goes back. */
  stop(): void {
    this.#stopping = true;
    this.#confirmation.confirm();
  }

  /** As `ControlPort` has it. */
  reload(within?: number): Promise<ReloadResult> {
    return this.#inTurn(() => this.#reloadTold(within));
  }

  /** False: nothing was awaited. */
  confirm(): boolean {
    const awaited = this.#confirmation.confirm();
    if (awaited) this.#options.say('info', 'confirmed', 'confirmed: the configuration stays');
    return awaited;
  }

  /** One at a time: two changed files must not be applied in the other order. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #reloadTold(within: number | undefined): Promise<ReloadResult> {
    const { service, sessions } = this.#options;
    if (!this.#stopping) service.reloading();
    try {
      return await this.#reloadNow(within);
    } finally {
      if (!this.#stopping) service.ready(sessions());
    }
  }

  async #reloadNow(within: number | undefined): Promise<ReloadResult> {
    if (this.#stopping) return this.#refuseReload(BEING_STOPPED, []);
    const loaded = await loadFileToRun(this.#options.file).catch(unreadable);
    if (!loaded.ok) return this.#refuseReload(loaded.failure, loaded.problems);
    // Going back needs no such question: where it goes was ours.
    const obstacle = await this.#options.announcing.obstacle(loaded.config);
    if (obstacle !== undefined) return this.#refuseReload(obstacle, []);
    const before = this.running;
    try {
      const changes = await this.#load(loaded);
      if (!changes) return this.#refuseReload(BEING_STOPPED, []);
      this.#options.say('info', 'reloaded', `reloaded: ${changes.join('; ') || 'nothing changed'}`);
      for (const warning of loaded.warnings) this.#options.warn(warning);
      const confirmation = this.#awaitConfirmation(before, within);
      return { ok: true, changes, warnings: loaded.warnings, confirmation };
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      return this.#refuseReload(error.message, []);
    }
  }

  #refuseReload(failure: string, problems: readonly Problem[]): ReloadResult {
    const event = 'reload-failed';
    // One line a problem; the answer to whoever asked has them with the lines of the file.
    for (const { line, column, path, cause, mend } of problems) {
      const place = `${this.#options.file}:${line}:${column}`;
      this.#options.say('error', event, `not reloaded: ${place}: ${path}: ${cause}; ${mend}`);
    }
    if (problems.length === 0) this.#options.say('error', event, `not reloaded: ${failure}`);
    this.#options.say('info', event, 'the running configuration was kept');
    return { ok: false, failure, problems };
  }

  /**
   * Throws ListenError, and then nothing has changed. Returns a line for each difference; undefined: a
   * stop has overtaken it.
   */
  async #load(next: Omit<Running, 'loadedAt'>): Promise<readonly string[] | undefined> {
    const { config, keys, bfdKeys } = next;
    const before = this.running;
    // What is new is announced when its anchor is there; what goes does so after its withdrawal.
    await this.#options.prepare(config);
    if (this.#stopping) return undefined;
    const changed = await this.#options.announcing.reconfigure(config, keys);
    this.running = { config, keys, bfdKeys, loadedAt: this.#options.clock.wall() };
    const atRestart = controlKey(before.config) !== controlKey(config);
    const later = 'control: changed, takes effect at the next start';
    const others = this.#options.onLoaded(this.running, before);
    return [...changed, ...others, ...(atRestart ? [later] : [])];
  }

  /** Whoever loads a file without asking for a confirmation means it to stay. */
  #awaitConfirmation(before: Running, within: number | undefined): AwaitedConfirmation | null {
    if (within === undefined) {
      this.confirm();
      return null;
    }
    const backTo = isoTime(this.#confirmation.await(before, within).loadedAt);
    const until = isoTime(this.#options.clock.wall() + within);
    this.#options.say(
      'warn',
      'confirmation-awaited',
      `to be confirmed until ${until}; else back to the configuration that was loaded at ${backTo}`,
    );
    return { until, backTo };
  }

  #goBack(): void {
    const back = this.#inTurn(async () => {
      const running = this.#stopping ? undefined : this.#confirmation.take();
      if (running) await this.#goBackTo(running);
    });
    back.catch((error: unknown) => {
      this.#options.say('error', 'went-back', `going back failed: ${errorText(error)}`);
    });
  }

  async #goBackTo(running: Running): Promise<void> {
    const event = 'went-back';
    try {
      const changes = await this.#load(running);
      if (!changes) return;
      const what = `the configuration that was loaded at ${isoTime(running.loadedAt)}`;
      const told = `not confirmed in time: back to ${what}: ${changes.join('; ') || 'nothing changed'}`;
      const file = `${this.#options.file} still has the other one: mend it before the next reload or restart`;
      this.#options.say('warn', event, `${told}; ${file}`);
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      this.#confirmation.await(running, GO_BACK_AGAIN);
      this.#options.say(
        'error',
        event,
        `not confirmed in time, and cannot go back yet: ${error.message}`,
      );
    }
  }
}

/** A bug of ours that a file brought to light must not end the daemon that ran well without it. */
function unreadable(error: unknown): LoadedFile {
  const cause = String(error).replaceAll(/\s*\n\s*/g, ' ');
  const failure = `reading the file should not have failed like this: ${cause}; please report it, with the file`;
  return { ok: false, failure, problems: [] };
}

function controlKey({ control }: Config): string {
  const { socket, mode, http } = control;
  return `${socket} ${mode} ${http ? formatListen(http) : 'none'}`;
}

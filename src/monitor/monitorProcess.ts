/**
 * A child `ip -o monitor`, kept alive: one that ends is started again, ever later while that does
 * not help.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { errorText } from '../net/errorText.ts';
import type { Clock } from '../session/clock.ts';
import { ipEnvironment, startFault } from './ipCommand.ts';

export interface MonitorListener {
  /** A child is there. What happened before went unseen. */
  readonly onStart: () => void;
  /** A line of its output. */
  readonly onLine: (line: string) => void;
  /** It complained, of lost reports mostly: what was seen may be incomplete. */
  readonly onComplaint: () => void;
  /** Told once for all failures until the recovery. */
  readonly onFailure: (cause: string) => void;
  /** After a failure, a child has lasted. */
  readonly onRecovery: () => void;
}

/** `objects`: what it reports on, as `link`, `address`, `route`. */
export function monitorCommand(...objects: readonly string[]): readonly string[] {
  return ['ip', '-o', 'monitor', ...objects];
}

/**
 * A monitor finds out that nobody reads any more only when it next writes. If the daemon is killed
 * outright, this has the kernel end the monitor with it; the shell sees to a daemon that was killed
 * before the kernel had been told.
 */
const GUARD: readonly string[] = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['sh', '-c', 'test "$PPID" = "$0" && exec "$@"', String(process.pid)],
];

/** Until the first new start, in ms; doubled for each that fails. */
const FIRST_RETRY = 100;
const LAST_RETRY = 30_000;
/** A child that lives this long is well, in ms. */
const STEADY = 5000;

export class MonitorProcess {
  readonly #listener: MonitorListener;
  readonly #after: Clock['after'];
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;
  #guarded = true;
  /** Whether a guarded child has ever lasted. */
  #guardWorks = false;
  #failed = false;
  #retry = FIRST_RETRY;
  #complaint = '';
  /** The pending start, or the wait until the child counts as well. */
  #cancelTimer: () => void = () => {};

  constructor(listener: MonitorListener, after: Clock['after'], command: readonly string[]) {
    this.#listener = listener;
    this.#after = after;
    this.#command = command;
  }

  /** Of the child; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#complaint = '';
    const [command = '', ...argv] = [...(this.#guarded ? GUARD : []), ...this.#command];
    let child: ChildProcess;
    try {
      // In a session of its own, or a Ctrl-C on the terminal would end it while we are stopping.
      child = spawn(command, argv, {
        detached: true,
        env: ipEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      // For want of memory or descriptors.
      this.#fail(errorText(error));
      return;
    }
    this.#child = child;
    this.#listen(child);
    this.#cancelTimer = this.#after(STEADY, () => this.#beWell());
  }

  stop(): void {
    this.#cancelTimer();
    const child = this.#child;
    this.#child = undefined;
    child?.stdout?.destroy();
    child?.stderr?.destroy();
    child?.kill('SIGKILL');
  }

  /** Whatever a child that was let go still says is not heard. */
  #listen(child: ChildProcess): void {
    const current = () => this.#child === child;
    child.once('spawn', () => current() && this.#listener.onStart());
    child.on('error', (error) => current() && this.#end(spawnFailure(error)));
    child.once('close', (code, signal) => {
      if (current()) this.#end(exitText(code, signal, this.#complaint), code);
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('error', () => {}); // `close` follows
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (current()) this.#listener.onLine(line);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = text.trim().split('\n').at(-1) ?? '';
      if (current()) this.#listener.onComplaint();
    });
  }

  /** `code`: of an exit; null or undefined: a signal, or the program could not be run. */
  #end(cause: string, code?: number | null): void {
    this.#cancelTimer();
    this.stop();
    // No setpriv, or one that does not know the option: what is wrong with `ip` itself shows then.
    if (this.#guarded && !this.#guardWorks && code !== null) {
      this.#guarded = false;
      this.start();
    } else {
      this.#fail(cause);
    }
  }

  #fail(cause: string): void {
    this.#cancelTimer = this.#after(this.#retry, () => this.start());
    this.#retry = Math.min(LAST_RETRY, this.#retry * 2);
    if (this.#failed) return;
    this.#failed = true;
    this.#listener.onFailure(cause);
  }

  #beWell(): void {
    this.#retry = FIRST_RETRY;
    this.#guardWorks ||= this.#guarded;
    if (!this.#failed) return;
    this.#failed = false;
    this.#listener.onRecovery();
  }
}

function spawnFailure(error: Error): string {
  const why = startFault('ip', error);
  return why === error.message ? `\`ip monitor\` could not be started: ${why}` : why;
}

function exitText(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  if (signal) return `\`ip monitor\` was ended by ${signal}`;
  // BusyBox has an `ip`, too, and it does not know -o monitor.
  const mend = complaint.includes('BusyBox') ? '; install iproute2' : '';
  return `\`ip monitor\` ended with code ${code}${complaint && `: ${complaint}`}${mend}`;
}

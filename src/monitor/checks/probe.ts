/** What all probes have in common: one look at one thing, and what came of it. */

import { errorCode, errorText } from '../../net/errorText.ts';
import { plainLine } from '../../net/plainText.ts';

export interface Outcome {
  readonly ok: boolean;
  /** What was found, one line for people: `200 OK`, `connection refused`. */
  readonly detail: string;
}

/** When a probe has to end. What an AbortController does, for what comes hundreds of times a second. */
export class TimeLimit {
  #over = false;
  /** The one who listens. */
  #onOver: (() => void) | undefined;

  get over(): boolean {
    return this.#over;
  }

  /** Calls `end` once, when the time is over from now on; undefined: nobody listens any more. */
  listen(end: (() => void) | undefined): void {
    this.#onOver = end;
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver?.();
  }
}

export interface ProbeRun {
  /** Over when the time is: what comes after that is not used. */
  readonly limit: TimeLimit;
  /** Says what is being waited for, for when the time is over. */
  readonly stage: (doing: string) => void;
}

/**
 * Resolves when all that it opened is closed, soon after an abort too. Rejects only where it could
 * not look at all for a fault of ours: then nothing was found, good or bad.
 */
export type Probe = (run: ProbeRun) => Promise<Outcome>;

export function passed(detail: string): Outcome {
  return { ok: true, detail };
}

export function failed(detail: string): Outcome {
  return { ok: false, detail };
}

/** In characters; what is longer is cut. */
const MAX_DETAIL = 200;

/** Text of others as (a part of) a detail: one line, nothing in it that acts on a terminal. */
export function shownText(text: string): string {
  const line = plainLine(text.trim());
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
}

const WORDS = new Map(
  Object.entries({
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    EPIPE: 'connection closed by the other side',
    ETIMEDOUT: 'no answer',
    EHOSTUNREACH: 'host unreachable',
    ENETUNREACH: 'network unreachable: this machine has no route there',
    EADDRNOTAVAIL: 'the source is not an address of this machine',
    EACCES: 'permission denied by the kernel or a firewall',
    EPERM: 'permission denied by the kernel or a firewall',
    EMFILE: 'this daemon is out of file descriptors',
    ENFILE: 'this machine is out of file descriptors',
  }),
);

export function faultText(error: unknown): string {
  return WORDS.get(errorCode(error) ?? '') ?? shownText(errorText(error));
}

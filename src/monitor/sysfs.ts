/**
 * Reads files of `/sys/class/net` that may hang: the kernel answers some only under a lock, which a
 * driver in trouble can hold for minutes. A read that hangs keeps one of the four threads that
 * serve all files of the process, so reads take turns, none is waited for long, one that hangs is
 * not tried again, and two that hang are enough.
 */

import { readFile } from 'node:fs/promises';
import { errorCode } from '../net/errorText.ts';
import { type Clock, systemClock } from '../session/clock.ts';

export const SYSFS = '/sys/class/net';

export interface Attribute {
  readonly content?: string;
  /** The system's name of it; ETIMEDOUT: the file said nothing. */
  readonly error?: string;
}

export interface SysfsOptions {
  readonly after?: Clock['after'];
  readonly read?: (path: string) => Promise<string>;
}

/** How long a read is waited for, in ms; it takes a tenth of one. */
const LIMIT = 250;
const MOST_HANGING = 2;

export class Sysfs {
  readonly #after: Clock['after'];
  readonly #read: (path: string) => Promise<string>;
  /** Paths of the reads that have not ended. */
  readonly #hanging = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ after = systemClock.after, read = readText }: SysfsOptions = {}) {
    this.#after = after;
    this.#read = read;
  }

  /** One attribute of an interface, by its name proper. Never rejects, nor waits for long. */
  attribute(device: string, name: string): Promise<Attribute> {
    if (!isDeviceName(device)) return Promise.resolve({ error: 'ENOENT' });
    const reading = this.#turn.then(() => this.#readInTime(`${SYSFS}/${device}/${name}`));
    this.#turn = reading;
    return reading;
  }

  #readInTime(path: string): Promise<Attribute> {
    if (this.#hanging.has(path) || this.#hanging.size >= MOST_HANGING) {
      return Promise.resolve({ error: 'ETIMEDOUT' });
    }
    this.#hanging.add(path);
    const reading = this.#read(path).then((content) => ({ content }), failed);
    return new Promise((resolve) => {
      const cancel = this.#after(LIMIT, () => resolve({ error: 'ETIMEDOUT' }));
      void reading.then((attribute) => {
        cancel();
        this.#hanging.delete(path);
        resolve(attribute);
      });
    });
  }
}

/** What the kernel lets an interface be called; anything else would be a path of its own. */
export function isDeviceName(text: string): boolean {
  return !['', '.', '..'].includes(text) && !/[/:\s\0]/.test(text);
}

/** Any other error says something about us, not about the interface. */
export function isGone(code: string | undefined): boolean {
  return code === 'ENOENT' || code === 'ENODEV';
}

function failed(error: unknown): Attribute {
  return { error: errorCode(error) ?? 'EIO' };
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

/**
 * The files of the black box: `record-000001.jsonl` and so on, one after the other, each written from
 * its begin to its end and never changed. What a crash cuts off is the end of the last line.
 *
 * Lines are taken at once and written when the turn is over. Where that fails, nothing more is taken
 * until a new file is begun: a file with a hole would tell another story than what happened.
 */

import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordConfig } from '../config/config.ts';
import { errorText } from '../net/errorText.ts';

const NAME = /^record-(\d{6,12})\.jsonl$/;
/** Octets that may wait for a disk that does not answer. */
const MOST_WAITING = 64 * 1024 * 1024;

export interface RecordFile {
  readonly path: string;
  readonly number: number;
  readonly length: number;
}

/** Those that are there, the oldest first. Throws what the system says. */
export async function recordFiles(directory: string): Promise<readonly RecordFile[]> {
  const names = await readdir(directory);
  const found = names.flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [{ path: join(directory, name), number: Number(number) }];
  });
  const files = await Promise.all(
    found.map(async (file) => ({ ...file, length: (await stat(file.path)).size })),
  );
  return files.sort((a, b) => a.number - b.number);
}

export interface RecordWriterEvents {
  readonly failed: (cause: string) => void;
  /** A file was begun, and its begin is written. */
  readonly begun: () => void;
}

export class RecordWriter {
  readonly #config: RecordConfig;
  readonly #events: RecordWriterEvents;
  #file: FileHandle | undefined;
  /** What is to be written next; undefined among them: into a new file. */
  #waiting: (string | undefined)[] = [];
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #broken = false;
  /** Octets that the current file has, or will have. */
  #length = 0;

  constructor(config: RecordConfig, events: RecordWriterEvents) {
    this.#config = config;
    this.#events = events;
  }

  get length(): number {
    return this.#length;
  }

  /** Nothing is taken until the next `begin`. */
  get broken(): boolean {
    return this.#broken;
  }

  /** What follows goes into a new file. */
  begin(): void {
    this.#broken = false;
    this.#length = 0;
    this.#take(undefined);
  }

  append(text: string): void {
    if (this.#broken) return;
    this.#length += text.length;
    this.#waitingLength += text.length;
    this.#take(text);
    if (this.#waitingLength > MOST_WAITING) this.#fail('the disk does not take what is written');
  }

  /** Resolves when everything is on the disk, or cannot be. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.sync().catch(() => {});
    await this.#closeFile();
  }

  /** Resolves when nothing waits to be written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  #take(text: string | undefined): void {
    this.#waiting.push(text);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // The rest of the turn belongs to the same write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      try {
        await this.#writeSome();
      } catch (error) {
        this.#fail(errorText(error));
        await this.#closeFile();
      }
    }
  }

  async #writeSome(): Promise<void> {
    const begins = this.#waiting[0] === undefined;
    if (begins) this.#waiting.shift();
    const next = this.#waiting.indexOf(undefined);
    const texts = this.#waiting.splice(0, next < 0 ? this.#waiting.length : next);
    const text = texts.join('');
    this.#waitingLength -= text.length;
    if (!begins) return this.#file?.appendFile(text);
    const path = await this.#open();
    try {
      await this.#file?.appendFile(text);
    } catch (error) {
      // Nobody can read what has no begin, and on a full disk it is tried again and again.
      await rm(path, { force: true });
      throw error;
    }
    this.#events.begun();
  }

  async #open(): Promise<string> {
    await this.#closeFile();
    const { dir } = this.#config;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const files = await recordFiles(dir);
    const number = (files.at(-1)?.number ?? 0) + 1;
    await this.#prune(files);
    const path = join(dir, `record-${String(number).padStart(6, '0')}.jsonl`);
    this.#file = await open(path, 'ax', 0o600);
    return path;
  }

  /** Makes room for one more. */
  async #prune(files: readonly RecordFile[]): Promise<void> {
    const { keep, maxSize } = this.#config;
    let room = (keep - 1) * maxSize;
    for (const { path, length } of files.toReversed()) {
      room -= length;
      if (room < 0) await rm(path, { force: true });
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  /** A file that was asked for meanwhile is none: its begin is not this one's end. */
  #fail(cause: string): void {
    this.#waiting = [];
    this.#waitingLength = 0;
    if (this.#broken) return;
    this.#broken = true;
    this.#events.failed(cause);
  }
}

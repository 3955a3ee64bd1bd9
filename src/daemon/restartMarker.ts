/**
 * The file in `state-dir` that tells the next process that this one was there, and went without
 * taking leave: neighbours that keep routes through a restart (RFC 4724) may still hold ours. It is
 * there from the start on, so that a crash leaves it, and goes when everything is withdrawn.
 */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, neighboursOf } from '../config/config.ts';
import type { Restarted } from '../session/restartOffer.ts';

const NAME = 'restart.json';
/** Another one after each boot of the machine. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export class RestartMarker {
  readonly #bootIdFile: string;
  /** Where it is now. */
  #directory: string | undefined;

  constructor(bootIdFile = BOOT_ID) {
    this.#bootIdFile = bootIdFile;
  }

  /** What it says of the process before; to be asked before `follow`. Undefined: nothing. */
  async read(config: Config): Promise<Restarted | undefined> {
    const directory = directoryFor(config);
    if (directory === undefined) return undefined;
    const text = await readFile(join(directory, NAME), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    // Where the machine has started anew nothing was forwarded in between.
    return { forwarding: text === markerText(await this.#bootId()) };
  }

  /** Puts it where the configuration wants it, or nowhere. Throws what the file system says. */
  async follow(config: Config): Promise<void> {
    const directory = directoryFor(config);
    if (directory === this.#directory) return;
    await this.remove();
    if (directory === undefined) return;
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const file = join(directory, NAME);
    await writeFile(`${file}.new`, markerText(await this.#bootId()));
    await rename(`${file}.new`, file);
    this.#directory = directory;
  }

  /** Nobody holds anything of ours any more. */
  async remove(): Promise<void> {
    const directory = this.#directory;
    this.#directory = undefined;
    if (directory !== undefined) await rm(join(directory, NAME), { force: true });
  }

  async #bootId(): Promise<string> {
    return readFile(this.#bootIdFile, 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
  }
}

/** Undefined: nobody is asked to keep our routes, or there is no place for it. */
function directoryFor(config: Config): string | undefined {
  const isKept = neighboursOf(config).some(({ gracefulRestart }) => gracefulRestart === 'both');
  return isKept ? config.stateDir : undefined;
}

function markerText(boot: string): string {
  return `${JSON.stringify({ boot })}\n`;
}

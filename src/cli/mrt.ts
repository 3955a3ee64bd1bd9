/**
 * `multihomed mrt FILE`: what neighbours sent, as MRT (RFC 6396), for bgpdump and its like. The file is
 * there whole or not at all; `-` is standard output.
 */

import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { daemonClient } from './daemonClient.ts';
import { fileFaultText } from './fileFault.ts';
import type { Terminal } from './terminal.ts';

/** Throws ControlError, FileError or CommandError. Returns the exit code. */
export async function runMrt(
  { file, config }: Extract<Command, { name: 'mrt' }>,
  terminal: Terminal,
): Promise<number> {
  const client = await daemonClient(config);
  if (file === '-') {
    for await (const octets of client.mrt()) {
      terminal.octets(octets);
      await terminal.drained();
    }
    return 0;
  }
  const part = `${file}.part`;
  try {
    const length = await save(client.mrt(), part);
    await rename(part, file).catch((error: unknown) => {
      throw cannotWrite(file, error);
    });
    terminal.stderr(`${file}: ${length} octets\n`);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return 0;
}

/** Returns how many octets there were. */
async function save(records: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  let length = 0;
  const stream = createWriteStream(path);
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', (error) => reject(cannotWrite(path, error)));
  });
  // Thrown by whoever waits then.
  failed.catch(() => {});
  for await (const octets of records) {
    length += octets.length;
    if (!stream.write(octets)) await Promise.race([failed, drained(stream)]);
  }
  await Promise.race([failed, ended(stream)]);
  return length;
}

function drained(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => stream.once('drain', () => resolve()));
}

function ended(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => stream.end(() => resolve()));
}

function cannotWrite(path: string, error: unknown): CommandError {
  return new CommandError(`cannot write ${path}: ${fileFaultText(error)}; name another file`);
}

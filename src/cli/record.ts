/** `multihomed record`: the files of the black box, the oldest first. It asks no daemon. */

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { isoTime } from '../control/isoTime.ts';
import { readConfigFile } from '../daemon/configFile.ts';
import { type RecordFile, recordFiles } from '../daemon/recordFile.ts';
import { errorCode } from '../net/errorText.ts';
import { readLine } from '../record/line.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { configPath } from './configPath.ts';
import { fileFaultText } from './fileFault.ts';
import { jsonText } from './json.ts';
import { type Cell, formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Listed {
  readonly file: string;
  readonly octets: number;
  /** Of the program; null: it does not begin as a record does. */
  readonly version: string | null;
  readonly begin: string | null;
}

/** Throws CommandError or FileError. Returns the exit code. */
export async function runRecord(
  { config: named, json }: Extract<Command, { name: 'record' }>,
  terminal: Terminal,
): Promise<number> {
  const file = configPath(named);
  const read = await readConfigFile(file);
  if (!read.ok) {
    terminal.stderr(`${read.failure}\n`);
    return 1;
  }
  const { record } = read.config;
  if (!record) {
    throw new CommandError(
      `${file} has no black box: add record: { dir: /var/lib/multihomed/record }`,
    );
  }
  const listed = await Promise.all((await filesIn(record.dir)).map(listedOf));
  terminal.stdout(
    json
      ? jsonText({ directory: record.dir, files: listed })
      : listText(record.dir, listed, terminal),
  );
  return 0;
}

async function filesIn(directory: string): Promise<readonly RecordFile[]> {
  try {
    return await recordFiles(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new CommandError(`cannot read ${directory}: ${fileFaultText(error)}`);
  }
}

/** The first line says enough, and is short. */
const FIRST_LINE = 4096;

async function listedOf({ path, length }: RecordFile): Promise<Listed> {
  let text = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', end: FIRST_LINE - 1 })) {
    text += String(chunk);
  }
  const line = readLine(text.slice(0, Math.max(0, text.indexOf('\n'))));
  const begin = line?.do === 'begin' ? line : undefined;
  return {
    file: path,
    octets: length,
    version: begin?.version ?? null,
    begin: begin ? isoTime(begin.at) : null,
  };
}

function listText(directory: string, listed: readonly Listed[], terminal: Terminal): string {
  if (listed.length === 0) return `nothing is in ${directory} yet\n`;
  const rows = listed.map(({ file, octets, version, begin }): readonly Cell[] => {
    return [begin ?? 'cannot be read', String(octets), version ?? '-', basename(file)];
  });
  const lines = formatTable(['BEGINS', 'OCTETS', 'VERSION', 'FILE'], rows, terminal);
  return `In ${directory}:\n${lines.join('\n')}\n`;
}

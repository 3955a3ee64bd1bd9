/**
 * `multihomed import quagga|frr FILE`: an existing configuration in this file's form, and line by
 * line what could not be carried over. It looks at the file and at nothing else.
 */

import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Imported, importConfig } from '../import/importConfig.ts';
import type { Note } from '../import/note.ts';
import { errorCode } from '../net/errorText.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { fileFaultText } from './fileFault.ts';
import { jsonText } from './json.ts';
import type { Terminal } from './terminal.ts';

type Options = Extract<Command, { name: 'import' }>;

/** In octets. */
const MAX_FILE = 32_000_000;

/** Throws CommandError. Returns the exit code: 1 when no file could be made, or --strict asks for all. */
export function runImport(options: Options, terminal: Terminal): number {
  const { dialect, file, routerId, json, output, strict } = options;
  const imported = importConfig(textOf(file), { dialect, routerId, name: basename(file) });
  if (json) terminal.stdout(jsonText(imported));
  else tell(imported, file, terminal);
  if (!imported.ok) return 1;
  if (strict && imported.notes.some(({ kind }) => kind === 'lost')) {
    const text = 'not everything could be carried over, and --strict asks for that';
    terminal.stderr(`multihomed: ${text}; nothing was written\n`);
    return 1;
  }
  if (output !== undefined) write(output, imported.yaml, options.force);
  else if (!json) terminal.stdout(imported.yaml);
  return 0;
}

/** Old configurations are not always UTF-8, and what is not ASCII in them is comments and names. */
function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE) throw new CommandError(`${file} has ${size} octets: no configuration has`);
    const octets = readFileSync(file);
    const text = octets.toString('utf8');
    return text.includes('\ufffd') ? octets.toString('latin1') : text;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot read ${file}: ${fileFaultText(error)}`);
  }
}

const KINDS: Readonly<Record<Note['kind'], string>> = {
  lost: 'not carried over',
  changed: 'carried over, with a change',
  todo: 'to be done',
};

function tell(imported: Imported, file: string, { stderr }: Terminal): void {
  for (const { line, text, kind, means } of imported.notes) {
    stderr(`${file}:${line}: ${KINDS[kind]}: ${text}\n  so: ${means}\n`);
  }
  if (imported.ok) {
    stderr(summary(imported, file));
    return;
  }
  for (const { path, cause, mend } of imported.problems) {
    stderr(`the file that would come of it: ${path}: ${cause}; ${mend}\n`);
  }
  stderr(`multihomed: nothing could be made of ${file}: ${imported.failure}\n`);
}

function summary({ notes, needlessLines }: Extract<Imported, { ok: true }>, file: string): string {
  const count = (kind: Note['kind']) => notes.filter((note) => note.kind === kind).length;
  const parts = [
    `not carried over: ${count('lost')}`,
    `with a change: ${count('changed')}`,
    `to be done: ${count('todo')}`,
    `nothing to do with announcing: ${needlessLines.length}`,
  ];
  return `${file}: ${parts.join('; ')}; read the result and run \`multihomed check\`\n`;
}

function write(path: string, text: string, force: boolean): void {
  try {
    const descriptor = openSync(path, force ? 'w' : 'wx', 0o640);
    try {
      writeFileSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const there = errorCode(error) === 'EEXIST';
    const cause = there ? 'it is there already; --force replaces it' : fileFaultText(error);
    throw new CommandError(`cannot write ${path}: ${cause}`);
  }
}

#!/usr/bin/env node
/**
 * The entry. It imports next to nothing itself: `run` has to reach its first OPEN before a reader
 * notices that it started. Exit codes: 0 fine, 1 a problem found, 2 wrong usage.
 */

import packageJson from '../../package.json' with { type: 'json' };
import { execute } from './execute.ts';
import { failureText } from './failure.ts';
import { runShortcut } from './runShortcut.ts';

const { version } = packageJson;

async function main(argv: readonly string[]): Promise<number> {
  const shortcut = runShortcut(argv);
  if (shortcut) return execute(shortcut, version);
  process.stdout.on('error', onOutputError);
  if (argv[0] === 'show') {
    const { showPlain } = await import('./showAny.ts');
    const code = await showPlain(argv);
    if (code !== undefined) return code;
  }
  const { parseCommandLine } = await import('./commandLine.ts');
  const { widthOf } = await import('./terminal.ts');
  const { isTTY, columns } = process.stdout;
  const line = await parseCommandLine(argv, version, isTTY ? Math.min(80, widthOf(columns)) : 80);
  switch (line.kind) {
    case 'command':
      return execute(line.command, version);
    case 'text':
      process.stdout.write(line.text);
      return 0;
    case 'usage':
      process.stderr.write(line.text);
      return 2;
  }
}

/** Whoever read the output has seen enough (`| head`): no reason to complain. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** Imports nothing: the program's files may have been replaced or removed while it ran. */
function fail(error: unknown): void {
  process.stderr.on('error', () => {}); // nobody reads it: then there is nobody to tell
  process.stderr.write(failureText(error, process.env.MULTIHOMED_DEBUG === '1'));
  leave(1);
}

/** Ends the process once what was written is out, whatever timers or sockets are left. */
function leave(code: number): void {
  const { stdout, stderr } = process;
  process.exitCode = code;
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  stdout.write('', () => stderr.write('', () => process.exit(code)));
}

process.on('uncaughtException', fail);
main(process.argv.slice(2)).then(leave, fail);

/**
 * `show` in a file of its own, smaller than all the other commands together: it is to answer at once.
 * Nothing but exit codes crosses its border, since classes are not the same on both sides of it.
 */

import type { Command } from './command.ts';
import { failureText } from './failure.ts';
import { runShow } from './show.ts';
import { runShowEvents } from './showEvents.ts';
import { runShowRoutes } from './showRoutes.ts';
import { showShortcut } from './showShortcut.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What takes no parsing to speak of; undefined: it does, and nothing was done. */
export async function showPlain(argv: readonly string[]): Promise<number | undefined> {
  const command = showShortcut(argv);
  return command && showAny(command);
}

type ShowCommand = Extract<Command, { name: 'show' }>;

/** Returns the exit code. */
export async function showAny(command: ShowCommand): Promise<number> {
  const terminal = processTerminal();
  try {
    return await show(command, terminal);
  } catch (error) {
    terminal.stderr(failureText(error, process.env.MULTIHOMED_DEBUG === '1'));
    return 1;
  }
}

function show(command: ShowCommand, terminal: Terminal): Promise<number> {
  if (command.what === 'routes') return runShowRoutes(command, terminal);
  if (command.what === 'events') return runShowEvents(command, terminal);
  return runShow(command, terminal);
}

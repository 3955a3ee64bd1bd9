/** `multihomed show events [--follow]`: the timeline, and what comes. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../control/client.ts';
import { ControlError } from '../control/controlError.ts';
import type { EventView } from '../control/eventLog.ts';
import type { Colour } from '../control/paint.ts';
import { wrap } from '../control/wrap.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { jsonLine, jsonText } from './json.ts';
import type { Terminal } from './terminal.ts';

/** How soon a daemon that went away is asked again, in ms. */
const AGAIN = 1000;

const COLOURS: Readonly<Record<EventView['level'], Colour | undefined>> = {
  error: 'bad',
  warn: 'warn',
  info: undefined,
  debug: 'dim',
};

/**
 * Throws ControlError or FileError. Returns the exit code. `again` resolves when a daemon that went away
 * is to be asked once more, with false when it is not.
 */
export async function runShowEvents(
  command: Extract<Command, { name: 'show'; what: 'events' }>,
  terminal: Terminal,
  again: () => Promise<boolean> = () => delay(AGAIN, true),
): Promise<number> {
  const { config, json, follow, limit } = command;
  const client = await daemonClient(config);
  const view = await client.events(limit === undefined ? {} : { limit });
  if (json && !follow) {
    terminal.stdout(jsonText(view));
    return 0;
  }
  const print = (event: EventView) => {
    terminal.stdout(json ? jsonLine(JSON.stringify(event)) : eventText(event, terminal));
  };
  for (const event of view.events) print(event);
  if (follow) await followOn(client, view.last, print, terminal, again);
  else if (view.events.length === 0) terminal.stdout('Nothing has happened yet.\n');
  return 0;
}

async function followOn(
  client: ControlClient,
  begin: string,
  print: (event: EventView) => void,
  terminal: Terminal,
  again: () => Promise<boolean>,
): Promise<void> {
  let last = begin;
  let told = false;
  do {
    try {
      for await (const event of client.follow(last)) {
        last = event.id;
        told = false;
        print(event);
        await terminal.drained();
      }
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      if (!told) terminal.stderr(`multihomed: ${error.message}; trying again\n`);
      told = true;
    }
  } while (await again());
}

/** `2026-01-02 03:04:05.678 transit-a: session up`, wrapped beside its time. */
export function eventText(event: EventView, { width, paint }: Pick<Terminal, 'width' | 'paint'>) {
  const time = event.at.replace('T', ' ').replace('Z', '');
  const who = event.neighbour === null ? '' : `${event.neighbour}: `;
  const colour = COLOURS[event.level];
  const before = time.length + 1;
  const lines = wrap(`${who}${event.message}`, Math.max(20, width - before));
  return lines
    .map((line, i) => {
      const shown = colour ? paint(colour, line) : line;
      return `${i === 0 ? `${paint('dim', time)} ` : ' '.repeat(before)}${shown}\n`;
    })
    .join('');
}

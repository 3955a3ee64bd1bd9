/**
 * `multihomed show [sessions|announcements|checks|links|budget|config]`: asks the running daemon, prints one
 * screen, with `--watch` again and again. The routes, which may be millions, are shown by
 * `showRoutes.ts`, the timeline by `showEvents.ts`.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { match } from 'ts-pattern';
import { stringify } from 'yaml';
import type { ControlClient } from '../control/client.ts';
import { ControlError } from '../control/controlError.ts';
import { wrap } from '../control/wrap.ts';
import { budgetsText } from './budgetText.ts';
import { checksText } from './checksText.ts';
import type { Command, ShowSubject } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { jsonText } from './json.ts';
import { linksText } from './linksText.ts';
import { OperatorClient } from './operatorClient.ts';
import { announcementsText, type Look, sessionsText, statusText } from './showText.ts';
import type { Terminal } from './terminal.ts';

/** How long a screen stays, in ms. */
const STAYS = 1000;

/**
 * Throws ControlError or FileError. Returns the exit code. `again` resolves when the next screen is due,
 * with false when there is to be none.
 */
export async function runShow(
  command: Extract<Command, { name: 'show'; what: ShowSubject }>,
  terminal: Terminal,
  again: () => Promise<boolean> = () => delay(STAYS, true),
): Promise<number> {
  const { what, config, json, watch } = command;
  const client = await daemonClient(config);
  const draw = () => screen(client, what, { ...terminal, now: Date.now() });
  if (watch) return watchScreen(draw, terminal, again);
  const { view, lines } = await draw();
  terminal.stdout(json ? jsonText(view) : `${lines.join('\n')}\n`);
  return 0;
}

/** A daemon that is being restarted comes back; meanwhile the screen says that it is away. */
async function watchScreen(
  draw: () => Promise<Screen>,
  terminal: Terminal,
  again: () => Promise<boolean>,
): Promise<number> {
  do {
    const lines = await draw().then(
      (drawn) => drawn.lines,
      (error: unknown) => {
        if (!(error instanceof ControlError)) throw error;
        return wrap(error.message, terminal.width);
      },
    );
    terminal.screen(`${lines.join('\n')}\n`);
  } while (await again());
  return 0;
}

interface Screen {
  readonly view: object;
  readonly lines: readonly string[];
}

function screen(client: ControlClient, what: ShowSubject, look: Look): Promise<Screen> {
  return match(what)
    .with('status', async () => {
      const view = await client.status();
      return { view, lines: statusText(view, look) };
    })
    .with('sessions', async () => {
      const view = await client.sessions();
      return { view, lines: sessionsText(view, look) };
    })
    .with('announcements', async () => {
      const view = await client.announcements();
      return { view, lines: announcementsText(view, look) };
    })
    .with('checks', async () => {
      const view = await client.checks();
      return { view, lines: checksText(view, look) };
    })
    .with('links', async () => {
      const view = await client.links();
      return { view, lines: linksText(view, look) };
    })
    .with('config', async () => {
      const view = await client.config();
      return { view, lines: stringify(view.config).trimEnd().split('\n') };
    })
    .with('budget', async () => {
      const view = await new OperatorClient(client).budget();
      return { view, lines: budgetsText(view, look) };
    })
    .exhaustive();
}

/**
 * `multihomed show routes`: what neighbours sent, which path is best and why the others are not. It
 * prints while the daemon answers, and asks for no more than is being read: behind a pager that
 * waits, the daemon waits.
 */

import { type ControlClient, parseRoute } from '../control/client.ts';
import type { RouteParameters } from '../control/routeQuery.ts';
import type { RouteView } from '../control/routeView.ts';
import { wrap } from '../control/wrap.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { jsonLine } from './json.ts';
import { LEGEND, routeDetails, routeLayout, routeRows, routeTitles } from './routeText.ts';
import { tableText } from './showText.ts';
import type { Terminal } from './terminal.ts';

/** Throws ControlError or FileError. Returns the exit code. */
export async function runShowRoutes(
  { routes, config, json }: Extract<Command, { name: 'show'; what: 'routes' }>,
  terminal: Terminal,
): Promise<number> {
  const client = await daemonClient(config);
  if (json) await printLines(client, routes, terminal);
  else if (routes.prefix !== undefined || routes.match !== undefined) {
    await printOne(client, routes, terminal);
  } else await printList(client, routes, terminal);
  return 0;
}

/** A JSON object a line, as it came. */
async function printLines(client: ControlClient, asked: RouteParameters, terminal: Terminal) {
  for await (const lines of client.routes(asked)) {
    terminal.stdout(lines.map(jsonLine).join(''));
    await terminal.drained();
  }
}

async function printOne(client: ControlClient, asked: RouteParameters, terminal: Terminal) {
  const found: RouteView[] = [];
  for await (const lines of client.routes(asked)) found.push(...lines.map(parseRoute));
  const lines = found.flatMap((route) => routeDetails(route, terminal));
  const text = lines.length > 0 ? lines : wrap(nothingText(asked), terminal.width);
  terminal.stdout(`${text.join('\n')}\n`);
}

async function printList(client: ControlClient, asked: RouteParameters, terminal: Terminal) {
  const { sessions, table } = await client.status();
  const names = sessions.map(({ session }) => session.name);
  const layout = routeLayout(names, terminal);
  const isAll = Object.keys(asked).length === 0;
  const head = isAll
    ? [...wrap(tableText(table), layout.width), ...wrap(LEGEND, layout.width)]
    : [];
  let count = 0;
  for await (const lines of client.routes(asked)) {
    const rows = lines.flatMap((line) => routeRows(parseRoute(line), layout));
    const before = count === 0 ? [...head, routeTitles(layout)] : [];
    count += lines.length;
    terminal.stdout(`${[...before, ...rows].join('\n')}\n`);
    await terminal.drained();
  }
  const limit = Number(asked.limit);
  const end =
    count === 0
      ? nothingText(asked)
      : count === limit
        ? `No more than ${limit} were asked for.`
        : '';
  if (end !== '') terminal.stdout(`${wrap(end, terminal.width).join('\n')}\n`);
}

function nothingText(asked: RouteParameters): string {
  const { prefix, match, covered, covering, neighbour, state } = asked;
  const path = state === undefined ? 'path' : `${state} path`;
  const from = neighbour === undefined ? '' : ` from ${neighbour}`;
  if (prefix !== undefined) {
    return `No ${path} to ${prefix}${from}. \`--covering\` and \`--covered\` show what is around it.`;
  }
  if (match !== undefined) return `No ${path}${from} leads to ${match}.`;
  const where =
    covered !== undefined
      ? ` within ${covered}`
      : covering !== undefined
        ? ` to what covers ${covering}`
        : '';
  return `No ${path}${from}${where}.`;
}

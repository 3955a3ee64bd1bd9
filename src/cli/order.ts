/** `multihomed announce | withdraw PREFIX`: orders by hand, leased or not, and taking them back. */

import type { AnnouncementView } from '../control/announcementView.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { forgottenText } from './forgotten.ts';
import { jsonText } from './json.ts';
import { OperatorClient, type OrderedView } from './operatorClient.ts';
import { type Cell, formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

type OrderCommand = Extract<Command, { name: 'announce' | 'withdraw' }>;

/** Throws ControlError or FileError. Returns the exit code. */
export async function runOrder(command: OrderCommand, terminal: Terminal): Promise<number> {
  const { prefix, upstream, lease, undo, json } = command;
  const client = new OperatorClient(await daemonClient(command.config));
  const action = command.name === 'announce' && command.blackhole ? 'blackhole' : command.name;
  const view = undo
    ? await client.takeBack(prefix, upstream)
    : await client.order({ action, prefix, upstream, for: lease });
  terminal.stdout(json ? jsonText(view) : `${orderedText(view, prefix, terminal).join('\n')}\n`);
  // Where nothing is kept there is nothing that a restart could bring back.
  const lasts = undo && view.unsaved === null;
  const forgotten = lasts ? undefined : forgottenText(view, undo ? 'this' : 'this order');
  if (forgotten !== undefined) terminal.stderr(`${forgotten}\n`);
  return 0;
}

function orderedText(
  { orders, announcements }: OrderedView,
  prefix: string,
  { paint, width }: Terminal,
): readonly string[] {
  const standing = orders.map(({ text, upstream }) => {
    return upstream === null ? text : `${text}, at ${upstream} alone`;
  });
  const layout = { width, paint, indent: '  ' };
  const titles = ['NEIGHBOUR', 'ANNOUNCED', 'WHY'];
  return [
    `${paint('bold', announcements[0]?.prefix ?? prefix)}: ${standing.join('; ') || 'as the file says, nothing is ordered by hand'}`,
    ...(announcements.length > 0 ? formatTable(titles, announcements.map(row), layout) : []),
  ];
}

function row({ neighbour, announced, reason }: AnnouncementView): readonly Cell[] {
  const standing: Cell = announced
    ? { text: 'yes', colour: 'good' }
    : { text: 'no', colour: 'bad' };
  return [neighbour, standing, reason.text];
}

/**
 * Draws the state machine's diagram and tables in docs/fsm.md by running `transition` on every
 * state and event. `node --import=tsx scripts/fsmDocs.ts` writes them; a test compares.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { State } from '../src/fsm/state.ts';
import { transition } from '../src/fsm/transition.ts';
import {
  type EventName,
  eventNames,
  events,
  everyState,
  passiveConfig,
  stateText,
  stepText,
} from '../test/support/fsm.ts';

export const DOCUMENT = fileURLToPath(new URL('../docs/fsm.md', import.meta.url));

const BEGIN = '<!-- drawn by scripts/fsmDocs.ts: begin -->';
const END = '<!-- drawn by scripts/fsmDocs.ts: end -->';

/** RFC 4271 §8.1's number and name, and what tells two examples of one event apart. */
const TITLES: Readonly<Record<EventName, readonly [number: string, title: string]>> = {
  ManualStart: ['1', 'ManualStart'],
  ManualStop: ['2', 'ManualStop'],
  AutomaticStart: ['3', 'AutomaticStart'],
  EagerStart: ['3e', 'AutomaticStart, eager (a link came back)'],
  AutomaticStop: ['8', 'AutomaticStop'],
  ConnectRetryTimerExpires: ['9', 'ConnectRetryTimer_Expires'],
  HoldTimerExpires: ['10', 'HoldTimer_Expires'],
  KeepaliveTimerExpires: ['11', 'KeepaliveTimer_Expires'],
  IdleHoldTimerExpires: ['13', 'IdleHoldTimer_Expires'],
  TcpCRAcked: ['16', 'Tcp_CR_Acked'],
  TcpConnectionConfirmed: ['17', 'TcpConnectionConfirmed'],
  TcpConnectionFails: ['18', 'TcpConnectionFails'],
  BGPOpen: ['19', 'BGPOpen'],
  BGPOpenOfAnother: ['19x', 'BGPOpen that we cannot accept (here: another AS)'],
  BGPOpenWithoutHold: ['19z', 'BGPOpen with hold time 0'],
  BGPHeaderErr: ['21', 'BGPHeaderErr'],
  BGPOpenMsgErr: ['22', 'BGPOpenMsgErr'],
  OpenCollisionDump: ['23', 'OpenCollisionDump'],
  NotifMsgVerErr: ['24', 'NotifMsgVerErr'],
  NotifMsg: ['25', 'NotifMsg'],
  NotifMsgOfCollision: ['25c', 'NotifMsg with Cease/Connection Collision Resolution'],
  KeepAliveMsg: ['26', 'KeepAliveMsg'],
  UpdateMsg: ['27', 'UpdateMsg'],
  UpdateMsgErr: ['28', 'UpdateMsgErr'],
  RouteRefreshMsg: ['RR', 'ROUTE-REFRESH (RFC 2918)'],
  SendHoldTimerExpires: ['29', 'SendHoldTimer_Expires (RFC 9687)'],
};

/** All events that do the same in one state. */
interface Row {
  readonly events: readonly EventName[];
  readonly to: string;
  readonly actions: readonly string[];
  readonly isIgnored: boolean;
}

/** `text` with its drawn part drawn anew. */
export function redraw(text: string): string {
  const [head, rest] = text.split(BEGIN);
  const [, tail] = (rest ?? '').split(END);
  if (head === undefined || tail === undefined) throw new Error('docs/fsm.md has lost its marks');
  const drawn = [
    legend(),
    diagram(),
    ...everyState().map((state) => table(stateText(state), rowsOf(state))),
    ...everyState(passiveConfig).flatMap(passiveTable),
  ];
  return `${head}${BEGIN}\n\n${drawn.join('\n\n')}\n\n${END}${tail}`;
}

/** What is ignored comes last. */
function rowsOf(state: State): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const name of eventNames) {
    const step = transition(state, events[name]);
    const [to = '', ...actions] = stepText(step);
    const isIgnored = step[0] === state && actions.length === 0;
    const key = [isIgnored, to, ...actions].join();
    const before = rows.get(key)?.events ?? [];
    rows.set(key, { events: [...before, name], to, actions, isIgnored });
  }
  return [...rows.values()].sort((a, b) => Number(a.isIgnored) - Number(b.isIgnored));
}

function legend(): string {
  const names = eventNames.map((name) => `**${TITLES[name][0]}** ${TITLES[name][1]}`);
  return `### Events\n\n${names.join(' · ')}`;
}

function diagram(): string {
  const edges = everyState().flatMap((state) => {
    const from = stateText(state);
    const rows = rowsOf(state);
    const targets = new Set(rows.map((row) => row.to).filter((to) => to !== from));
    return [...targets].map((to) => {
      const names = rows.filter((row) => row.to === to).flatMap((row) => row.events);
      return `  ${nodeName(from)} --> ${nodeName(to)}: ${numbers(names)}`;
    });
  });
  return ['### Diagram', '', '```mermaid', 'stateDiagram-v2', ...edges, '```'].join('\n');
}

function nodeName(state: string): string {
  return state.replace('/', '_');
}

function numbers(names: readonly EventName[]): string {
  const inOrder = eventNames.filter((name) => names.includes(name));
  return inOrder.map((name) => TITLES[name][0]).join(', ');
}

function table(title: string, rows: readonly Row[]): string {
  const lines = rows.map(({ to, events: names, actions, isIgnored }) => {
    const told = actions.map((action) => `\`${action}\``).join(', ');
    const did = isIgnored ? 'ignored' : told || 'none';
    return `| ${numbers(names)} | ${to} | ${did} |`;
  });
  return [`### ${title}`, '', '| events | next | actions |', '|---|---|---|', ...lines].join('\n');
}

/** Only what a passive machine does differently. */
function passiveTable(state: State): readonly string[] {
  const active = everyState().filter((other) => stateText(other) === stateText(state));
  const usual = new Set(active.flatMap(rowsOf).map((row) => JSON.stringify(row)));
  const rows = rowsOf(state).filter((row) => !usual.has(JSON.stringify(row)));
  return rows.length > 0 ? [table(`${stateText(state)}, passive`, rows)] : [];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(DOCUMENT, redraw(readFileSync(DOCUMENT, 'utf8')));
}

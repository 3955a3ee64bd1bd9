/** A replayed record in words: one line for each thing that happened in it. */

import { drainKey } from '../announcer/drain.ts';
import { isoTime } from '../control/isoTime.ts';
import { checkText, downReasonText, linkText } from '../control/words.ts';
import type { DownReason } from '../fsm/actions.ts';
import type { CheckFact } from '../monitor/check.ts';
import type { LinkFact } from '../monitor/link.ts';
import type { DecisionChange } from '../record/decisionChange.ts';
import type { Line, RecordedEvent } from '../record/line.ts';
import type { ReplayDifference } from '../replay/replay.ts';

/** How much of a long value is shown. */
const SHOWN = 400;

/** Without its time; undefined: there is nothing in it to tell. */
export function lineWords(line: Line): string | undefined {
  switch (line.do) {
    case 'begin':
      return undefined;
    case 'config':
      return `configuration ${line.digest.slice(0, 12)}`;
    case 'image':
      return `${line.state.groups.length} groups of prefixes, ${line.facts.sessions.size} sessions up`;
    case 'event':
      return eventWords(line.event);
    case 'orders':
      return `ordered: ${ordersWords(line)}`;
    case 'decided':
      return line.changes.map(changeWords).join('\n');
    case 'routes':
      return `${line.with}: UPDATEs sent, ${line.octets.length / 2} octets`;
    case 'end-of-rib':
      return `${line.with}: End-of-RIB sent`;
    case 'sent':
      return `${line.with}: sent ${messageName(line.octets)}`;
    case 'received':
      return `${line.with}: received ${messageName(line.octets)}`;
    case 'repeated':
      return `${line.with}: everything is to be sent again (${line.families.join(', ')})`;
    case 'opened':
    case 'closed':
    case 'cleared':
    case 'adjusted':
      return undefined;
  }
}

function ordersWords({ orders, drains }: Extract<Line, { do: 'orders' }>): string {
  const words = [
    ...orders.map(({ action, prefix, upstream }) => `${action} ${prefix}${where(upstream)}`),
    ...drains.map(({ target, phase }) => `drain ${drainKey(target)} (${phase})`),
  ];
  return words.join(', ') || 'nothing any more';
}

function where(upstream: string | undefined): string {
  return upstream === undefined ? '' : ` at ${upstream}`;
}

/** What one decision changed at one neighbour. */
export function changeWords(change: DecisionChange): string {
  const because = change.because.map(kindOf).join(', ');
  if ('session' in change) return `${change.at}: session ${change.session}: ${because}`;
  const others = change.others > 0 ? ` and ${change.others} others` : '';
  const what = change.send === null ? 'not announced' : `announced (${termsWords(change.send)})`;
  return `${change.at}: ${change.of}${others} ${what}: ${because}`;
}

function kindOf(reason: unknown): string {
  const named = typeof reason === 'object' && reason !== null && 'kind' in reason;
  return named ? String(reason.kind) : 'for no reason';
}

/** `termsKey`: prepends, MED, communities. */
function termsWords(key: string): string {
  const [prepend, med, ...communities] = key.split(' ').filter((word) => word !== '');
  const words = [
    prepend === '0' ? [] : [`prepended ${prepend} times`],
    med === '-' ? [] : [`MED ${med}`],
    communities,
  ].flat();
  return words.join(' ') || 'plain';
}

interface LinkChanged extends RecordedEvent {
  readonly link: LinkFact;
}
interface CheckChanged extends RecordedEvent {
  readonly check: CheckFact;
}
interface SessionDown extends RecordedEvent {
  readonly neighbour: string;
  readonly reason: DownReason;
}
interface StateChange extends RecordedEvent {
  readonly neighbour: string;
  readonly from: string;
  readonly to: string;
}
interface OfNeighbour extends RecordedEvent {
  readonly neighbour: string;
}

/** Undefined: the line of the UPDATEs says it. */
function eventWords(event: RecordedEvent): string | undefined {
  if (isLink(event)) return linkText(event.link);
  if (isCheck(event)) return checkText(event.check);
  if (isDown(event)) return `${event.neighbour}: session down: ${downReasonText(event.reason)}`;
  if (isStateChange(event)) return `${event.neighbour}: ${event.from} -> ${event.to}`;
  if (event.type === 'RoutesSent') return undefined;
  const words = WORDS[event.type] ?? event.type;
  return isOfNeighbour(event) ? `${event.neighbour}: ${words}` : words;
}

const WORDS: Readonly<Record<string, string>> = {
  ConfigLoaded: 'the configuration is in force',
  OrdersChanged: 'the orders are in force',
  PathsResolved: 'the ways to the neighbours were found',
  AddressesChanged: 'addresses or routes of this machine changed',
  SessionUp: 'session up',
  StopRequested: 'the daemon is to stop',
  TimeCame: 'a hold, a lease or a drain has come to its end',
  StoodStill:
    'the process stood still; of checks that were well nothing is known until they are probed again',
};

function isLink(event: RecordedEvent): event is LinkChanged {
  return event.type === 'LinkChanged';
}

function isCheck(event: RecordedEvent): event is CheckChanged {
  return event.type === 'CheckChanged';
}

function isDown(event: RecordedEvent): event is SessionDown {
  return event.type === 'SessionDown';
}

function isStateChange(event: RecordedEvent): event is StateChange {
  return event.type === 'StateChanged';
}

function isOfNeighbour(event: RecordedEvent): event is OfNeighbour {
  return 'neighbour' in event && typeof event.neighbour === 'string';
}

const MESSAGES = ['nothing', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'];

function messageName(hex: string): string {
  const type = Number.parseInt(hex.slice(36, 38), 16);
  return MESSAGES[type] ?? `a message of type ${type}`;
}

/** Several lines. */
export function differenceText({ line, at, what, recorded, replayed }: ReplayDifference): string {
  return [
    `line ${line}, ${isoTime(at)}: ${what} is another one now`,
    `  recorded: ${shortened(recorded)}`,
    `  replayed: ${shortened(replayed)}`,
    '',
  ].join('\n');
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}

/** What `show` and its relatives print: views in, lines out. Pure; `now` is ms since the epoch. */

import type { AnnouncementView, ReasonKind } from '../control/announcementView.ts';
import { discardsText } from '../control/discardsText.ts';
import type { SessionView } from '../control/sessionView.ts';
import type { AnnouncementsView, SessionsView, StatusView } from '../control/statusView.ts';
import { linkText } from '../control/words.ts';
import { wrap } from '../control/wrap.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import type { PathCounts } from '../rib/ribIn.ts';
import type { MessageCounts } from '../session/snapshot.ts';
import { type Fact, factLines } from './facts.ts';
import { formatSpan, spanSince } from './span.ts';
import { type Cell, formatTable, type Layout } from './table.ts';

export interface Look extends Layout {
  readonly now: number;
}

/** The file does not mean the prefix for that neighbour: nothing is missing. */
const NOT_MEANT: ReadonlySet<ReasonKind> = new Set(['not-selected', 'family-not-carried']);

/** `show`: am I announced, to whom, since when, why. */
export function statusText(view: StatusView, look: Look): readonly string[] {
  const { daemon } = view;
  return [
    ...wrap(
      `multihomed ${daemon.version}: AS${daemon.asn}, router-id ${daemon.routerId}, pid ${daemon.pid}, up ${spanSince(daemon.startedAt, look.now)}`,
      look.width,
    ),
    ...wrap(`${daemon.configFile}, loaded ${spanSince(daemon.loadedAt, look.now)} ago`, look.width),
    '',
    ...announcementsText(view, look),
    '',
    ...formatTable(
      SESSION_TITLES,
      view.sessions.map((session) => sessionRow(session, look)),
      look,
    ),
    '',
    ...wrap(tableText(view.table, ' (`show routes`)'), look.width),
    ...kernelText(view.kernel).flatMap((line) => wrap(line, look.width)),
    ...stationsText(view.stations, look),
  ];
}

/** What of that is in the kernel's table; nothing where the file does not want it there. */
function kernelText(kernel: StatusView['kernel']): readonly string[] {
  if (!kernel) return [];
  const { installed, failed, pending, lastError } = kernel;
  const refused = failed.ipv4 + failed.ipv6;
  const parts = [
    ...FAMILIES.map(
      (family) => `${installed[family]} ${family} ${plural('prefix', installed[family])}`,
    ),
    ...(pending > 0 ? [`${pending} pending`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  const why = lastError && (refused > 0 || pending > 0) ? ` Last error: ${lastError.cause}.` : '';
  return [`In the kernel: ${parts.join(', ')}.${why}`];
}

/** Nothing where the file names none. */
function stationsText(stations: StatusView['stations'], look: Look): readonly string[] {
  if (stations.length === 0) return [];
  const rows = stations.map(({ station, state, since, sent, unsent, lastFault }): Cell[] => [
    station,
    { text: state, colour: state === 'up' ? 'good' : 'bad' },
    spanSince(since, look.now),
    `${Math.ceil(sent / 1024)} KiB${unsent > 0 ? `, ${Math.ceil(unsent / 1024)} unread` : ''}`,
    state === 'up' ? '-' : (lastFault ?? '-'),
  ]);
  return ['', ...formatTable(['MONITORING STATION', 'STATE', 'FOR', 'SENT', 'FAULT'], rows, look)];
}

/** What is held of what neighbours sent, in one line; `where` says where there is more. */
export function tableText(table: StatusView['table'], where = ''): string {
  const held = FAMILIES.flatMap((family) => {
    const { prefixes, paths, accepted } = table[family];
    if (prefixes === 0) return [];
    const refused = accepted === paths ? '' : `, ${paths - accepted} of them refused`;
    return [
      `${prefixes} ${family} ${plural('prefix', prefixes)} by ${paths} ${plural('path', paths)}${refused}`,
    ];
  });
  return held.length === 0
    ? 'Learned from neighbours: nothing.'
    : `Learned from neighbours: ${held.join('; ')}${where}.`;
}

function plural(word: 'prefix' | 'path', count: number): string {
  if (count === 1) return word;
  return word === 'prefix' ? 'prefixes' : 'paths';
}

/** `show announcements`: each prefix with its neighbours. */
export function announcementsText({ announcements }: AnnouncementsView, look: Look) {
  if (announcements.length === 0) return ['The file names no prefix to announce.'];
  const byPrefix = new Map<string, AnnouncementView[]>();
  for (const announcement of announcements) {
    const others = byPrefix.get(announcement.prefix);
    if (others) others.push(announcement);
    else byPrefix.set(announcement.prefix, [announcement]);
  }
  const indent = `${look.indent ?? ''}  `;
  return [...byPrefix].flatMap(([prefix, rows], i) => [
    ...(i === 0 ? [] : ['']),
    headline(prefix, rows, look),
    ...formatTable(
      ['NEIGHBOUR', 'ANNOUNCED', 'ATTRIBUTES', 'WHY'],
      rows.map((row) => announcementRow(row, look)),
      { ...look, indent },
    ),
  ]);
}

function headline(prefix: string, rows: readonly AnnouncementView[], { paint }: Look): string {
  const meant = rows.filter(({ reason }) => !NOT_MEANT.has(reason.kind)).length;
  const count = rows.filter(({ announced }) => announced).length;
  const colour = count === 0 ? 'bad' : count < meant ? 'warn' : 'good';
  const told = count === 0 && meant > 0 ? 'NOT announced: 0' : `announced to ${count}`;
  return `${paint('bold', prefix)}: ${paint(colour, `${told} of ${meant} ${meant === 1 ? 'neighbour' : 'neighbours'}`)}`;
}

function announcementRow(view: AnnouncementView, { now }: Look): readonly Cell[] {
  const { neighbour, advertisedSince, reason } = view;
  const announced: Cell = advertisedSince
    ? { text: `for ${spanSince(advertisedSince, now)}`, colour: 'good' }
    : NOT_MEANT.has(reason.kind)
      ? { text: '-', colour: 'dim' }
      : { text: 'no', colour: 'bad' };
  return [neighbour, announced, attributesText(view), reason.text];
}

function attributesText({ attributes }: AnnouncementView): string {
  if (!attributes) return '-';
  const { prepend, med, communities } = attributes;
  const parts = [
    prepend > 0 ? `prepend ${prepend}` : '',
    med === null ? '' : `med ${med}`,
    communities.length === 0
      ? ''
      : communities.length === 1
        ? `${communities[0]}`
        : `${communities.length} communities`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'plain';
}

const SESSION_TITLES = ['NEIGHBOUR', 'AS', 'STATE', 'FOR', 'LINK'];

function sessionRow({ session, path, link }: SessionView, { now }: Look): readonly Cell[] {
  const up = session.state === 'Established';
  return [
    session.name,
    String(session.peerAs),
    { text: session.state, colour: up ? 'good' : 'bad' },
    spanSince(session.since, now),
    pathText(path, link),
  ];
}

function pathText(path: SessionView['path'], link: SessionView['link']): string {
  if (!path?.interface) return 'no interface known: only timers protect it';
  const origin = path.origin === 'derived' ? ' (derived)' : '';
  // `link eth1 is up` -> `eth1 is up`: the column is titled so.
  const state = link
    ? linkText(link).replace(/^link /, '')
    : `${path.interface} is not watched yet`;
  return `${state}${origin}`;
}

/** `show sessions`: the table, then what each has been through. */
export function sessionsText({ sessions }: SessionsView, look: Look): readonly string[] {
  if (sessions.length === 0) return ['The file names no neighbour.'];
  const rows = sessions.map((session) => sessionRow(session, look));
  return [
    ...formatTable(SESSION_TITLES, rows, look),
    ...sessions.flatMap((view) => ['', ...sessionDetails(view, look)]),
  ];
}

function sessionDetails(
  { session, keyMismatch, bfd, signs }: SessionView,
  look: Look,
): readonly string[] {
  const { name, address, port, learned, established, dropped, lastDown } = session;
  const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const last = lastDown
    ? `; last ended ${formatSpan(look.now - Date.parse(lastDown.at))} ago: ${lastDown.text}`
    : '';
  const fault = session.lastConnectFault;
  const facts: readonly Fact[] = [
    ['connection', [at, ...connectionFacts(session)].join(', ')],
    ...capabilityFacts(session.capabilities),
    ...restartFacts(session, look.now),
    ['sent', messagesText(session.sent)],
    ['received', messagesText(session.received)],
    ['announced', announcedText(session)],
    ['routes', `${learnedText(learned)}`],
    ['history', `up ${times(established)}, down ${times(dropped)}${last}`],
    ...(session.restingUntil === null
      ? []
      : [['resting', `until ${session.restingUntil}, for going over max-prefixes`] as const]),
    ...(fault
      ? [['connecting', `failed ${spanSince(fault.at, look.now)} ago: ${fault.cause}`] as const]
      : []),
    ...(bfd ? [['BFD', bfdLine(bfd, look)] as const] : []),
    ...signs.map((sign, i) => [i === 0 ? 'leads on' : '', signLine(sign)] as const),
    ...(keyMismatch
      ? [
          [
            'password',
            `${spanSince(keyMismatch.since, look.now)} ago: ${keyMismatch.text}`,
          ] as const,
        ]
      : []),
  ];
  return [look.paint('bold', name), ...factLines(facts, look)];
}

function capabilityFacts(said: SessionView['session']['capabilities']): readonly Fact[] {
  if (!said) return [];
  const { used, role, hostName, software } = said;
  const neighbour = [hostName, software].filter((part) => part !== null).join(', ');
  const roles = `we are ${role.ours ?? 'nothing said'}, it is ${role.theirs ?? 'nothing said'}`;
  return [
    ['negotiated', used.join(', ')],
    ...(role.ours || role.theirs ? [['roles', roles] as const] : []),
    ...(neighbour === '' ? [] : [['neighbour', neighbour] as const]),
  ];
}

/** Nothing where nothing was negotiated, and nothing is kept. */
function restartFacts(session: SessionView['session'], now: number): readonly Fact[] {
  const { gracefulRestart, stale } = session;
  const facts: Fact[] = [];
  if (gracefulRestart) facts.push(['restarts', restartText(gracefulRestart)]);
  for (const { family, phase, since, until } of stale) {
    const left = formatSpan(Math.max(0, Date.parse(until) - now));
    facts.push([
      'stale',
      `${family} for ${spanSince(since, now)}, ${PHASES[phase]}; goes in ${left}`,
    ]);
  }
  return facts;
}

const PHASES = {
  restart: 'the neighbour may be restarting (RFC 4724)',
  'long-lived': 'the last choice, the neighbour is not back (RFC 9494)',
  return: 'the neighbour is back and has not sent all of it (RFC 4724)',
  refresh: 'in a refresh that has not ended (RFC 7313)',
} as const;

type Restart = NonNullable<SessionView['session']['gracefulRestart']>;

function restartText({ families, ours, restartTime, notification, longLived }: Restart): string {
  const kept = families.length === 0 ? 'none' : `${families.join(' and ')} for ${restartTime} s`;
  const long = Object.entries(longLived ?? {}).map(([family, time]) => `${family} ${time} s`);
  return [
    `its routes kept: ${kept}`,
    `ours: ${ours.join(' and ') || 'none'}`,
    ...(notification ? ['NOTIFICATION too'] : []),
    ...(long.length > 0 ? [`long-lived: ${long.join(', ')}`] : []),
  ].join(', ');
}

function signLine({ kind, state, detail }: SessionView['signs'][number]): string {
  const said = { well: 'well', bad: 'bad', unknown: 'nothing known yet' } as const;
  return `${kind}: ${said[state]}${detail === '' ? '' : ` (${detail})`}`;
}

function bfdLine(bfd: NonNullable<SessionView['bfd']>, look: Look): string {
  const span = spanSince(bfd.since, look.now);
  const pace =
    bfd.standing === 'up'
      ? `, sends every ${bfd.transmitInterval} ms, detects in ${bfd.detectionTime} ms`
      : '';
  // `BFD is up` -> `is up`: the line is titled so.
  const standing = bfd.text.replace(/^BFD /, '');
  const why = discardsText(bfd.discards);
  const discarded = `${bfd.discarded} discarded${why === '' ? '' : ` (${why})`}`;
  return `${standing} for ${span}${pace}; ${bfd.sent} packets sent, ${bfd.received} received, ${discarded}`;
}

function announcedText({ advertised, exported }: SessionView['session']): string {
  const own = `${advertised.ipv4} IPv4 and ${advertised.ipv6} IPv6 prefixes`;
  if (!exported) return own;
  return `${own} of our own, ${exported.ipv4} and ${exported.ipv6} learned ones`;
}

function connectionFacts(session: SessionView['session']): readonly string[] {
  const { localAddress, direction, peerIdentifier, holdTime, families } = session;
  return [
    localAddress === null ? '' : `from ${localAddress}`,
    direction ?? '',
    peerIdentifier === null ? '' : `identifier ${peerIdentifier}`,
    holdTime === null ? '' : `hold time ${holdTime} s`,
    families.join(' and '),
    ...session.protection.map((kind) => PROTECTION[kind]),
  ].filter((fact) => fact !== '');
}

const PROTECTION = { md5: 'TCP MD5', gtsm: 'GTSM', interface: 'bound to its interface' } as const;

function messagesText(counts: MessageCounts): string {
  const { open, update, notification, keepalive, routeRefresh } = counts;
  return `${open} OPEN, ${update} UPDATE, ${keepalive} KEEPALIVE, ${notification} NOTIFICATION, ${routeRefresh} ROUTE-REFRESH`;
}

function learnedText(learned: SessionView['session']['learned']): string {
  const { updates, attributeDiscard, treatAsWithdraw, endOfRib } = learned;
  const faults =
    attributeDiscard + treatAsWithdraw > 0
      ? `; faulty (RFC 7606): ${attributeDiscard} with attributes discarded, ${treatAsWithdraw} taken as withdrawals`
      : '';
  const end = endOfRib.length > 0 ? `; End-of-RIB for ${endOfRib.join(' and ')}` : '';
  const held = FAMILIES.flatMap((family) => countsText(family, learned[family]));
  return `${held.join('; ') || 'none'}; ${updates} UPDATE${updates === 1 ? '' : 's'}${end}${faults}`;
}

function countsText(family: Family, { received, accepted, best }: PathCounts): readonly string[] {
  if (received === 0) return [];
  return [`${received} ${family}, ${accepted} accepted, ${best} best`];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

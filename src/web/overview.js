/** Am I announced, to whom, since when, why: the whole of it on one screen. */

import { age } from './age.js';
import { budgetGauges } from './budget.js';
import { element, section, table } from './dom.js';
import { picture, standing } from './picture.js';
import { eventTable } from './timeline.js';

/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('../control/statusView.ts').StatusView} StatusView */
/** @typedef {import('../control/announcementView.ts').AnnouncementView} AnnouncementView */

/** The file does not mean the prefix for that neighbour: nothing is missing. */
const NOT_MEANT = ['not-selected', 'family-not-carried'];
/** Prefixes that are shown one by one. */
const SHOWN = 200;

/** @param {Live} live */
export function overview({ status, checks, budgets, events }) {
  if (!status) return [];
  return [
    section('The site', answer(status), picture(status)),
    ...(status.announcements.length > 0
      ? [section('Announcements', ...announcements(status.announcements))]
      : []),
    section('Sessions', sessions(status)),
    ...(checks.length > 0 ? [section('Checks', checkTable(checks))] : []),
    ...(budgets.length > 0 ? [section('Flap budget', budgetGauges(budgets))] : []),
    section('Latest events', eventTable(events.filter(isNews).slice(-8), 'Latest events', true)),
  ];
}

/** @param {import('../control/eventLog.ts').EventView} event */
function isNews({ level }) {
  return level !== 'debug';
}

/** @param {StatusView} status */
function answer({ announcements }) {
  const meant = announcements.filter(({ reason }) => !NOT_MEANT.includes(reason.kind));
  const prefixes = new Set(meant.map(({ prefix }) => prefix));
  const reachable = new Set(meant.filter(({ announced }) => announced).map(({ prefix }) => prefix));
  const on = meant.filter(({ announced }) => announced).length;
  const all = on === meant.length && prefixes.size > 0;
  const look = all ? 'good' : reachable.size === prefixes.size ? 'warn' : 'bad';
  const text =
    prefixes.size === 0
      ? 'The file names no prefix to announce.'
      : `${reachable.size} of ${prefixes.size} prefixes announced, ${on} of ${meant.length} announcements on the wire.`;
  return element('p', { class: `answer ${look}`, id: 'answer' }, text);
}

/** @param {readonly AnnouncementView[]} all */
function announcements(all) {
  /** @type {Map<string, AnnouncementView[]>} */
  const byPrefix = new Map();
  for (const each of all) {
    const others = byPrefix.get(each.prefix);
    if (others) others.push(each);
    else byPrefix.set(each.prefix, [each]);
  }
  const shown = [...byPrefix].slice(0, SHOWN);
  const left = byPrefix.size - shown.length;
  return [
    ...shown.map(([prefix, rows]) => announcementTable(prefix, rows, 'neighbour')),
    ...(left > 0 ? [element('p', { class: 'quiet' }, `and ${left} more prefixes`)] : []),
  ];
}

/**
 * @param {string} caption
 * @param {readonly AnnouncementView[]} rows
 * @param {'neighbour' | 'prefix'} by what tells the rows apart
 */
export function announcementTable(caption, rows, by) {
  const first = by === 'prefix' ? 'Prefix' : 'Neighbour';
  return table(
    caption,
    [first, 'Announced', 'Attributes', 'Why'],
    rows.map((row) => [
      element('span', by === 'prefix' ? { class: 'mono' } : {}, row[by]),
      announced(row),
      attributesText(row),
      row.reason.text,
    ]),
  );
}

/** @param {AnnouncementView} row */
function announced({ advertisedSince, reason }) {
  if (advertisedSince) {
    return element('span', { class: 'good' }, 'for ', age(advertisedSince));
  }
  return NOT_MEANT.includes(reason.kind)
    ? element('span', { class: 'quiet' }, 'not meant')
    : element('span', { class: 'bad' }, 'no');
}

/** @param {AnnouncementView} row */
function attributesText({ attributes }) {
  if (!attributes) return '';
  const { prepend, med, communities } = attributes;
  const parts = [
    prepend > 0 ? `prepend ${prepend}` : '',
    med === null ? '' : `MED ${med}`,
    ...communities,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'plain';
}

/** @param {StatusView} status */
function sessions({ sessions: all }) {
  return table(
    'Sessions',
    ['Neighbour', 'AS', 'State', 'For', 'Link', 'Last ended'],
    all.map((view) => {
      const { session, link } = view;
      const { name, lastDown } = session;
      const href = `#/neighbour/${encodeURIComponent(name)}`;
      const ended = lastDown && element('span', {}, age(lastDown.at), ` ago: ${lastDown.text}`);
      return [
        element('a', { href, id: `session-${name}` }, name),
        session.peerAs,
        element('span', { class: standing(view) }, session.state),
        age(session.since),
        link ? `${link.interface} ${link.state}` : 'not watched',
        ended ?? '',
      ];
    }),
    true,
  );
}

/** @param {readonly import('../control/checkView.ts').CheckView[]} all */
function checkTable(all) {
  const look = { up: 'good', down: 'bad', stale: 'bad', unknown: 'quiet', rising: 'warn' };
  return table(
    'Checks',
    ['Check', 'State', 'For', 'Target', 'Last probe'],
    all.map(({ name, state, since, target, detail }) => [
      name,
      element('span', { class: state === 'falling' ? 'warn' : look[state] }, state),
      since ? age(since) : '',
      target,
      detail ?? '',
    ]),
    true,
  );
}

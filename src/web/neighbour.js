/** One neighbour: its session, what it sent, what of that was refused and why, what it is not sent. */

import { age } from './age.js';
import { element, section } from './dom.js';
import { announcementTable } from './overview.js';
import { standing } from './picture.js';
import { showRoutes } from './routes.js';
import { eventTable } from './timeline.js';

/** @typedef {import('../control/sessionView.ts').SessionView} SessionView */

const KIND = { upstream: 'Upstream', downstream: 'Downstream', internal: 'Internal neighbour' };

/**
 * @param {import('./live.js').Live} live
 * @param {string} name
 * @param {{ readonly received: Element, readonly refused: Element }} kept where routes were put, so
 *   that news of the session does not take them away
 */
export function neighbourView({ status, events }, name, kept) {
  const view = status?.sessions.find(({ session }) => session.name === name);
  if (!status || !view)
    return [section('Neighbour', element('p', {}, `No neighbour is called ${name}.`))];
  const own = status.announcements.filter(({ neighbour }) => neighbour === name);
  const kind = view.session.kind;
  const learned =
    kind === 'upstream'
      ? 'An upstream is sent our own prefixes and nothing that was learned.'
      : `Of what was learned it has been sent ${exportedText(view)}.`;
  return [
    section(`${KIND[kind]} ${name}`, facts(view)),
    section(
      'Sent to it',
      announcementTable(
        'On the wire',
        own.filter(({ announced }) => announced),
        'prefix',
      ),
      element('p', { class: 'quiet' }, learned),
    ),
    section('Not exported to it', notSent(own.filter(({ announced }) => !announced))),
    section('Received and accepted', kept.received),
    section('Filtered, with the reason', kept.refused),
    section(
      'Its events',
      eventTable(
        events.filter(({ neighbour }) => neighbour === name).slice(-50),
        'Events, the newest first',
      ),
    ),
  ];
}

/** @param {readonly import('../control/announcementView.ts').AnnouncementView[]} rows */
function notSent(rows) {
  if (rows.length === 0) return element('p', {}, 'Nothing: it has been sent all that is ours.');
  return announcementTable('Own prefixes that it is not sent, and why', rows, 'prefix');
}

/** @param {string} name */
export function neighbourRoutes(name) {
  const received = element('div');
  const refused = element('div');
  void showRoutes(received, { neighbour: name, state: 'accepted' }, 'Accepted paths');
  void showRoutes(refused, { neighbour: name, state: 'refused' }, 'Refused paths');
  return { received, refused };
}

/** @param {SessionView} view */
function exportedText({ session: { exported } }) {
  return exported ? `${exported.ipv4} IPv4 and ${exported.ipv6} IPv6 prefixes` : 'nothing';
}

/** @param {SessionView} view */
function facts(view) {
  const { session, link, path } = view;
  const { lastDown, lastConnectFault, learned } = session;
  /** @type {(readonly [string, import('./dom.js').Child] | false | null)[]} */
  const list = [
    [
      'State',
      element('span', { class: standing(view) }, session.state, ' for ', age(session.since)),
    ],
    ['Neighbour', `AS${session.peerAs} at ${session.address}, port ${session.port}`],
    ['Session', `up ${timesText(session.established)}, down ${timesText(session.dropped)}`],
    session.holdTime !== null && ['Hold time', `${session.holdTime} s`],
    ['Families', session.families.join(', ') || 'none negotiated'],
    ['Link', link ? `${link.interface} ${link.state} (${path?.origin})` : 'not watched'],
    ['Paths', `IPv4 ${countsText(learned.ipv4)}; IPv6 ${countsText(learned.ipv6)}`],
    lastDown && ['Last ended', element('span', {}, age(lastDown.at), ` ago: ${lastDown.text}`)],
    lastConnectFault && ['Connecting failed', lastConnectFault.cause],
  ];
  const shown = list.filter((fact) => fact !== false && fact !== null);
  return element(
    'dl',
    {},
    ...shown.flatMap(([label, value]) => [element('dt', {}, label), element('dd', {}, value)]),
  );
}

/** @param {number} count */
function timesText(count) {
  return count === 1 ? 'once' : `${count} times`;
}

/** @param {{ readonly received: number, readonly accepted: number, readonly best: number }} counts */
function countsText({ received, accepted, best }) {
  return `${received} received, ${received - accepted} filtered, ${best} best`;
}

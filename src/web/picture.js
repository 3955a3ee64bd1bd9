/** The site and its neighbours as a picture: each line is a link with a session on it. */

import { drawing } from './dom.js';

/** @typedef {import('../control/statusView.ts').StatusView} StatusView */
/** @typedef {import('../control/sessionView.ts').SessionView} SessionView */

const WIDTH = 720;
const ROW = 72;
const BOX = 52;

/** @param {StatusView} status */
export function picture(status) {
  const { sessions } = status;
  const height = Math.max(1, sessions.length) * ROW + 16;
  return drawing(
    'svg',
    {
      class: 'picture',
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: 'group',
      'aria-label': 'This site and its neighbours',
    },
    ...sessions.map((session, i) => neighbour(status, session, i, height)),
    site(status, height),
  );
}

/**
 * @param {StatusView} status
 * @param {number} height
 */
function site({ daemon }, height) {
  const middle = height / 2;
  const y = String(middle - BOX / 2);
  return drawing(
    'g',
    {},
    drawing('rect', { x: '8', y, width: '150', height: String(BOX), rx: '6' }),
    drawing('text', { x: '20', y: String(middle - 4) }, `AS${daemon.asn}`),
    drawing('text', { x: '20', y: String(middle + 15), class: 'quiet' }, daemon.routerId),
  );
}

/**
 * @param {StatusView} status
 * @param {SessionView} view
 * @param {number} index
 * @param {number} height
 */
function neighbour(status, view, index, height) {
  const { session, link } = view;
  const y = 8 + index * ROW + ROW / 2;
  const count = status.announcements.filter(
    (each) => each.neighbour === session.name && each.announced,
  ).length;
  const what = `${count} ${count === 1 ? 'prefix' : 'prefixes'} announced`;
  const how = link ? `${link.interface} ${link.state}` : 'link not watched';
  // Beside the line, on the side that it does not come from.
  const beside = String(y + (y < height / 2 ? -9 : 19));
  const top = String(y - BOX / 2);
  return drawing(
    'a',
    {
      id: `picture-${index}`,
      class: standing(view),
      href: `#/neighbour/${encodeURIComponent(session.name)}`,
    },
    drawing('path', { d: `M158 ${height / 2} C 260 ${height / 2} 300 ${y} 400 ${y}` }),
    drawing('text', { x: '392', y: beside, 'text-anchor': 'end', class: 'quiet' }, how),
    drawing('rect', { x: '400', y: top, width: '312', height: String(BOX), rx: '6' }),
    drawing('text', { x: '414', y: String(y - 4) }, `${session.name} (AS${session.peerAs})`),
    drawing('text', { x: '414', y: String(y + 15), class: 'state' }, `${session.state}, ${what}`),
  );
}

/** @param {SessionView} view */
export function standing({ session, link }) {
  if (session.state === 'Established') return 'good';
  return link?.state === 'down' || session.state === 'Idle' ? 'bad' : 'warn';
}

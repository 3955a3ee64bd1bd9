/** The site and its neighbours as a picture: each line is a link with a session on it. */

import { drawing } from './dom.js';

/** @typedef {import('../control/statusView.ts').StatusView} StatusView */
/** @typedef {import('../control/sessionView.ts').SessionView} SessionView */

/**
 * Where things are, in units of which a letter has about seven. `site` and `box`: the width of the
 * boxes at the left and at the right; `letters`: how many a line in the right one has room for.
 *
 * @typedef {{ width: number, row: number, high: number, site: number, box: number, letters: number, aside: boolean }} Layout
 */

/** A screen of letters as wide as the page's: the picture is laid out anew instead of made smaller. */
export const NARROW = window.matchMedia('(max-width: 40rem)');

/** The link stands beside its line. @type {Layout} */
const WIDE_LAYOUT = {
  width: 720,
  row: 72,
  high: 52,
  site: 150,
  box: 312,
  letters: 40,
  aside: true,
};
/** It has a line in the neighbour's box. @type {Layout} */
const NARROW_LAYOUT = {
  ...{ width: 340, row: 88, high: 72, site: 98, box: 196, letters: 25, aside: false },
};

/** @param {StatusView} status */
export function picture(status) {
  const layout = NARROW.matches ? NARROW_LAYOUT : WIDE_LAYOUT;
  const { sessions } = status;
  const height = Math.max(1, sessions.length) * layout.row + 16;
  return drawing(
    'svg',
    {
      class: 'picture',
      viewBox: `0 0 ${layout.width} ${height}`,
      role: 'group',
      'aria-label': 'This site and its neighbours',
    },
    ...sessions.map((session, i) => neighbour(status, session, i, height, layout)),
    site(status, height, layout),
  );
}

/**
 * @param {StatusView} status
 * @param {number} height
 * @param {Layout} layout
 */
function site({ daemon }, height, { site: width }) {
  const middle = height / 2;
  return drawing(
    'g',
    {},
    drawing('rect', { x: '4', y: `${middle - 26}`, width: `${width}`, height: '52', rx: '6' }),
    drawing('text', { x: '14', y: `${middle - 4}` }, `AS${daemon.asn}`),
    drawing('text', { x: '14', y: `${middle + 15}`, class: 'quiet' }, daemon.routerId),
  );
}

/**
 * @param {StatusView} status
 * @param {SessionView} view
 * @param {number} index
 * @param {number} height
 * @param {Layout} layout
 */
function neighbour(status, view, index, height, layout) {
  const { session, link } = view;
  const { row, high, site: width, box, aside, letters } = layout;
  const y = 8 + index * row + row / 2;
  const count = status.announcements.filter(
    (each) => each.neighbour === session.name && each.announced,
  ).length;
  const sent = `${count} ${count === 1 ? 'prefix' : 'prefixes'}${aside ? ' announced' : ''}`;
  const how = link ? `${link.interface} ${link.state}` : 'link not watched';
  const who = `${session.name} (AS${session.peerAs})`;
  const lines = [
    { text: shortened(aside ? who : session.name, letters), class: '' },
    { text: `${session.state}, ${sent}`, class: 'state' },
    ...(aside ? [] : [{ text: shortened(`AS${session.peerAs}, ${how}`, letters), class: 'quiet' }]),
  ];
  const left = layout.width - box - 4;
  const [from, middle] = [4 + width, (4 + width + left) / 2];
  // Beside the line, on the side that it does not come from.
  const beside = y + (y < height / 2 ? -9 : 19);
  return drawing(
    'a',
    {
      id: `picture-${index}`,
      class: standing(view),
      href: `#/neighbour/${encodeURIComponent(session.name)}`,
    },
    drawing('path', {
      d: `M${from} ${height / 2} C ${middle} ${height / 2} ${middle} ${y} ${left} ${y}`,
    }),
    aside &&
      drawing(
        'text',
        { x: `${left - 8}`, y: `${beside}`, 'text-anchor': 'end', class: 'quiet' },
        how,
      ),
    drawing('rect', {
      x: `${left}`,
      y: `${y - high / 2}`,
      width: `${box}`,
      height: `${high}`,
      rx: '6',
    }),
    ...lines.map((line, i) => {
      const at = y - high / 2 + 22 + i * 19;
      return drawing('text', { x: `${left + 12}`, y: `${at}`, class: line.class }, line.text);
    }),
  );
}

/**
 * @param {string} text
 * @param {number} letters
 */
function shortened(text, letters) {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

/** @param {SessionView} view */
export function standing({ session, link }) {
  if (session.state === 'Established') return 'good';
  return link?.state === 'down' || session.state === 'Idle' ? 'bad' : 'warn';
}

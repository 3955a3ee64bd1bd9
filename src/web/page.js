/** The page: which view is shown, and what on it follows the daemon's news. */

import { keepAges } from './age.js';
import { element } from './dom.js';
import { Live } from './live.js';
import { neighbourRoutes, neighbourView } from './neighbour.js';
import { overview } from './overview.js';
import { NARROW } from './picture.js';
import { routesView } from './routes.js';
import { timeline } from './timeline.js';

const main = byId('view');
const CONNECTION = {
  waiting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again; what is shown may be out of date',
};

/** The drill-down that is shown, with its routes. @type {{ name: string, kept: ReturnType<typeof neighbourRoutes> } | undefined} */
let drilled;
let shownHash = '';

const live = new Live(
  (what) => {
    if (what === 'connection') showConnection();
    else show(what);
  },
  ({ level, neighbour, message }) => {
    if (level === 'debug') return;
    byId('news').textContent = neighbour === null ? message : `${neighbour}: ${message}`;
  },
);

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

function showConnection() {
  const place = byId('connection');
  place.dataset.state = live.connection;
  place.textContent = CONNECTION[live.connection];
}

/** @param {'state' | 'events' | 'view'} what */
function show(what) {
  const { hash } = window.location;
  const moved = hash !== shownHash;
  shownHash = hash;
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?');
  // A lookup stays as it was when it was asked for.
  if (path === '/routes' && !moved && what !== 'view') return;
  const focused = document.activeElement?.id ?? '';
  main.replaceChildren(...viewOf(path, search));
  if (focused !== '' && focused !== 'view') document.getElementById(focused)?.focus();
  if (live.status) byId('who').textContent = `AS${live.status.daemon.asn}`;
  document.title = `${byId('who').textContent} ${path.replace(/^.*\//, '')} multihomed`.trim();
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === (path === '' ? '#/' : `#${path}`)) {
      link.setAttribute('aria-current', 'page');
    } else link.removeAttribute('aria-current');
  }
}

/**
 * @param {string} path
 * @param {string} search
 */
function viewOf(path, search) {
  if (!live.status) return [element('p', { class: 'quiet' }, 'waiting for the daemon')];
  const [, neighbour] = /^\/neighbour\/(.+)$/.exec(path) ?? [];
  if (neighbour !== undefined) {
    const name = nameIn(neighbour);
    if (drilled?.name !== name) drilled = { name, kept: neighbourRoutes(name) };
    return neighbourView(live, name, drilled.kept);
  }
  drilled = undefined;
  if (path === '/timeline') return timeline(live, () => show('view'));
  if (path === '/routes') {
    return routesView(new URLSearchParams(search), (asked) => {
      window.location.hash = `/routes?${asked}`;
    });
  }
  return overview(live);
}

/** @param {string} text */
function nameIn(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

window.addEventListener('hashchange', () => {
  // The link that skips to the content is no view.
  if (window.location.hash === '#view') {
    window.history.replaceState(null, '', shownHash || '#/');
    main.focus();
    return;
  }
  show('view');
});
NARROW.addEventListener('change', () => show('view'));
window.setInterval(keepAges, 1000);
show('view');
void live.start();

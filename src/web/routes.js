/** Route lookup: which paths there are, which one is best, and why the others are not. */

import { element, section, table } from './dom.js';
import { askRoutes } from './live.js';

/** @typedef {import('../control/routeView.ts').RouteView} RouteView */
/** @typedef {import('../control/routeView.ts').RoutePathView} RoutePathView */

const SHOWN = 200;
const LOOK = { best: 'good', accepted: '', refused: 'bad', leaving: 'warn' };

/** @type {readonly (readonly [string, string])[]} */
const WAYS = [
  ['match', 'longest match'],
  ['prefix', 'exactly this prefix'],
  ['covered', 'within this prefix'],
  ['covering', 'what covers it'],
];

/**
 * @param {URLSearchParams} asked
 * @param {(search: URLSearchParams) => void} go
 */
export function routesView(asked, go) {
  const results = element('div', { id: 'results', 'aria-live': 'polite' });
  const way = WAYS.find(([name]) => asked.has(name))?.[0] ?? 'match';
  const place = asked.get(way) ?? '';
  if (place !== '') void showRoutes(results, { [way]: place }, `Routes: ${place}`);
  return [section('Route lookup', lookupForm(way, place, go), results)];
}

/**
 * @param {string} way
 * @param {string} place
 * @param {(search: URLSearchParams) => void} go
 */
function lookupForm(way, place, go) {
  const input = document.createElement('input');
  input.name = 'place';
  input.id = 'place';
  input.value = place;
  input.required = true;
  input.placeholder = '192.0.2.1 or 192.0.2.0/24';
  const select = document.createElement('select');
  select.id = 'way';
  for (const [name, text] of WAYS) select.append(new Option(text, name, false, name === way));
  const form = document.createElement('form');
  form.append(
    element('label', {}, 'Address or prefix', input),
    element('label', {}, 'Look for', select),
    element('button', { type: 'submit' }, 'Look up'),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    // A prefix has no longest match; what was meant is the prefix itself.
    const name = select.value === 'match' && text.includes('/') ? 'prefix' : select.value;
    go(new URLSearchParams({ [name]: text }));
  };
  return form;
}

/**
 * @param {Element} target
 * @param {Readonly<Record<string, string>>} parameters
 * @param {string} caption
 */
export async function showRoutes(target, parameters, caption) {
  target.replaceChildren(element('p', { class: 'quiet' }, 'asking'));
  try {
    const routes = await askRoutes(parameters, SHOWN);
    const more = routes.length === SHOWN ? ` (the first ${SHOWN})` : '';
    target.replaceChildren(
      routes.length === 0
        ? element('p', {}, 'No path.')
        : table(
            `${caption}${more}`,
            ['Prefix', 'From', 'State', 'AS path', 'Next hop', 'Communities', 'Why not best'],
            routes.flatMap((route) => route.paths.map((path) => routeRow(route, path))),
          ),
    );
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    target.replaceChildren(element('p', { class: 'bad', role: 'alert' }, text));
  }
}

/**
 * @param {RouteView} route
 * @param {RoutePathView} path
 */
function routeRow({ prefix }, { neighbour, state, asPath, nextHop, reason, communities }) {
  return [
    element('code', {}, prefix),
    element('span', { class: 'whole' }, neighbour),
    element('span', { class: LOOK[state] }, state),
    element('code', {}, asPath.map(hopText).join(' ')),
    element('code', {}, nextHop ?? ''),
    communities.length > 0 && element('code', {}, communities.join(' ')),
    reason?.text ?? '',
  ];
}

/** @param {RoutePathView['asPath'][number]} hop */
function hopText(hop) {
  if (typeof hop === 'number') return String(hop);
  if ('set' in hop) return `{${hop.set.join(' ')}}`;
  if ('confedSet' in hop) return `[${hop.confedSet.join(' ')}]`;
  return `(${hop.confedSequence.join(' ')})`;
}

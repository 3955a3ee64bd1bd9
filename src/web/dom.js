/**
 * Elements made in code, never from markup: whatever a neighbour says can only become text.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | number | null | false} Child */

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly Child[]} children
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly Child[]} children
 */
export function drawing(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/**
 * @template {Element} T
 * @param {T} node
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly Child[]} children
 */
function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  for (const child of children) {
    if (child !== null && child !== false) {
      node.append(typeof child === 'number' ? String(child) : child);
    }
  }
  return node;
}

/**
 * A table, of which a narrow screen makes blocks: each cell with its column's title, and the roles
 * said, since a browser takes a table that is not laid out as one for none. `named`: a heading above it
 * says what its caption says.
 *
 * @param {string} caption
 * @param {readonly string[]} titles
 * @param {readonly (readonly Child[])[]} rows the first cell of each heads it
 * @param {boolean} named
 */
export function table(caption, titles, rows, named = false) {
  const head = titles.map((title) => {
    return element('th', { scope: 'col', role: 'columnheader' }, title);
  });
  const body = rows.map(([first = '', ...cells]) =>
    element(
      'tr',
      { role: 'row' },
      element('th', { scope: 'row', role: 'rowheader' }, first),
      ...cells.map((cell, i) => {
        return element('td', { role: 'cell', 'data-title': titles[i + 1] ?? '' }, cell);
      }),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      { role: 'table' },
      element('caption', named ? { class: 'unseen' } : {}, caption),
      element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
      element('tbody', { role: 'rowgroup' }, ...body),
    ),
  );
}

/**
 * @param {string} title
 * @param {readonly Child[]} children
 */
export function section(title, ...children) {
  return element('section', { 'aria-label': title }, element('h2', {}, title), ...children);
}

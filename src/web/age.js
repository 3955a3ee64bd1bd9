/** Times: how long ago, which goes on counting on the screen, and the moment to the millisecond. */

import { element } from './dom.js';

/** @type {readonly (readonly [string, number])[]} */
const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** @param {number} milliseconds */
function spanText(milliseconds) {
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  /** @type {string[]} */
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

/**
 * `3m 10s`, and `keepAges` keeps it true.
 *
 * @param {string} iso
 */
export function age(iso) {
  const text = spanText(Date.now() - Date.parse(iso));
  return element('time', { datetime: iso, title: iso, 'data-age': '' }, text);
}

/** @param {string} iso */
export function moment(iso) {
  const at = new Date(iso);
  const day = at.toISOString().slice(0, 10);
  const today = new Date().toISOString().slice(0, 10);
  const clock = at.toISOString().slice(11, 23);
  const text = day === today ? clock : `${day} ${clock}`;
  return element('time', { datetime: iso, title: `${iso} (UTC)` }, text);
}

/** Brings every age on the screen up to date. */
export function keepAges() {
  for (const each of document.querySelectorAll('time[data-age]')) {
    const text = spanText(Date.now() - Date.parse(each.getAttribute('datetime') ?? ''));
    if (each.textContent !== text) each.textContent = text;
  }
}

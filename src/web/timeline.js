/** What happened, to the millisecond, the newest first. */

import { moment } from './age.js';
import { element, section, table } from './dom.js';

/** @typedef {import('../control/eventLog.ts').EventView} EventView */

/** Rows that are shown. */
const SHOWN = 300;
const LOOK = { error: 'bad', warn: 'warn', info: '', debug: 'quiet' };

let details = false;

/**
 * @param {import('./live.js').Live} live
 * @param {() => void} again
 */
export function timeline({ events, missed }, again) {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.id = 'details';
  box.checked = details;
  box.onchange = () => {
    details = box.checked;
    again();
  };
  const shown = events.filter(({ level }) => details || level !== 'debug').slice(-SHOWN);
  return [
    section(
      'Timeline',
      element(
        'p',
        {},
        box,
        element('label', { for: 'details', class: 'inline' }, 'show every step'),
      ),
      missed && element('p', { class: 'warn' }, 'Some events were missed while away.'),
      eventTable(shown, 'Events, the newest first'),
    ),
  ];
}

/**
 * @param {readonly EventView[]} events the oldest first
 * @param {string} caption
 * @param {boolean} named a heading above says the same
 */
export function eventTable(events, caption, named = false) {
  const made = table(
    caption,
    ['Time (UTC)', 'Neighbour', 'What'],
    events
      .map(({ at, neighbour, message, level }) => [
        moment(at),
        neighbour ?? '',
        element('span', { class: LOOK[level] }, message),
      ])
      .reverse(),
    named,
  );
  made.classList.add('events');
  return made;
}

/** The timeline as lines of at most 80 columns. */

import type { Paint } from '../control/paint.ts';
import { wrap } from '../control/wrap.ts';
import type { CollectorPath } from './collector.ts';
import type { Moment } from './timeline.ts';

const WIDTH = 80;

/** `  +1234.5 ms  transit-a  ` */
const TIME_WIDTH = 12;
const WHO_WIDTH = 11;

export function momentLines({ who, what, after }: Moment, paint: Paint): string {
  const time = `+${after.toFixed(1)} ms`.padStart(TIME_WIDTH);
  const [first = '', ...rest] = wrap(what, WIDTH - TIME_WIDTH - 2 - WHO_WIDTH);
  const indent = ' '.repeat(TIME_WIDTH + 2 + WHO_WIDTH);
  return [
    `${paint('dim', time)}  ${who.padEnd(WHO_WIDTH)}${first}`,
    ...rest.map((line) => `${indent}${line}`),
  ].join('\n');
}

/** What the collector holds, the best path first. */
export function pathLines(paths: readonly CollectorPath[], paint: Paint): string {
  if (paths.length === 0) return `  ${paint('bad', 'the collector sees no path')}`;
  return paths
    .map(({ prefix, asPath, from, best }, index) => {
      const lead = index === 0 ? 'the collector sees' : '';
      const line = `${best ? '>' : ' '} ${prefix}  path ${asPath}  from ${from}`;
      return `  ${lead.padEnd(18)}  ${best ? paint('good', line) : line}`;
    })
    .join('\n');
}

/** For the end: `link down -> the collector has the other path    1.2 ms` */
export function measureLine(label: string, { after }: Moment): string {
  return `${label.padEnd(58)} ${`${after.toFixed(1)} ms`.padStart(10)}`;
}

/** What `show checks` prints: views in, lines out. Pure. */

import type { CheckView } from '../control/checkView.ts';
import type { Colour } from '../control/paint.ts';
import type { ChecksView } from '../control/statusView.ts';
import { prefixList } from '../control/words.ts';
import { type Fact, factLines } from './facts.ts';
import type { Look } from './showText.ts';
import { spanSince } from './span.ts';
import { type Cell, formatTable } from './table.ts';

const COLOURS: Readonly<Record<CheckView['state'], Colour>> = {
  unknown: 'warn',
  rising: 'warn',
  up: 'good',
  falling: 'warn',
  down: 'bad',
  stale: 'bad',
};

/** The table, then what each looks at and who depends on it. */
export function checksText({ checks }: ChecksView, look: Look): readonly string[] {
  if (checks.length === 0) return ['The file names no check.'];
  const titles = ['CHECK', 'KIND', 'STATE', 'FOR', 'TOOK', 'FOUND'];
  return [
    ...formatTable(
      titles,
      checks.map((check) => row(check, look)),
      look,
    ),
    ...checks.flatMap((check) => [
      '',
      look.paint('bold', check.name),
      ...factLines(details(check, look), look),
    ]),
  ];
}

function row({ name, kind, state, since, lastProbe, detail }: CheckView, { now }: Look) {
  const cells: readonly Cell[] = [
    name,
    kind,
    { text: state, colour: COLOURS[state] },
    since === null ? '-' : spanSince(since, now),
    lastProbe ? durationText(lastProbe.duration) : '-',
    detail ?? 'not probed yet',
  ];
  return cells;
}

function durationText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)}ms` : `${seconds.toFixed(1)}s`;
}

function details({ target, via, lastProbe, neededBy, leaseUntil }: CheckView, { now }: Look) {
  const facts: Fact[] = [
    ['probes', target],
    via === null
      ? ['needed by', neededBy.length === 0 ? 'no prefix' : prefixList(neededBy)]
      : ['tells of', `whether ${via} leads anywhere`],
  ];
  if (lastProbe && leaseUntil !== null) {
    const ended = Date.parse(leaseUntil) < now;
    const ago = `${lastProbe.ok ? 'passed' : 'failed'} ${spanSince(lastProbe.at, now)} ago`;
    facts.push(['last probe', ended ? `${ago}, too long to believe it` : ago]);
  }
  return facts;
}

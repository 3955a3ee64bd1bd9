/**
 * What `show routes` prints: views in, lines out. A list is written while it arrives, so that its
 * columns are fixed before the first row is known.
 */

import type { Colour } from '../control/paint.ts';
import type { PathState, RoutePathView, RouteView } from '../control/routeView.ts';
import { wrap } from '../control/wrap.ts';
import { formatAsPath } from '../wire/asPathText.ts';
import { valueText } from './decodeText.ts';
import { type Fact, factLines } from './facts.ts';
import type { Layout } from './table.ts';

/** Wide enough for every IPv4 prefix; a longer one gets a line of its own. */
const PREFIX = 18;
const GAP = '  ';
/** The last column has so much, whatever the terminal has. */
const LEAST_ROOM = 24;

const MARKS: Readonly<Record<PathState, { mark: string; colour: Colour | undefined }>> = {
  best: { mark: '>', colour: 'good' },
  accepted: { mark: ' ', colour: undefined },
  refused: { mark: 'x', colour: 'bad' },
  leaving: { mark: '-', colour: 'dim' },
};

/** Before a list of everything. */
export const LEGEND =
  '> best, x refused, - being taken away; in brackets, why it is not best. A PREFIX or an ADDRESS shows one in full.';

export interface RouteLayout extends Layout {
  /** Columns for a neighbour's name. */
  readonly nameWidth: number;
}

/** `names`: the neighbours that may be in the list. */
export function routeLayout(names: readonly string[], layout: Layout): RouteLayout {
  return { ...layout, nameWidth: Math.max(9, ...names.map((name) => name.length)) };
}

export function routeTitles({ nameWidth, paint }: RouteLayout): string {
  return paint(
    'dim',
    `  ${'PREFIX'.padEnd(PREFIX)}${GAP}${'NEIGHBOUR'.padEnd(nameWidth)}${GAP}AS PATH`,
  );
}

/** A row for each path. */
export function routeRows({ prefix, paths }: RouteView, layout: RouteLayout): readonly string[] {
  return paths.flatMap((path) => routeRow(prefix, path, layout));
}

function routeRow(prefix: string, path: RoutePathView, layout: RouteLayout): readonly string[] {
  const { width, nameWidth, paint } = layout;
  const { mark, colour } = MARKS[path.state];
  const coloured = (text: string) => (colour && text !== ' ' ? paint(colour, text) : text);
  const ownLine = prefix.length > PREFIX;
  const before = 2 + PREFIX + GAP.length + nameWidth + GAP.length;
  const place = (ownLine ? '' : prefix).padEnd(PREFIX);
  const begin = `${GAP}${path.neighbour.padEnd(nameWidth)}${GAP}`;
  const texts = wrap(pathText(path), Math.max(LEAST_ROOM, width - before));
  const first = ownLine ? `  ${place}` : `${coloured(mark)} ${place}`;
  return [
    ...(ownLine ? [`${coloured(mark)} ${prefix}`] : []),
    ...texts.map((text, i) =>
      i === 0 ? `${first}${begin}${text}` : `${' '.repeat(before)}${text}`,
    ),
  ];
}

function pathText(path: RoutePathView): string {
  const why = [path.reason?.code, path.stale && path.state !== 'leaving' ? 'stale' : undefined];
  const known = why.filter((word) => word !== undefined).join(', ');
  return `${formatAsPath(path.asPath) || '(empty)'}${known === '' ? '' : ` [${known}]`}`;
}

/** One prefix whole: each path with all that is known of it. */
export function routeDetails({ prefix, paths }: RouteView, layout: Layout): readonly string[] {
  const best = paths.find(({ state }) => state === 'best');
  const count = paths.length === 1 ? '1 path' : `${paths.length} paths`;
  const from = best ? `, the best one from ${best.neighbour}` : ', none of them best';
  return [
    `${layout.paint('bold', prefix)}: ${count}${from}`,
    ...paths.flatMap((path) => ['', ...pathDetails(path, layout)]),
  ];
}

function pathDetails(path: RoutePathView, layout: Layout): readonly string[] {
  const { mark, colour } = MARKS[path.state];
  const [head = '', ...rest] = wrap(`${path.neighbour}: ${standingText(path)}`, layout.width - 2);
  const title = `${mark} ${head}`;
  return [
    colour ? layout.paint(colour, title) : title,
    ...rest.map((line) => `  ${line}`),
    ...factLines(pathFacts(path), layout),
  ];
}

function standingText({ state, reason }: RoutePathView): string {
  const why = reason?.text ?? '';
  switch (state) {
    case 'best':
      return 'best';
    case 'accepted':
      return `not best: ${why}`;
    case 'refused':
      return `refused: ${why}`;
    case 'leaving':
      return why;
  }
}

function pathFacts(path: RoutePathView): readonly Fact[] {
  const { asPath, origin, nextHop, linkLocalNextHop, med, localPref, communities } = path;
  const hops = linkLocalNextHop === null ? nextHop : `${nextHop} and ${linkLocalNextHop}`;
  const facts: readonly (readonly [string, string | number | null])[] = [
    ['AS path', formatAsPath(asPath) || '(empty)'],
    ['origin', origin],
    ['next hop', hops],
    ['local pref', localPref],
    ['MED', med],
    ['communities', communities.join(' ') || null],
    ['path id', path.pathId],
    ['only to customer', path.onlyToCustomer],
    ['stale', staleText(path)],
    ...path.attributes.map(({ name, value }) => [name, valueText(value)] as const),
  ];
  return facts.flatMap(([label, text]): readonly Fact[] =>
    text === null ? [] : [[label, String(text)]],
  );
}

function staleText({ stale, llgrStale, state }: RoutePathView): string | null {
  if (state === 'leaving') return null;
  if (llgrStale) return 'long-lived (RFC 9494): the last choice';
  return stale ? 'not announced again since its neighbour began anew' : null;
}

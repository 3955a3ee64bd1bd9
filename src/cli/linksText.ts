/** What `show links` prints: views in, lines out. Pure. */

import type { LinksView } from '../control/linkView.ts';
import { linkText, prefixList } from '../control/words.ts';
import { wrap } from '../control/wrap.ts';
import type { Look } from './showText.ts';
import { spanSince } from './span.ts';
import { type Cell, formatTable } from './table.ts';

export function linksText({ links, unprotected }: LinksView, look: Look): readonly string[] {
  const rows = links.map((link) => row(link, look));
  const table =
    rows.length === 0 ? [] : formatTable(['LINK', 'STATE', 'FOR', 'NEIGHBOURS'], rows, look);
  if (unprotected.length === 0) return table.length > 0 ? table : ['The file names no neighbour.'];
  const text = `No interface is known for ${prefixList(unprotected)}: only timers protect what is announced there.`;
  return [...table, ...(table.length > 0 ? [''] : []), ...wrap(text, look.width)];
}

function row(link: LinksView['links'][number], { now }: Look): readonly Cell[] {
  const { state, cause, since, neighbours } = link;
  const words =
    state && cause ? linkText({ interface: '', state, cause }).replace(/^link {2}is /, '') : '';
  return [
    link.interface,
    words === '' ? 'not watched yet' : { text: words, colour: state === 'up' ? 'good' : 'bad' },
    since === null ? '-' : spanSince(since, now),
    neighbours
      .map(({ name, origin }) => (origin === 'derived' ? `${name} (derived)` : name))
      .join(', '),
  ];
}

/** The page is for browsers: no text may become markup, and nothing runs or is fetched. */

import t from 'tap';
import { escaped, reportPage } from '../../src/lab/reportPage.ts';

t.test('text stays text, in elements and in attributes', async (t) => {
  const evil = `"><script>alert('&')</script>`;
  t.notMatch(escaped(evil), /[<>"']|&(?!#\d+;)/);
  const page = reportPage(
    [
      {
        ...{ name: evil, title: evil, result: 'failed', duration: 1000, hasClient: true },
        ...{ degradedBy: 'relay', round: 2 },
        verdicts: [{ expected: evil, seen: evil, ok: false }],
        deeds: [{ at: 10, text: evil }],
        outages: [{ from: 1, to: 2, lost: 1 }],
        paths: { [evil]: [{ at: -5, path: evil }] },
      },
      { name: 'x', title: evil, result: 'not available', why: evil, round: 1 },
    ],
    new Date(0),
  );
  t.notMatch(page, /<script|alert\('/);
  t.match(page, /default-src 'none'/);
  t.match(page, /\(round 2\)[\s\S]*the link is a relay/);
  t.notMatch(page, /NaN|Infinity|undefined/);
  t.notMatch(page, /(src|href)=/);
});

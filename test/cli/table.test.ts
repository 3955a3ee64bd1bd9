import fc from 'fast-check';
import t from 'tap';
import { formatSpan, spanSince } from '../../src/cli/span.ts';
import { formatTable } from '../../src/cli/table.ts';
import { wantsColour, widthOf } from '../../src/cli/terminal.ts';
import { colourPaint, plainPaint } from '../../src/control/paint.ts';
import { wrap } from '../../src/control/wrap.ts';

t.test('columns are as wide as they must be and the last one wraps', (t) => {
  const rows = [
    ['a', 'one two three four five'],
    ['bbbb', { text: 'six', colour: 'good' as const }],
  ];
  const lines = formatTable(['X', 'WHY'], rows, { width: 18, paint: plainPaint, indent: '  ' });
  t.strictSame(lines, [
    '  x: a',
    '    why: one two',
    '    three four',
    '    five',
    '  x: bbbb',
    '    why: six',
  ]);
  t.strictSame(formatTable(['X', 'WHY'], rows, { width: 28, paint: plainPaint }), [
    'X     WHY',
    'a     one two three four',
    '      five',
    'bbbb  six',
  ]);
  t.end();
});

t.test('colours do not count as width', (t) => {
  const rows = [[{ text: 'yes', colour: 'good' as const }, 'x']];
  const [, line] = formatTable(['ANNOUNCED', 'WHY'], rows, { width: 80, paint: colourPaint });
  t.equal(line, '\x1b[32myes\x1b[0m        x');
  t.end();
});

t.test('property: no line is wider than the terminal, and no word is lost', (t) => {
  const cell = fc.stringMatching(/^[a-z0-9.:/]{0,30}( [a-z]{1,12}){0,8}$/);
  const table = fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 });
  fc.assert(
    fc.property(table, fc.integer({ min: 40, max: 100 }), (rows, width) => {
      const lines = formatTable(['A', 'B', 'C'], rows, { width, paint: plainPaint });
      if (lines.some((line) => line.length > width)) return false;
      const squeeze = (texts: readonly string[]) => texts.join('').replaceAll(' ', '').length;
      return squeeze(lines) >= squeeze(rows.flat());
    }),
    { seed: 80, numRuns: 300 },
  );
  t.end();
});

t.test('wrapping breaks a word only when it must', (t) => {
  t.strictSame(wrap('', 10), ['']);
  t.strictSame(wrap('aaa bbb ccc', 7), ['aaa bbb', 'ccc']);
  t.strictSame(wrap('abcdefghij kl', 4), ['abcd', 'efgh', 'ij', 'kl']);
  t.end();
});

t.test('spans have two units at most', (t) => {
  t.equal(formatSpan(-5), '0s');
  t.equal(formatSpan(999), '0s');
  t.equal(formatSpan(12_000), '12s');
  t.equal(formatSpan(192_000), '3m 12s');
  t.equal(formatSpan(3_600_000), '1h');
  t.equal(formatSpan(90_061_000), '1d 1h');
  t.equal(spanSince('2026-01-01T00:00:00.000Z', Date.UTC(2026, 0, 1, 0, 0, 7)), '7s');
  t.end();
});

t.test('colour is for terminals whose user did not refuse it', (t) => {
  t.equal(wantsColour(true, {}), true);
  t.equal(wantsColour(false, {}), false);
  t.equal(wantsColour(true, { NO_COLOR: '1' }), false);
  t.equal(wantsColour(true, { NO_COLOR: '' }), true);
  t.equal(wantsColour(true, { TERM: 'dumb' }), false);
  t.end();
});

t.test(
  'a terminal that does not know its width, as a serial console, is taken for one of 80',
  (t) => {
    t.equal(widthOf(0), 80);
    t.equal(widthOf(20), 40);
    t.equal(widthOf(132), 132);
    t.end();
  },
);

import t from 'tap';
import { type Paint, plainPaint } from '../../src/control/paint.ts';
import { measureLine, momentLines, pathLines } from '../../src/demo/screen.ts';

t.test('a moment is a time, a name and what happened', async (t) => {
  const moment = { who: 'transit-a', what: 'reads UPDATE: withdraw 203.0.113.0/24', after: 1.24 };
  t.equal(
    momentLines(moment, plainPaint),
    '     +1.2 ms  transit-a  reads UPDATE: withdraw 203.0.113.0/24',
  );
});

t.test('what is too long for a line goes on under its beginning', async (t) => {
  const words = Array.from({ length: 30 }, (_, index) => `word${index}`);
  const lines = momentLines(
    { who: 'edge', what: words.join(' '), after: 12345.6 },
    plainPaint,
  ).split('\n');
  t.ok(lines.length > 1);
  t.ok(lines.every((line) => line.length <= 80));
  t.ok(lines.slice(1).every((line) => /^ {25}\S/.test(line)));
  t.same(
    lines
      .map((line) => line.slice(25))
      .join(' ')
      .split(' '),
    words,
  );
});

t.test('the collector lists the best path first and marks it', async (t) => {
  const path = { prefix: '203.0.113.0/24', asPath: '64496 64500', from: 'transit-a' };
  t.equal(
    pathLines(
      [
        { ...path, best: true },
        { ...path, best: false },
      ],
      plainPaint,
    ),
    [
      '  the collector sees  > 203.0.113.0/24  path 64496 64500  from transit-a',
      '                        203.0.113.0/24  path 64496 64500  from transit-a',
    ].join('\n'),
  );
  t.equal(pathLines([], plainPaint), '  the collector sees no path');
});

t.test('a time is dim and the best path stands out', async (t) => {
  const moment = { who: 'edge', what: 'x', after: 1 };
  const marked: Paint = (colour, text) => `<${colour}>${text}</>`;
  t.equal(momentLines(moment, marked), '<dim>     +1.0 ms</>  edge       x');
  const path = { prefix: '192.0.2.0/24', asPath: '1', from: 'a', best: true };
  t.match(pathLines([path], marked), '<good>> 192.0.2.0/24  path 1  from a</>');
});

t.test('measured times stand under each other', async (t) => {
  const lengths = ['a', 'a longer label'].map(
    (label) => measureLine(label, { who: '', what: '', after: 1 }).length,
  );
  t.equal(lengths[0], lengths[1]);
});

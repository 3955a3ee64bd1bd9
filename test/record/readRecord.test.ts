import t from 'tap';
import { lineText, readLine } from '../../src/record/line.ts';
import { RecordFault, readRecord } from '../../src/record/readRecord.ts';

const BEGIN = lineText({ do: 'begin', format: 1, version: '1.2.3', at: 5, pid: 7 });
const CLOSED = lineText({ do: 'closed', at: 6, with: 'a' });

t.test('a whole record has its lines with their numbers', async (t) => {
  const { begin, lines, torn } = readRecord(`${BEGIN}${CLOSED}${CLOSED}`);
  t.equal(begin.version, '1.2.3');
  t.strictSame(
    lines.map(({ number }) => number),
    [2, 3],
  );
  t.equal(torn, undefined);
});

t.test('a last line that was cut off anywhere is named, and is none', async (t) => {
  for (let length = 1; length < CLOSED.length; length++) {
    const { lines, torn } = readRecord(`${BEGIN}${CLOSED}${CLOSED.slice(0, length)}`);
    t.equal(lines.length, 1);
    t.equal(torn, 3);
  }
});

t.test('what is no record is refused with the reason', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /no whole line/],
    [BEGIN.slice(0, -1), /no whole line/],
    [CLOSED, /does not begin/],
    [BEGIN.replace('"format":1', '"format":2'), /format is 2, and this program reads 1/],
    [`${BEGIN}{}\n${CLOSED}`, /line 2 is no line/],
    [`${BEGIN}\n`, /line 2 is no line/],
    ['asn: 64500\n', /line 1 is no line/],
  ];
  for (const [text, why] of cases) {
    t.throws(() => readRecord(text), { name: 'RecordFault', message: why }, text);
    t.throws(() => readRecord(text), RecordFault);
  }
});

t.test('a line has the fields of its kind', async (t) => {
  for (const text of ['null', '[]', '"x"', '{"do":7}', '{"do":"constructor"}', '{"do":"closed"}']) {
    t.equal(readLine(text), undefined, text);
  }
  t.equal(readLine('{"do":"closed","at":null,"with":"a"}'), undefined);
  t.match(readLine('{"do":"closed","at":1,"with":"a"}'), { with: 'a' });
});

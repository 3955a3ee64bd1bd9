import t from 'tap';
import { plainLine, plainLines, replaceUnsafe } from '../../src/net/plainText.ts';

t.test('what could act on a terminal is replaced, letters of any script are not', (t) => {
  t.equal(plainLine('a\x1b[31mb\x07\x9bc\u202ed'), 'a\ufffd[31mb\ufffd\ufffdc\ufffdd');
  t.equal(plainLine('one\r\ntwo\tthree'), 'one two three');
  t.equal(plainLine('Wartung bis 14 Uhr, 保守, صيانة'), 'Wartung bis 14 Uhr, 保守, صيانة');
  t.equal(plainLines('one\ntwo\x1b'), 'one\ntwo\ufffd');
  t.equal(
    replaceUnsafe('a\tb\u2028', () => '.'),
    'a.b.',
  );
  t.end();
});

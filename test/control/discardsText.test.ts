import t from 'tap';
import { DISCARD_REASONS } from '../../src/bfd/discard.ts';
import { discardsText } from '../../src/control/discardsText.ts';

t.test('why packets were discarded, the most frequent first', (t) => {
  t.equal(discardsText({}), '');
  t.equal(discardsText({ malformed: 1, password: 12 }), '12 with another password; 1 malformed');
  const all = Object.fromEntries(DISCARD_REASONS.map((reason) => [reason, 1]));
  t.equal(new Set(discardsText(all).split('; ')).size, DISCARD_REASONS.length);
  t.end();
});

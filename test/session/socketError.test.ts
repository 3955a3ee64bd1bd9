import t from 'tap';
import { socketErrorText } from '../../src/session/socketError.ts';

t.test('what an operator can act on is in words', (t) => {
  const text = (code: string) => socketErrorText(Object.assign(new Error(`x ${code}`), { code }));
  t.match(text('ECONNREFUSED'), /nothing listens there, or the neighbour does not know us/);
  t.match(text('EADDRNOTAVAIL'), /not on this machine: add it .* correct local-address/);
  t.match(text('EMFILE'), /raise the limit/);
  t.end();
});

t.test('what is not known is told as it came', (t) => {
  t.equal(socketErrorText(Object.assign(new Error('odd'), { code: 'EODD' })), 'odd');
  t.equal(socketErrorText(Object.assign(new Error('odd'), { code: 7 })), 'odd');
  t.equal(socketErrorText(new Error('plain')), 'plain');
  t.equal(socketErrorText(Object.assign(new Error('x'), { code: 'toString' })), 'x');
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { addressFromOctets } from '../../src/net/address.ts';
import { parseAddress, parseCidr, parsePrefix } from '../../src/net/text.ts';

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const sparse = fc
  .array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(0xffff)), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));

t.test('RFC 5952: addresses become the one text that everybody writes', (t) => {
  for (const [text, canonical] of [
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // §4.2.2: one group alone is written out
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // §4.2.3: the longest run
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // §4.2.3: the first of equals
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'], // §5
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ] as const) {
    t.equal(parseAddress(text)?.text, canonical, text);
  }
  t.end();
});

t.test('what readers could take for different addresses is none', (t) => {
  for (const text of [
    ...['', ' ', 'localhost', '192.0.2', '192.0.2.1.1', '192.0.2.256', '192.0.2.-1', '3221225985'],
    ...['010.0.0.1', '192.0.2.01', '0x7f.0.0.1', '192.0.2.1 ', ' 192.0.2.1', '192.0.2.1\n'],
    ...['192.0.2.1/32', '١٩٢.0.2.1'],
    ...[':', ':::', '::1::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::'],
    ...['12345::', 'g::', 'fe80::1%eth0', '[::1]', '::1 ', '::192.0.2', '::192.0.2.256'],
    ...['192.0.2.1::', '::ffff:010.0.0.1', ':1', '1:', '1::2:'],
  ]) {
    t.equal(parseAddress(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('a prefix has a length in range and no host bits', (t) => {
  t.equal(parsePrefix('203.0.113.0/24')?.text, '203.0.113.0/24');
  t.equal(parsePrefix('0.0.0.0/0')?.text, '0.0.0.0/0');
  t.equal(parsePrefix('2001:DB8::/32')?.text, '2001:db8::/32');
  t.equal(parsePrefix('2001:db8::1/128')?.length, 128);
  for (const text of [
    ...['203.0.113.1/24', '2001:db8::1/64', '203.0.113.0/33', '::/129', '203.0.113.0'],
    ...['203.0.113.0/024', '203.0.113.0/', '203.0.113.0/-1', '203.0.113.0/24/24', '/24'],
    ...['203.0.113.0/255.255.255.0', '203.0.113.0/ 24', '203.0.113/24'],
  ]) {
    t.equal(parsePrefix(text), undefined, text);
  }
  t.match(parseCidr('203.0.113.1/24'), { address: { text: '203.0.113.1' }, length: 24 });
  t.end();
});

t.test('property: every address reads back as itself', (t) => {
  fc.assert(
    fc.property(fc.oneof(octets(4), octets(16), sparse), (bytes) => {
      const address = addressFromOctets(bytes);
      const again = parseAddress(address.text);
      t.same(again, address, address.text);
    }),
    { seed: 5952, numRuns: 150 },
  );
  t.end();
});

t.test('property: no text makes the parsers throw', (t) => {
  const near = fc.string({ unit: fc.constantFrom(...'0129afx:./% '), maxLength: 45 });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (text) => {
      const address = parseAddress(text);
      const prefix = parsePrefix(text);
      // Whatever is taken has one meaning: its canonical text is taken for the same.
      if (address) t.same(parseAddress(address.text), address);
      if (prefix) t.same(parsePrefix(prefix.text), prefix);
    }),
    { seed: 4291, numRuns: 250 },
  );
  t.end();
});

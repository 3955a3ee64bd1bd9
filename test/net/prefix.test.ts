import fc from 'fast-check';
import t from 'tap';
import { addressFromOctets } from '../../src/net/address.ts';
import {
  contains,
  covers,
  hasHostBits,
  maxLength,
  type Prefix,
  prefixOf,
} from '../../src/net/prefix.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { prefix } from '../support/routes.ts';

/** Any prefix, by bits: an own way to say what a prefix covers. */
const drawn = fc.constantFrom(4, 16).chain((size) =>
  fc.record({
    octets: fc.uint8Array({ minLength: size, maxLength: size }),
    length: fc.nat(size * 8),
  }),
);

function bits({ octets }: Pick<Prefix, 'octets'>): string {
  return [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
}

t.test('host bits are cleared, and can be asked for before', (t) => {
  const address = addressFromOctets(Uint8Array.of(203, 0, 113, 129));
  t.equal(prefixOf(address, 24).text, '203.0.113.0/24');
  t.equal(prefixOf(address, 25).text, '203.0.113.128/25');
  t.equal(prefixOf(address, 0).text, '0.0.0.0/0');
  t.equal(prefixOf(address, 32).text, '203.0.113.129/32');
  t.ok(hasHostBits(address, 31));
  t.notOk(hasHostBits(address, 32));
  for (const length of [-1, 33, 1.5, Number.NaN]) {
    t.throws(() => prefixOf(address, length), RangeError, `${length}`);
  }
  t.end();
});

t.test('a prefix covers itself and what is more specific, of its own family', (t) => {
  t.ok(covers(prefix('203.0.113.0/24'), prefix('203.0.113.0/24')));
  t.ok(covers(prefix('203.0.112.0/23'), prefix('203.0.113.0/24')));
  t.notOk(covers(prefix('203.0.113.0/24'), prefix('203.0.112.0/23')));
  t.notOk(covers(prefix('203.0.112.0/24'), prefix('203.0.113.0/24')));
  t.ok(covers(prefix('0.0.0.0/0'), prefix('203.0.113.0/24')));
  t.notOk(covers(prefix('0.0.0.0/0'), prefix('2001:db8::/32')));
  t.notOk(covers(prefix('::/0'), prefix('203.0.113.0/24')));
  t.end();
});

t.test('property: covering is sharing the first bits', (t) => {
  fc.assert(
    fc.property(drawn, drawn, fc.boolean(), (a, b, related) => {
      const outer = prefixOf(addressFromOctets(a.octets), a.length);
      // Two that were drawn apart are hardly ever related.
      const octets = related && b.octets.length === a.octets.length ? a.octets : b.octets;
      const address = addressFromOctets(octets);
      const inner = prefixOf(address, Math.min(b.length, maxLength(address.family)));
      const within = (length: number, text: string) =>
        outer.family === inner.family &&
        length >= outer.length &&
        text.startsWith(bits(outer).slice(0, outer.length));
      t.equal(covers(outer, inner), within(inner.length, bits(inner)));
      t.equal(contains(outer, address), within(maxLength(address.family), bits(address)));
    }),
    { seed: 24, numRuns: 300 },
  );
  t.end();
});

t.test('property: every prefix reads back as itself', (t) => {
  fc.assert(
    fc.property(drawn, ({ octets, length }) => {
      const made = prefixOf(addressFromOctets(octets), length);
      t.same(parsePrefix(made.text), made, made.text);
      t.notOk(hasHostBits(addressFromOctets(made.octets), length));
    }),
    { seed: 25, numRuns: 200 },
  );
  t.end();
});

import fc from 'fast-check';
import t from 'tap';
import { AS_TRANS, isPrivateAsn, isReservedAsn, MAX_ASN, parseAsn } from '../../src/net/asn.ts';

t.test('RFC 5396: plain and dotted', (t) => {
  for (const [text, value] of [
    ['0', 0],
    ['64500', 64500],
    ['4294967295', MAX_ASN],
    ['1.10', 65546],
    ['0.64500', 64500],
    ['65535.65535', MAX_ASN],
  ] as const) {
    t.equal(parseAsn(text), value, text);
  }
  for (const text of [
    ...['', '-1', '4294967296', '99999999999', '1e3', '0x10', ' 1', '1 ', 'AS64500'],
    ...['1.', '.1', '1.65536', '65536.0', '1.2.3', '1.-1'],
  ]) {
    t.equal(parseAsn(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('property: both notations read as the same number', (t) => {
  fc.assert(
    fc.property(fc.nat(MAX_ASN), (asn) => {
      const dotted = `${Math.floor(asn / 65536)}.${asn % 65536}`;
      return parseAsn(String(asn)) === asn && parseAsn(dotted) === asn;
    }),
    { seed: 5396 },
  );
  t.end();
});

t.test('the ranges that RFCs set apart, at their edges', (t) => {
  const edges = (is: (asn: number) => boolean, ...ranges: (readonly [number, number])[]) => {
    for (const [first, last] of ranges) {
      t.ok(is(first) && is(last), `${first} and ${last}`);
      t.notOk((first > 0 && is(first - 1)) || is(last + 1), `not around ${first}..${last}`);
    }
  };
  edges(isPrivateAsn, [64512, 65534], [4_200_000_000, 4_294_967_294]); // RFC 6996
  edges(isReservedAsn, [0, 0], [AS_TRANS, AS_TRANS], [65535, 65535], [MAX_ASN, MAX_ASN]);
  t.end();
});

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { addressFromOctets } from '../../src/net/address.ts';
import { type Prefix, prefixOf } from '../../src/net/prefix.ts';
import { coversIpv4, coversIpv6, ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';

/** Few values of each octet, so that prefixes are often parts of one another. */
function prefixes(octets: 4 | 16) {
  const octet = fc.constantFrom(0, 1, 127, 128, 255);
  const address = fc.array(octet, { minLength: octets, maxLength: octets });
  const length = fc.nat({ max: octets * 8 });
  return fc
    .tuple(address, length)
    .map(([address, length]) => prefixOf(addressFromOctets(Uint8Array.from(address)), length));
}

function isPart(inner: Prefix, outer: Prefix): boolean {
  const bits = ({ octets }: Prefix) =>
    [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const same = bits(inner).slice(0, outer.length) === bits(outer).slice(0, outer.length);
  return inner.family === outer.family && inner.length >= outer.length && same;
}

function isCovered(own: readonly Prefix[], prefix: Prefix): boolean {
  const set = ownPrefixes(own);
  const { word0, word1, word2, word3, length } = RowPrefix.of(prefix);
  const [a = 0, b = 0] = prefix.octets;
  if (prefix.family === 'ipv4') {
    return set.ipv4Heads[a] === 1 && coversIpv4(set, word0, length);
  }
  const head = set.ipv6Heads[(a << 4) | (b >> 4)] === 1;
  return head && coversIpv6(set, word0, word1, word2, word3, length);
}

for (const octets of [4, 16] as const) {
  t.test(`property: a prefix of ${octets} octets is ours as a search of all says`, (t) => {
    const some = fc.array(prefixes(octets), { maxLength: 12, size: 'max' });
    fc.assert(
      fc.property(some, some, (own, asked) =>
        [...own, ...asked].every(
          (prefix) => isCovered(own, prefix) === own.some((ours) => isPart(prefix, ours)),
        ),
      ),
      { seed: 100000 + octets, numRuns: 200 },
    );
    t.end();
  });
}

t.test('the default route covers its family and not the other', (t) => {
  const any = prefixOf(addressFromOctets(new Uint8Array(4)), 0);
  const own = ownPrefixes([any]);
  t.ok(coversIpv4(own, -1, 32));
  t.ok(coversIpv4(own, 0, 0));
  t.notOk(coversIpv6(own, 0, 0, 0, 0, 0));
  t.equal(own.ipv4Heads.indexOf(0), -1);
  t.end();
});

t.test('the same prefixes are an equal set, and others are not: a reload compares them so', (t) => {
  const at = (octet: number, length: number) =>
    prefixOf(addressFromOctets(Uint8Array.of(octet, 0, 0, 0)), length);
  const some = ownPrefixes([at(10, 8), at(20, 8)]);
  t.ok(isDeepStrictEqual(some, ownPrefixes([at(20, 8), at(10, 8), at(10, 16)])));
  t.notOk(isDeepStrictEqual(some, ownPrefixes([at(10, 8), at(20, 9)])));
  t.end();
});

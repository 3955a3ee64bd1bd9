import fc from 'fast-check';
import t from 'tap';
import {
  addressFromOctets,
  formatIdentifier,
  ipv4FromNumber,
  ipv4ToNumber,
  isLinkLocal,
  sameAddress,
} from '../../src/net/address.ts';
import { parseAddress } from '../../src/net/text.ts';

t.test('an address owns its octets', (t) => {
  const octets = Uint8Array.of(192, 0, 2, 1);
  const address = addressFromOctets(octets);
  octets[0] = 10;
  t.equal(address.text, '192.0.2.1');
  t.same(address.octets, Uint8Array.of(192, 0, 2, 1));
  t.ok(sameAddress(address, addressFromOctets(Uint8Array.of(192, 0, 2, 1))));
  t.throws(() => addressFromOctets(new Uint8Array(5)), RangeError);
  t.end();
});

t.test('property: an IPv4 address is a number and back, over all 32 bits', (t) => {
  t.equal(formatIdentifier(0xffff_ffff), '255.255.255.255');
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), (value) => ipv4ToNumber(ipv4FromNumber(value)) === value),
    { seed: 32 },
  );
  t.end();
});

t.test('RFC 4291 §2.4: fe80::/10 is link-local', (t) => {
  const local = (text: string) => {
    const address = parseAddress(text);
    return address !== undefined && isLinkLocal(address);
  };
  t.ok(local('fe80::1'));
  t.ok(local('febf:ffff::'));
  t.notOk(local('fec0::1'));
  t.notOk(local('fe00::1'));
  t.notOk(local('169.254.0.1'), 'of IPv4, a zone is never needed');
  t.notOk(local('254.128.0.1'));
  t.end();
});

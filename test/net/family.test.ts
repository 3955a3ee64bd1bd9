import t from 'tap';
import { addressOctets, afiSafiOf, FAMILIES, familyOf } from '../../src/net/family.ts';

t.test('RFC 4760: IPv4 and IPv6 unicast are families, and nothing else is', (t) => {
  for (const family of FAMILIES) {
    const { afi, safi } = afiSafiOf(family);
    t.equal(familyOf(afi, safi), family);
    t.equal(addressOctets(family), family === 'ipv4' ? 4 : 16);
  }
  for (const [afi, safi] of [
    [1, 2],
    [2, 2],
    [1, 128],
    [25, 70],
    [0, 1],
    [1, 0],
    [3, 1],
  ] as const) {
    t.equal(familyOf(afi, safi), undefined, `${afi}/${safi}`);
  }
  t.end();
});

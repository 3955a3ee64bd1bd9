/** The lines were recorded with iproute2 6.1.0 on Linux 6.18. */

import fc from 'fast-check';
import t from 'tap';
import { RouteScreen } from '../../src/monitor/routeScreen.ts';
import { addressFromOctets, type IpAddress } from '../../src/net/address.ts';
import { contains, prefixOf } from '../../src/net/prefix.ts';
import { parseAddress } from '../../src/net/text.ts';

function addresses(...texts: string[]): readonly IpAddress[] {
  return texts.map((text) => {
    const address = parseAddress(text);
    if (!address) throw new Error(`not an address: ${text}`);
    return address;
  });
}

const screen = new RouteScreen(addresses('198.51.100.1', '2001:db8:ff::1'));

t.test('a route that covers a neighbour passes, whatever kind and table it is of', (t) => {
  for (const line of [
    '198.51.100.0/30 dev d2 scope link ',
    '198.51.100.1 dev d2 scope link ',
    'Deleted 198.51.0.0/16 dev d2 proto kernel scope link src 198.51.0.2 ',
    '198.0.0.0/8 dev d1 table 100 scope link ',
    '192.0.0.0/2 dev d1 ',
    '198.48.0.0/12 \\\tnexthop via 192.0.2.1 dev d1 weight 1 onlink \\\tnexthop via 192.0.2.5 dev d2 weight 1 ',
    '198.51.100.0/24 nhid 5 dev d2 ',
    'blackhole 198.51.100.0/24 ',
    'Deleted unreachable 2001:db8:ff::/48 dev lo metric 1024 pref medium',
    '2001:db8:ff::/64 dev d2 metric 256 pref medium',
    '2001:db8:ff::1 dev d2 metric 1024 pref medium',
    '2000::/3 via fe80::1 dev eth0 metric 1024 pref medium',
    'default dev d2 scope link ',
    'Deleted default dev d2 metric 1024 pref medium',
    'unreachable default dev lo metric 4294967295 pref medium',
  ]) {
    t.ok(screen.passes(line), line);
  }
  t.end();
});

t.test('all other routes, and what is no route, do not', (t) => {
  for (const line of [
    '11.0.0.0/24 via 198.51.100.1 dev d1 ',
    '198.51.100.4/30 dev d2 scope link ',
    'local 198.51.100.2 dev d1 table local proto kernel scope host src 198.51.100.2 ',
    'Deleted broadcast 198.51.100.3 dev d1 table local proto kernel scope link src 198.51.100.2 ',
    '128.0.0.0/2 dev d1 ',
    '2a0e:367b::/32 via 2001:db8:ff::1 dev d1 metric 1024 pref medium',
    '2001:db8:ff::2 dev d2 metric 1024 pref medium',
    'fe80::/64 dev d1 proto kernel metric 256 pref medium',
    'multicast ff00::/8 dev d1 table local proto kernel metric 256 pref medium',
    '198.51.100.0/33 dev d1',
    '198.51.100/24 dev d1',
    '101: eth1: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP ',
    'Deleted ',
    '',
  ]) {
    t.notOk(screen.passes(line), line);
  }
  t.end();
});

t.test('without neighbours nothing passes, not even a default route', (t) => {
  t.notOk(new RouteScreen([]).passes('default dev d2 scope link '));
  t.end();
});

t.test('property: it passes exactly the prefixes that contain a neighbour', (t) => {
  // Octets from few values, so that neighbours and routes have beginnings in common.
  const octet = fc.constantFrom(0, 1, 32, 198, 255);
  const octets = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.array(octet, { minLength: 4, maxLength: 4 }),
    fc.array(octet, { minLength: 16, maxLength: 16 }),
  );
  const address = octets.map((values) => addressFromOctets(Uint8Array.from(values)));
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(address, fc.array(address, { maxLength: 3 }), cut, (own, others, share) => {
      const neighbours = [...others, own];
      for (const base of neighbours) {
        const prefix = prefixOf(base, Math.ceil(share * base.octets.length * 8));
        // `ip` leaves the length of a host route out, and writes 0/0 as `default`.
        if (prefix.length === 0) continue;
        const text = prefix.text.replace(/(?<=\..*)\/32$|\/128$/, '');
        const expected = contains(prefix, own);
        if (new RouteScreen([own]).passes(`${text} dev eth1 `) !== expected) return false;
      }
      return true;
    }),
    { seed: 4271, numRuns: 400 },
  );
  t.end();
});

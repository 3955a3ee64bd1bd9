import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';

function addresses(...texts: readonly string[]) {
  return texts.map((text) => {
    const address = parseAddress(text);
    if (!address) throw new Error(`${text} is not an address`);
    return address;
  });
}

function has(own: OwnAddresses, text: string): boolean {
  const octets = addresses(text).flatMap((address) => [...address.octets]);
  // Somewhere in a message.
  return own.has(Uint8Array.from([9, 9, ...octets, 9]), 2, 2 + octets.length);
}

t.test('an address of ours is found by its octets, and nothing else is', (t) => {
  const own = new OwnAddresses(addresses('198.51.100.2', '2001:db8::2'));
  t.ok(has(own, '198.51.100.2'));
  t.ok(has(own, '2001:db8::2'));
  t.notOk(has(own, '198.51.101.2'), 'the same last octet');
  t.notOk(has(own, '198.51.100.3'), 'another last octet');
  t.notOk(has(own, '2001:db8:1::2'));
  t.notOk(own.has(Uint8Array.of(2), 0, 0), 'no octets at all');
  t.end();
});

t.test('addresses that are replaced are not ours any more', (t) => {
  const own = new OwnAddresses();
  t.notOk(has(own, '198.51.100.2'));
  own.replace(addresses('198.51.100.2'));
  t.ok(has(own, '198.51.100.2'));
  own.replace(addresses('198.51.100.6'));
  t.notOk(has(own, '198.51.100.2'));
  t.ok(has(own, '198.51.100.6'));
  t.end();
});

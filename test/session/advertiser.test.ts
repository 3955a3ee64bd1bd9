import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { Advertiser } from '../../src/session/advertiser.ts';
import { configOf, ownRoute, routesOf } from '../support/ownRoute.ts';
import { SESSION } from '../support/updateBytes.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { peer: { asn: 64496, address: 198.51.100.1 } }
`);
const [neighbour] = config.upstreams;
const localAddress = parseAddress('198.51.100.2');
if (!neighbour || !localAddress) throw new Error('the file names an upstream');
const outlet = {
  config: { localAs: 64500, routerId: config.routerId, neighbour },
  localAddress,
  families: ['ipv4', 'ipv6'] as const,
  context: SESSION.external,
};

/** The length of each message in `octets`, found through their headers. */
function lengths(octets: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < octets.length; at += found.at(-1) ?? octets.length) {
    found.push((octets[at + 16]! << 8) | octets[at + 17]!);
  }
  return found;
}

t.test('what is returned counts as sent, and is named', (t) => {
  const advertiser = new Advertiser();
  const a = ownRoute('203.0.113.0/24');
  advertiser.setDesired(routesOf(a, ownRoute('198.51.100.0/24', { prepend: 1 })));
  const sent = advertiser.advertise(outlet, 100);
  t.match(sent, { messages: 2, announced: [a.prefix.text, '198.51.100.0/24'], withdrawn: [] });
  t.equal(lengths(sent?.octets ?? new Uint8Array()).length, 2, 'whole messages back to back');
  t.equal(advertiser.advertise(outlet, 200), undefined);
  t.equal(advertiser.advertisedSince(a.prefix), 100);
  advertiser.setDesired(routesOf());
  t.match(advertiser.advertise(outlet, 300), {
    messages: 1,
    announced: [],
    withdrawn: [a.prefix.text, '198.51.100.0/24'],
  });
  t.equal(advertiser.count('ipv4'), 0);
  t.end();
});

t.test('a family without a next hop on this session is left out, and not counted as sent', (t) => {
  const advertiser = new Advertiser();
  const six = ownRoute('2001:db8:113::/48');
  advertiser.setDesired(routesOf(six));
  t.equal(advertiser.advertise(outlet, 0), undefined);
  t.equal(advertiser.count('ipv6'), 0);
  t.equal(advertiser.advertisedSince(six.prefix), undefined);
  t.end();
});

t.test('thousands of prefixes are packed: each message as full as it can be', (t) => {
  const advertiser = new Advertiser();
  const sample = ownRoute('10.0.0.0/24');
  const routes = Array.from({ length: 5000 }, (_, i) => {
    const text = `10.${i >> 8}.${i & 255}.0/24`;
    const octets = Uint8Array.of(10, i >> 8, i & 255, 0);
    return { ...sample, prefix: { ...sample.prefix, octets, text } };
  });
  advertiser.setDesired(routesOf(...routes));
  const sent = advertiser.advertise(outlet, 0);
  const sizes = lengths(sent?.octets ?? new Uint8Array());
  t.equal(sizes.length, sent?.messages);
  t.ok(sizes.slice(0, -1).every((size) => size > 4096 - 4 && size <= 4096));
  t.equal(sizes.length, 5, '5000 of four octets, 4096 less header and attributes a message');
  t.equal(advertiser.count('ipv4'), 5000);
  t.end();
});

t.test('RFC 4724 §2: End-of-RIB for each family', (t) => {
  const { octets, messages } = new Advertiser().endOfRib(outlet);
  t.equal(messages, 2);
  t.same(lengths(octets), [23, 30]);
  t.end();
});

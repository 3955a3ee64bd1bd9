import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';

function faults(upstream: string, prefix = '203.0.113.0/24'): readonly string[] {
  const text = `asn: 64500
router-id: 192.0.2.1
prefixes: [${prefix}]
upstreams:
  a: { address: 198.51.100.1, ${upstream} }
  b: { asn: 64497, address: 198.51.100.5 }
`;
  const { problems } = loadConfig(text, 'test.yaml');
  return problems.map(({ path, cause, mend }) => `${path}: ${cause}; ${mend}`);
}

t.test('3356:666 is no blackhole: it marks what came from peers', (t) => {
  t.match(faults('asn: 3356, communities: ["3356:666"]'), [
    /a\.communities\[0\]: 3356:666 orders nothing: Lumen \(Level 3\) marks routes of peers with it; remove it; 3356:9999 blackholes, 3356:70 makes/,
  ]);
  t.end();
});

t.test('of a prefix it is refused where it would go there, and not elsewhere', (t) => {
  const prefix = (more: string) => `{ prefix: 203.0.113.0/24, communities: ["2914:420"]${more} }`;
  t.match(faults('asn: 2914', prefix('')), [/2914:420 orders nothing/]);
  t.same(faults('asn: 2914', prefix(', upstreams: [b]')), []);
  t.same(faults('asn: 64496', prefix('')), []);
  t.end();
});

t.test('a code that does something, or that nothing is known of, is left alone', (t) => {
  t.same(faults('asn: 3356, communities: ["3356:9999", "3356:12345", "2914:420"]'), []);
  t.end();
});

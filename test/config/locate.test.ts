import t from 'tap';
import { Findings } from '../../src/config/findings.ts';
import { locator, nodeAt } from '../../src/config/locate.ts';
import { parseYaml } from '../../src/config/yamlTree.ts';

const TEXT = `asn: 64500
prefixes:
  - 203.0.113.0/24
upstreams:
  1.10: { asn: 64496 }
  0x10:
    asn:
      64497
`;
const root = parseYaml(TEXT, new Findings());

t.test('places are found by key, by index, or as near as can be', (t) => {
  const locate = locator(TEXT, root);
  t.strictSame(locate(['upstreams', '1.10', 'asn']), { line: 5, column: 11 });
  t.strictSame(locate(['upstreams', '0x10', 'asn']), { line: 7, column: 5 }, 'the key');
  t.strictSame(locate(['upstreams', '1.10', 'port']), { line: 5, column: 3 }, 'what is around');
  t.strictSame(locate(['prefixes', 0]), { line: 3, column: 5 });
  t.strictSame(locate(['listen', 0]), { line: 1, column: 1 });
  t.strictSame(locator('', undefined)(['asn']), { line: 1, column: 1 });
  t.end();
});

t.test('nodes are found by the same paths', (t) => {
  t.match(nodeAt(root, ['upstreams', '0x10', 'asn']), { kind: 'scalar', text: '64497' });
  t.match(nodeAt(root, []), { kind: 'mapping' });
  t.equal(nodeAt(root, ['upstreams', 'b', 'asn']), undefined);
  t.equal(nodeAt(root, ['asn', 'x']), undefined);
  t.equal(nodeAt(undefined, ['asn']), undefined);
  t.end();
});

import { inspect } from 'node:util';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { bfdKeyChanges, bfdTargets } from '../../src/daemon/bfdTargets.ts';
import { Secret } from '../../src/session/secret.ts';

const TEXT = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  a:
    asn: 64496
    address: 198.51.100.1
    bfd: { password: env:A_KEY, key-id: 7, authentication: keyed-sha1 }
  b: { asn: 64497, address: 198.51.100.5, multihop: 2, interface: eth1, bfd: { interval: 1s } }
  c: { asn: 64498, address: 198.51.100.9 }
`;

function wanted(...keys: readonly (readonly [string, string])[]) {
  const { config } = loadConfig(TEXT, 'x.yaml');
  if (!config) throw new Error('the file is good');
  return { config, bfdKeys: new Map(keys.map(([name, key]) => [name, new Secret(key)])) };
}

t.test('the thread is given octets of the password, where there is one', (t) => {
  const password = new TextEncoder().encode('hunter2');
  t.match(bfdTargets(wanted(['a', 'hunter2'])), [
    { neighbour: 'a', authentication: { kind: 'keyed-sha1', id: 7, password }, multihop: false },
    { neighbour: 'b', authentication: undefined, multihop: true, interval: 1_000_000 },
  ]);
  t.throws(() => bfdTargets(wanted()), /BFD of a has lost its password/, 'never without it');
  t.end();
});

t.test('another password is told by name, and neither is printed', (t) => {
  const [before, after] = [wanted(['a', 'hunter2']), wanted(['a', 'hunter3'])];
  t.same(bfdKeyChanges(before, wanted(['a', 'hunter2'])), []);
  t.same(bfdKeyChanges(wanted(), after), [], 'a new one: the file has changed');
  const told = bfdKeyChanges(before, after);
  t.match(told, [/^a: another BFD password/]);
  t.notMatch([told, JSON.stringify(before), inspect(after)].join(), /hunter/);
  t.end();
});

import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { bfdOf, bfdStatement } from '../../src/generate/birdBfd.ts';

interface Options {
  readonly passwords?: readonly string[];
  readonly interfaces?: Readonly<Record<string, string>>;
}

/** Each of `keys` is an upstream: a, b and so on. */
function made(keys: readonly string[], { passwords = [], interfaces = {} }: Options = {}) {
  const upstreams = keys.map(
    (text, i) => `${'abc'[i]}: { asn: ${64496 + i}, address: 198.51.100.${4 * i + 1}, ${text} }`,
  );
  const { config, problems } = loadConfig(
    `asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [203.0.113.0/24]\nupstreams: { ${upstreams.join(', ')} }\n`,
    'x.yaml',
  );
  if (!config) throw new Error(problems[0]?.cause);
  const bfdPasswords = new Map(passwords.map((name) => [name, `secret-of-${name}`]));
  const bfd = bfdOf(config, { bfdPasswords, interfaces: new Map(Object.entries(interfaces)) });
  return { ...bfd, config };
}

const KEY = 'bfd: { password: env:A }';

t.test('the pace is said of the session, the password of the interface', (t) => {
  const { blocks, losses, wanted, config } = made(
    ['interface: eth1, bfd: { password: env:A, authentication: keyed-md5 }', 'bfd: {}', 'med: 1'],
    { passwords: ['a'] },
  );
  t.ok(wanted);
  t.same(losses, []);
  t.same(blocks, [
    {
      where: 'interface "eth1"',
      statements: ['authentication keyed md5', 'password "secret-of-a" { id 1; }'],
    },
  ]);
  t.same(config.upstreams.map(bfdStatement), [
    'bfd { interval 300 ms; multiplier 3; }',
    'bfd { interval 300 ms; multiplier 3; }',
    undefined,
  ]);
  t.notOk(made(['med: 1']).wanted);
  t.end();
});

t.test('what BIRD does not have as the file does is named, and nothing false is written', (t) => {
  const unwritten = made([`interface: eth1, ${KEY}`]);
  t.same(unwritten.blocks, []);
  t.match(unwritten.losses, [{ what: 'upstreams.a.bfd.password', why: /--with-secrets/ }]);

  const open = made([KEY], { passwords: ['a'] });
  t.same(open.blocks, []);
  t.match(open.losses, [{ what: 'upstreams.a.bfd.password', why: /--interface/ }]);
  const said = made([KEY], { passwords: ['a'], interfaces: { a: 'eth3' } });
  t.match(said, { blocks: [{ where: 'interface "eth3"' }], losses: [] });

  const strict = made(['bfd: { strict: true }']);
  t.match(strict.losses, [{ what: 'upstreams.a.bfd.strict' }]);
  t.end();
});

t.test('an interface has one password: that of the first neighbour there', (t) => {
  const shared = `interface: eth1, ${KEY}`;
  const two = made([shared, shared], { passwords: ['a', 'b'] });
  t.equal(two.blocks.length, 1);
  t.match(two.losses, [{ what: 'upstreams.b.bfd.password', why: /interface "eth1".* a's/ }]);
  const none = made([shared, 'interface: eth1, bfd: {}'], { passwords: ['a'] });
  t.match(none.losses, [{ what: 'upstreams.b.bfd.password' }]);
  const first = made(['interface: eth1, bfd: {}', shared], { passwords: ['b'] });
  t.same(first.blocks, []);
  t.match(first.losses, [{ what: 'upstreams.b.bfd.password' }]);
  const far = made([`multihop: 2, interface: eth1, ${KEY}`, shared], { passwords: ['a', 'b'] });
  t.same(far.losses, []);
  t.match(far.blocks, [{ where: 'multihop' }, { where: 'interface "eth1"' }]);
  t.end();
});

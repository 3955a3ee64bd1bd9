import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { findKeys, type KeySources } from '../../src/daemon/keys.ts';
import { Secret } from '../../src/session/secret.ts';

const ABLE: KeySources = { environment: { A_KEY: 'hunter2' }, sockopt: { knowsMd5: true } };

async function find(keys: string, sources: KeySources = ABLE) {
  const text = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  a:
    asn: 64496
    address: 198.51.100.1
${keys}`;
  const { config, problems, positions } = loadConfig(text, 'x.yaml');
  if (!config) throw new Error(problems[0]?.cause);
  return findKeys(config, positions, sources);
}

const FILES = t.testdir({
  good: 'hunter2\n',
  empty: '',
  long: 'hunter2'.repeat(12),
  lines: 'hunter2\nhunter3\n',
  latin1: Buffer.from([0xe9]),
});

t.test(
  'a key comes from the environment, or from a file without its last line break',
  async (t) => {
    for (const line of ['env:A_KEY', `file:${FILES}/good`]) {
      const { keys, problems } = await find(`    password: ${line}\n`);
      t.same(problems, []);
      t.ok(keys.get('a')?.equals(new Secret('hunter2')), line);
    }
  },
);

t.test('a key that cannot be had is an error at its place, and says nothing of it', async (t) => {
  const cases = [
    ['env:B_KEY', /environment variable B_KEY is not set/],
    ['file:/nowhere/key', /cannot read \/nowhere\/key: there is no such file/],
    [`file:${FILES}/empty`, /the password is empty/],
    [`file:${FILES}/long`, /the password has 84 octets/],
    [`file:${FILES}/lines`, /the password has several lines/],
    [`file:${FILES}/latin1`, /not UTF-8/],
  ] as const;
  for (const [reference, cause] of cases) {
    const { keys, problems } = await find(`    password: ${reference}\n`);
    t.match(problems, [{ severity: 'error', line: 8, path: 'upstreams.a.password', cause }]);
    t.equal(keys.size, 0);
    t.notMatch(JSON.stringify(problems), /hunter2/);
  }
});

t.test('without koffi, or MD5 in the kernel, what needs it is an error', async (t) => {
  const asks = '    password: env:A_KEY\n    ttl-security: true\n';
  const { problems } = await find(asks, { ...ABLE, sockopt: undefined });
  t.match(problems, [
    { path: 'upstreams.a.password', severity: 'error', line: 8, cause: /koffi/ },
    { path: 'upstreams.a.ttl-security', severity: 'error', line: 9, cause: /koffi/ },
  ]);
  const bound = '    interface: eth0\n    bind-to-interface: true\n';
  const { problems: unbound } = await find(bound, { ...ABLE, sockopt: undefined });
  t.match(unbound, [{ path: 'upstreams.a.bind-to-interface', line: 9 }]);
  const { problems: old } = await find(asks, { ...ABLE, sockopt: { knowsMd5: false } });
  t.match(old, [{ path: 'upstreams.a.password', cause: /this kernel has no TCP MD5/ }]);
  t.same((await find('', { ...ABLE, sockopt: undefined })).problems, []);
});

t.test('a full table in the kernel is refused where nothing speaks netlink', async (t) => {
  const text = `asn: 64500
router-id: 192.0.2.1
kernel: { install: full }
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 198.51.100.1 } }
`;
  const { config, positions } = loadConfig(text, 'x.yaml');
  if (!config) throw new Error('the file is good');
  t.same((await findKeys(config, positions, ABLE)).problems, []);
  const { problems } = await findKeys(config, positions, { ...ABLE, sockopt: undefined });
  t.match(problems, [
    {
      ...{ severity: 'error', path: 'kernel.install', line: 3 },
      ...{ cause: /koffi/, mend: /npm install.*install: default/ },
    },
  ]);
});

const bfd = (reference: string, more = '') => `    bfd: { password: ${reference}${more} }\n`;

t.test('a BFD password is found as a TCP MD5 key is, and is another one', async (t) => {
  const both = `    password: env:A_KEY\n${bfd(`file:${FILES}/good`)}`;
  const { keys, bfdKeys, problems } = await find(both);
  t.same(problems, []);
  t.same([keys.size, bfdKeys.size], [1, 1]);
  t.ok(bfdKeys.get('a')?.equals(new Secret('hunter2')));
  // The kernel's MD5 is not what BFD uses.
  const { problems: none } = await find(bfd('env:A_KEY'), { ...ABLE, sockopt: undefined });
  t.same(none, []);
});

t.test('RFC 5880 §4.2 to §4.4: how long a BFD password may be follows from its kind', async (t) => {
  const environment = {
    L16: 'x'.repeat(16),
    L17: 'x'.repeat(17),
    L20: 'x'.repeat(20),
    L21: 'x'.repeat(21),
  };
  const of = async (name: string, kind: string) =>
    (await find(bfd(`env:${name}`, `, authentication: ${kind}`), { ...ABLE, environment }))
      .problems;
  for (const kind of ['simple', 'keyed-md5', 'meticulous-keyed-md5']) {
    t.same(await of('L16', kind), []);
    t.match(await of('L17', kind), [
      {
        cause: /17 octets/,
        consequence: new RegExp(`for ${kind}, RFC 5880 has passwords of 1 to 16`),
      },
    ]);
  }
  for (const kind of ['keyed-sha1', 'meticulous-keyed-sha1']) {
    t.same(await of('L20', kind), []);
    t.match(await of('L21', kind), [{ cause: /21 octets/, consequence: /of 1 to 20 octets/ }]);
  }
});

t.test('a BFD password that cannot be had is an error at its place', async (t) => {
  for (const [reference, cause] of [
    ['env:B_KEY', /environment variable B_KEY is not set/],
    ['file:/nowhere/key', /there is no such file/],
    [`file:${FILES}/empty`, /the password is empty/],
    [`file:${FILES}/lines`, /several lines/],
  ] as const) {
    const { bfdKeys, problems } = await find(bfd(reference));
    t.match(problems, [{ severity: 'error', line: 8, path: 'upstreams.a.bfd.password', cause }]);
    t.equal(bfdKeys.size, 0);
    t.notMatch(JSON.stringify(problems), /hunter2|TCP/);
  }
});

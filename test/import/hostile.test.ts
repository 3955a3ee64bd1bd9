/** Whatever the file is, the answer is a file that loads, or a reason; never an exception. */

import fc from 'fast-check';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { type Imported, importConfig } from '../../src/import/importConfig.ts';

function run(text: string, dialect: 'quagga' | 'frr' = 'frr'): Imported {
  return importConfig(text, { dialect, routerId: undefined, name: 'x.conf' });
}

const WORDS = [
  ...['router', 'bgp', '64500', '64496', 'neighbor', '198.51.100.1', '2001:db8::1', 'remote-as'],
  ...['network', '203.0.113.0/24', '2001:db8:113::/48', 'route-map', 'A', 'in', 'out', 'permit'],
  ...['deny', '10', 'match', 'set', 'community', '64500:1', 'additive', 'as-path', 'prepend', 'ip'],
  ...[
    'ipv6',
    'prefix-list',
    'seq',
    'le',
    '24',
    'address-family',
    'unicast',
    'exit',
    'no',
    'timers',
  ],
  ...[
    'peer-group',
    'activate',
    'maximum-prefix',
    'password',
    'description',
    '-1',
    '4294967295',
    '',
  ],
  ...['access-list', 'community-list', 'standard', 'large-community', '1:2:3', 'metric', '*', '{'],
  ...['next-hop', 'global', '__proto__', 'constructor', 'all', 'update-source', 'ebgp-multihop'],
];

const GOOD = `router bgp 64500
 bgp router-id 192.0.2.1
 network 203.0.113.0/24
 neighbor 198.51.100.1 remote-as 64496
 neighbor 198.51.100.1 route-map A out
 address-family ipv6
  neighbor 198.51.100.1 activate
`;

const line = fc
  .array(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 8 })),
    {
      maxLength: 8,
    },
  )
  .map((words) => words.join(' '));

t.test('lines of known words in any order', async (t) => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, first) => {
      const text = first ? `${GOOD}${lines.join('\n')}` : `${lines.join('\n')}\n${GOOD}`;
      for (const dialect of ['quagga', 'frr'] as const) {
        const imported = run(text, dialect);
        if (!imported.ok) continue;
        const { config, problems } = loadConfig(imported.yaml, 'x.yaml');
        if (!config) throw new Error(`${imported.yaml}\n${JSON.stringify(problems)}`);
      }
    }),
    { seed: 20261125, numRuns: 200 },
  );
  t.pass();
});

t.test('any text', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 500 });
  fc.assert(
    fc.property(text, (noise) => run(noise).ok === false),
    { seed: 20261125, numRuns: 150 },
  );
  t.pass();
});

t.test('what is no configuration is refused with a reason', async (t) => {
  t.match(run(''), { ok: false, failure: /no `router bgp`/ });
  t.match(run('\u007fELF\u0000\u0000'), { ok: false, failure: /binary/ });
  t.match(run(`router bgp 1\n${'x'.repeat(5000)}`), { ok: false, failure: /line 2 has 5000/ });
  t.match(run('x'.repeat(17_000_000)), { ok: false, failure: /17000000 characters/ });
  t.match(run('router bgp 0\n'), { ok: false, failure: /"0" is no AS number/ });
  t.match(run('router bgp 64500\n'), { ok: false, failure: /--router-id/ });
  t.match(run('router bgp 64500\n bgp router-id 0.0.0.0\n'), {
    ok: false,
    failure: /no router-id/,
  });
  t.match(run('router bgp 64500\n bgp router-id 192.0.2.1\n'), { ok: false, failure: /upstream/ });
});

t.test('what could not run is told in the words of `check`', async (t) => {
  const imported = run(GOOD.replaceAll('198.51.100.1', '0.0.0.0'), 'quagga');
  t.match(imported, { ok: false, problems: [{ path: /address/, cause: /unspecified/ }] });
});

t.test('a file that asks for endless work is given up, and its prefixes go nowhere', async (t) => {
  const numbers = Array.from({ length: 250 }, (_, i) => i);
  const text = [
    GOOD.replace('route-map A', 'route-map B'),
    ...numbers.map((i) => `route-map B deny ${i}\n match ip address prefix-list P`),
    ...Array.from({ length: 5000 }, (_, i) => {
      const place = `${10 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
      return `ip prefix-list P seq ${i + 1} permit ${place}.0/24`;
    }),
  ].join('\n');
  const networks = numbers.map((i) => ` network 203.0.${i}.0/24`).join('\n');
  const imported = run(text.replace(' network 203.0.113.0/24', networks), 'quagga');
  t.ok(imported.ok);
  t.match(
    imported.notes.find(({ kind }) => kind === 'lost'),
    { means: /more of it than can be followed/ },
  );
});

t.test('no secret is ever shown or written', async (t) => {
  const secrets = [
    'password tell-nobody',
    'enable password 8 tell-nobody',
    'router bgp 64500',
    ' bgp router-id 192.0.2.1',
    ' neighbor 198.51.100.1 remote-as 64496',
    ' neighbor 198.51.100.1 password tell-nobody',
    ' neighbor 198.51.100.1 frobnicate key tell-nobody',
    ' neighbor G peer-group',
    ' neighbor G password 7 tell-nobody',
    'snmp-server community tell-nobody',
    'router ospf vrf X',
    ' ip ospf message-digest-key 1 md5 tell-nobody',
    'key chain K',
    ' key-string tell-nobody',
    'username root password tell-nobody',
  ];
  const imported = run(secrets.join('\n'));
  t.ok(imported.ok);
  t.notMatch(JSON.stringify(imported), /tell-nobody/);
});

import t from 'tap';
import type { LearnedReceiver, UpstreamConfig } from '../../src/config/config.ts';
import { DEFAULT_IMPORT, OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatCommunities, NO_COMMUNITIES } from '../../src/net/community.ts';
import { configOf } from '../support/ownRoute.ts';
import { EVERYTHING, LATER, SMALLEST, SPELLED_OUT, THREE_KINDS } from './examples.ts';

/** `line:column path` of each problem, as an operator's editor jumps to it. */
function places(text: string): string[] {
  return loadConfig(text, 'test.yaml').problems.map((p) => `${p.line}:${p.column} ${p.path}`);
}

t.test('the smallest file is taken without a word', (t) => {
  const { config, problems } = loadConfig(SMALLEST, 'multihomed.yaml');
  t.same(problems, []);
  t.match(config, {
    asn: 64500,
    routerId: 0xc0000201,
    site: undefined,
    listen: [
      { address: { text: '0.0.0.0' }, port: 179 },
      { address: { text: '::' }, port: 179 },
    ],
    control: { socket: undefined, mode: 0o600 },
    log: { level: 'info', format: 'text' },
    prefixes: [{ prefix: { text: '203.0.113.0/24' }, upstreams: ['transit-a', 'transit-b'] }],
    upstreams: [
      { name: 'transit-a', asn: 64496, address: { text: '198.51.100.1' }, holdTime: 90 },
      { name: 'transit-b', asn: 64497, address: { text: '198.51.100.5' }, families: ['ipv4'] },
    ],
  });
  t.end();
});

t.test('defaults spelled out give the same configuration', (t) => {
  t.same(configOf(SPELLED_OUT), configOf(SMALLEST));
  t.end();
});

t.test('every key of this version arrives in the configuration', (t) => {
  const { config, problems } = loadConfig(EVERYTHING, 'multihomed.yaml');
  t.same(problems, []);
  t.match(config, {
    site: 'dc1',
    stateDir: '/var/lib/multihomed',
    onExit: 'keep',
    control: {
      socket: '/run/multihomed/control.sock',
      mode: 0o660,
      http: { address: { text: '::1' }, port: 8479 },
    },
    log: { level: 'debug', format: 'json' },
    prefixes: [{ space: 'pi' }, { prefix: { family: 'ipv6' }, upstreams: ['transit-a'] }],
  });
  t.match(config?.upstreams[0], {
    port: 1179,
    localAddress: { text: '198.51.100.2' },
    interface: 'eth1',
    passive: true,
    multihop: 2,
    ttlSecurity: false,
    password: { kind: 'env', name: 'TRANSIT_A_MD5' },
    bindToInterface: true,
    holdTime: 30,
    gracefulRestart: 'both',
    longLivedStaleTime: 3600,
    connectRetry: 60,
    families: ['ipv4', 'ipv6'],
    nextHop: { ipv4: { text: '198.51.100.2' }, ipv6: { text: '2001:db8::2' } },
    prepend: 3,
    med: 100,
    import: {
      ...OPEN_IMPORT,
      accept: 'default',
      asSet: 'accept',
      rpkiInvalid: 'refuse',
      maxLength: { ipv4: 25, ipv6: 64 },
      allowOwnAs: 1,
    },
    maxPrefixes: { ipv4: 1_300_000, ipv6: 350_000, warn: 90, idle: 3600 },
    role: { is: 'peer', strict: true },
    addPath: { receive: true, send: false, paths: 16 },
  });
  t.same(config?.upstreams[0] && formatCommunities(config.upstreams[0].communities), [
    '64496:100',
    'graceful-shutdown',
    '64496:1:2',
  ]);
  const connection = {
    address: { family: 'ipv4' },
    port: 1179,
    localAddress: { text: '10.0.0.1' },
    interface: 'eth2',
    passive: true,
    holdTime: 30,
    connectRetry: 60,
    families: ['ipv4', 'ipv6'],
    nextHop: { ipv4: undefined, ipv6: { text: '2001:db8::1' } },
  };
  t.match(config?.downstreams, [
    {
      ...connection,
      multihop: 2,
      prepend: 1,
      med: 10,
      communities: { standard: [((64500 << 16) >>> 0) + 1] },
      export: 'default',
      import: { ...DEFAULT_IMPORT, bogons: 'accept', maxLength: { ipv4: 32, ipv6: 48 } },
      maxPrefixes: { ipv4: 100, ipv6: undefined, warn: 80, idle: 1800 },
      role: undefined,
      addPath: { receive: false, send: true, paths: 8 },
    },
  ]);
  t.match(config?.internal, [
    {
      ...connection,
      multihop: 1,
      nextHopSelf: false,
      import: { ...DEFAULT_IMPORT, firstAs: 'accept', rpkiInvalid: 'accept', allowOwnAs: 1 },
      maxPrefixes: { ipv4: undefined, ipv6: 1_000_000 },
      role: undefined,
      addPath: { receive: true, send: true, paths: 8 },
    },
  ]);
  t.end();
});

t.test('three kinds of neighbours have the defaults of their kind', (t) => {
  const { upstreams, downstreams, internal, prefixes } = configOf(THREE_KINDS);
  const maxPrefixes = { ipv4: 2_000_000, ipv6: 1_000_000, warn: 80, idle: 1800 };
  t.match(upstreams, [
    { kind: 'upstream', name: 'transit-a', import: DEFAULT_IMPORT, maxPrefixes, multihop: 1 },
  ]);
  t.match(
    downstreams,
    [
      {
        kind: 'downstream',
        name: 'core',
        asn: 64501,
        multihop: 1,
        export: 'all',
        import: { ...DEFAULT_IMPORT, accept: 'none' },
        maxPrefixes,
      },
    ],
    'RFC 8212: nothing is taken without being told to',
  );
  t.match(internal, [
    {
      kind: 'internal',
      name: 'edge2',
      asn: 64500,
      multihop: 255,
      nextHopSelf: true,
      prepend: 0,
      med: undefined,
      communities: NO_COMMUNITIES,
      import: OPEN_IMPORT,
      maxPrefixes,
    },
  ]);
  t.same(prefixes[0]?.upstreams, ['transit-a'], 'the others are not chosen, and get it anyway');
  t.end();
});

/** `true` only where the first type is none of the second. */
type IsNot<A, B> = A extends B ? false : true;

t.test('an upstream is of no type that learned routes may be sent to', (t) => {
  const isNot: IsNot<UpstreamConfig, LearnedReceiver> = true;
  t.ok(isNot, 'the compiler has checked it');
  t.end();
});

t.test('ten different mistakes are ten problems, each where it stands', (t) => {
  const text = `asn: AS64500
router_id: 192.0.2.1
listen: ["0.0.0.0"]
prefixes:
  - 203.0.113.1/24
  - { prefix: 2001:db8::/32, communities: ["70000:1"] }
upstreams:
  transit-a: { remote-as: 64496, address: 198.51.100.0/30 }
  transit-b:
    asn: 64497
    address: example.net
    hold-time: 90
    passive: no
`;
  const { config, problems } = loadConfig(text, 'test.yaml');
  t.equal(config, undefined);
  t.same(
    problems.map((p) => `${p.severity} ${p.line}:${p.column} ${p.path}`),
    [
      'error 1:6 asn',
      'error 2:1 router_id',
      'error 3:10 listen[0]',
      'error 5:5 prefixes[0]',
      'error 6:44 prefixes[1].communities[0]',
      'error 8:16 upstreams.transit-a.remote-as',
      'error 8:43 upstreams.transit-a.address',
      'error 11:14 upstreams.transit-b.address',
      'error 12:16 upstreams.transit-b.hold-time',
      'error 13:14 upstreams.transit-b.passive',
    ],
  );
  t.same(
    problems.map((p) => p.mend),
    [
      'write 64500',
      'did you mean router-id?',
      'write "0.0.0.0:179"',
      'write 203.0.113.0/24 if that is the prefix',
      'use the large community that your upstream has for it, of three parts (RFC 8092), as "70000:0:1"',
      'did you mean asn?',
      'write the address alone: 198.51.100.0',
      'write its address, as 198.51.100.1: names are not looked up',
      'write 90s',
      'write false',
    ],
  );
  t.end();
});

t.test(
  'a known key whose feature is not there yet is refused by itself, wherever it belongs',
  (t) => {
    const cases = [
      ...LATER.file.map((line) => ({ line, text: `${SMALLEST}${line}\n`, at: '9:1 ' })),
      ...LATER.import.map((line) => ({
        line,
        text: SMALLEST.replace('{ asn: 64497', `{ import: { ${line} }, asn: 64497`),
        at: '8:26 upstreams.transit-b.import.',
      })),
    ];
    for (const { line, text, at } of cases) {
      const key = line.split(':', 1)[0] ?? '';
      const { config, problems } = loadConfig(text, 'test.yaml');
      t.equal(config, undefined, line);
      t.match(problems, [{ severity: 'error', cause: 'not in this version' }], line);
      t.same(places(text), [`${at}${key}`], line);
    }
    t.end();
  },
);

t.test('dotted AS numbers need no quotes: 1.10 is not 1.1', (t) => {
  const asn = (text: string) => configOf(SMALLEST.replace('64500', text)).asn;
  t.same(['1.10', '"1.10"', '1.1', "'64500'"].map(asn), [65546, 65546, 65537, 64500]);
  t.end();
});

t.test('communities need no quotes, whatever YAML 1.1 would make of them', (t) => {
  const text = SMALLEST.replace('{ asn: 64496', '{ communities: [64496:59, 1:2:3], asn: 64496');
  t.same(formatCommunities(configOf(text).upstreams[0]!.communities), ['64496:59', '1:2:3']);
  t.end();
});

t.test('a file may be JSON, as other programs write it', (t) => {
  const text = JSON.stringify({
    asn: 64500,
    'router-id': '192.0.2.1',
    prefixes: ['203.0.113.0/24'],
    upstreams: {
      'transit-a': { asn: 64496, address: '198.51.100.1', passive: false, 'hold-time': '90s' },
      'transit-b': { asn: 64497, address: '198.51.100.5' },
    },
  });
  t.same(configOf(text), configOf(SMALLEST));
  t.end();
});

t.test('an alias stands for its anchor', (t) => {
  const text = SMALLEST.replace('{ asn: 64496', '{ communities: &ours ["64496:1"], asn: 64496');
  const config = configOf(text.replace('{ asn: 64497', '{ communities: *ours, asn: 64497'));
  t.same(config.upstreams[0]?.communities, config.upstreams[1]?.communities);
  t.end();
});

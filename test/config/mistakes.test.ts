import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';

/** A file that is fine, whose keys a case replaces or adds to. */
const TOP = {
  asn: '64500',
  'router-id': '192.0.2.1',
  prefixes: '[203.0.113.0/24]',
} as const;

function withTop(replaced: Readonly<Record<string, string>>): string {
  const upstreams = '{ a: { asn: 64496, address: 198.51.100.1 } }';
  const all = { ...TOP, upstreams, ...replaced };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** The keys of one upstream, in flow style. */
function withUpstream(keys: string): string {
  const asn = /\basn:/.test(keys) ? '' : 'asn: 64496, ';
  const address = /(^| )address:/.test(keys) ? '' : 'address: 198.51.100.1, ';
  return withTop({ upstreams: `{ a: { ${asn}${address}${keys} } }` });
}

function withPrefix(entry: string): string {
  return withTop({ prefixes: `[${entry}]` });
}

/** Beside the upstream `a`: a downstream `d` and an internal neighbour `i` with these keys. */
function withDownstream(keys: string): string {
  const asn = /\basn:/.test(keys) ? '' : 'asn: 64501, ';
  return `${withTop({})}downstreams: { d: { ${asn}address: 10.0.0.2, ${keys} } }\n`;
}

function withInternal(keys: string): string {
  const address = /(^| )address:/.test(keys) ? '' : 'address: 10.0.0.3, ';
  return `${withTop({})}internal: { i: { ${address}${keys} } }\n`;
}

/** Each problem as `severity path: cause; mend`. */
function told(text: string): string[] {
  return loadConfig(text, 'test.yaml').problems.map(
    ({ severity, path, cause, mend }) => `${severity} ${path}: ${cause}; ${mend}`,
  );
}

type Case = readonly [text: string, ...problems: readonly RegExp[]];

/** Each text has exactly these problems. */
function tells(title: string, cases: readonly Case[]): void {
  t.test(title, (t) => {
    for (const [text, ...expected] of cases) {
      const found = told(text);
      t.equal(found.length, expected.length, `${text}\n${found.join('\n')}`);
      for (const [i, pattern] of expected.entries()) t.match(found[i], pattern, text);
    }
    t.end();
  });
}

tells('AS numbers: reserved ones and other spellings (RFC 7607, 6793, 7300)', [
  [withTop({ asn: '0' }), /error asn: 0 is a reserved/],
  [withTop({ asn: '23456' }), /reserved/],
  [withTop({ asn: '65535' }), /reserved/],
  [withTop({ asn: '4294967295' }), /reserved/],
  [withTop({ asn: '4294967296' }), /not an AS number; write it as 64496/],
  [withTop({ asn: '65535.65535' }), /reserved/],
  [withTop({ asn: '-1' }), /not an AS number/],
  [withTop({ asn: 'AS 64500' }), /; write 64500$/],
  [withTop({ asn: '[64500]' }), /a list stands where an AS number belongs/],
  [withTop({ asn: '' }), /there is no value; write an AS number/],
  [withTop({ asn: '64496' }), /error upstreams\.a\.asn: 64496 is our own AS number/],
]);

tells('the router id is a dotted quad and not 0 (RFC 6286 §2.1)', [
  [withTop({ 'router-id': '0.0.0.0' }), /0\.0\.0\.0 is no router id/],
  [withTop({ 'router-id': '3221225985' }), /; write 192\.0\.2\.1$/],
  [withTop({ 'router-id': '2001:db8::1' }), /not a dotted quad/],
  [withTop({ 'router-id': '192.0.2' }), /not a dotted quad/],
]);

tells('addresses that no session can have at its end', [
  [withUpstream('address: 0.0.0.0'), /unspecified/],
  [withUpstream('address: "::"'), /unspecified/],
  [withUpstream('address: 224.0.0.1'), /multicast/],
  [withUpstream('address: "ff02::1"'), /multicast/],
  [withUpstream('address: 255.255.255.255'), /broadcast/],
  [withUpstream('address: "fe80::1"'), /link-local/],
  [withUpstream('address: "fe80::1%eth0"'), /addresses with a zone are not in this version/],
  [withUpstream('address: "::ffff:192.0.2.1"'), /IPv4 address in IPv6 form; write 192\.0\.2\.1/],
  [withUpstream('address: 198.51.100.1/30'), /is a prefix; write the address alone/],
  [withUpstream('address: "198.51.100.1:179"'), /has a port/],
  [withUpstream('address: "[2001:db8::1]:179"'), /has a port/],
  [withUpstream('address: 198.051.100.001'), /leading zeros.*write 198\.51\.100\.1$/],
  [withUpstream('address: router.example.net'), /is a name/],
  [withUpstream('address: 300.1.1.1'), /is not an address/],
  [withUpstream('address: 127.0.0.2')],
  [withUpstream('local-address: "2001:db8::2"'), /of different families; write an IPv4 address/],
  [withUpstream('local-address: 198.51.100.1'), /is the neighbour's address as well/],
  [
    withTop({ listen: '["198.51.100.1:179"]' }),
    /error upstreams\.a\.address: 198\.51\.100\.1 port 179 is one that we listen on/,
  ],
]);

tells('the state directory is an absolute path, and not the root', [
  [withTop({ 'state-dir': '/var/lib/multihomed/' })],
  [withTop({ 'state-dir': 'state' }), /error state-dir: "state" is not an absolute path/],
  [withTop({ 'state-dir': '//' }), /error state-dir: it is the root directory/],
  [withTop({ 'state-dir': `/${'x'.repeat(200)}` }), /the path has 201 characters/],
  [withTop({ 'on-exit': 'stay' }), /error on-exit: "stay" is not a way to end/],
]);

tells('listening addresses have a port, brackets where they need them, and no double', [
  [withTop({ listen: 'none' })],
  [withTop({ listen: '[]' })],
  [withTop({ listen: '["0.0.0.0:1179"]' })],
  [withTop({ listen: 'nnone' }), /a single value stands where a list belongs/],
  [withTop({ listen: '["0.0.0.0"]' }), /; write "0\.0\.0\.0:179"$/],
  [withTop({ listen: '["::"]' }), /; write "\[::\]:179"$/],
  [withTop({ listen: '[179]' }), /; write "0\.0\.0\.0:179" and "\[::\]:179"$/],
  [withTop({ listen: '["0.0.0.0:0"]' }), /not an address and port/],
  [withTop({ listen: '["0.0.0.0:65536"]' }), /not an address and port/],
  [withTop({ listen: '["[::1]:179", "[0::1]:179"]' }), /\[::1\]:179 is listed twice/],
  [withTop({ listen: '["224.0.0.1:179"]' }), /multicast/],
]);

tells('prefixes: lengths, host bits, and what nobody routes', [
  [withPrefix('203.0.113.0/25'), /warning.*longer than \/24/],
  [
    withTop({
      prefixes: '["2001:db8::/49"]',
      upstreams: '{ a: { asn: 64496, address: "2001:db8:1::1" } }',
    }),
    /warning.*longer than \/48/,
  ],
  [withPrefix('{ prefix: 203.0.113.7/32, communities: [blackhole] }')],
  [withPrefix('20.0.0.0/7'), /warning.*shorter than \/8/],
  [withPrefix('0.0.0.0/0'), /error.*the default route/],
  [withPrefix('"::/0"'), /error.*the default route/],
  [withPrefix('127.0.0.0/24'), /error.*loopback/],
  [withPrefix('224.1.0.0/16'), /error.*multicast/],
  [withPrefix('10.1.0.0/16'), /warning.*private \(RFC 1918\)/],
  [withPrefix('100.100.0.0/16'), /warning.*RFC 6598/],
  [withPrefix('203.0.113.1/24'), /; write 203\.0\.113\.0\/24 if/],
  [withPrefix('203.0.113.0'), /has no length; write 203\.0\.113\.0\/24/],
  [withPrefix('203.0.113.0/33'), /\/33 is no length; write a length from 1 to 32/],
  [withPrefix('203.0.113.0/255.255.255.0'), /has a netmask/],
  [withPrefix('web'), /"web" is not a prefix/],
  [withPrefix('203.0.113.0/24, 203.0.113.0/24'), /error prefixes\[1\]: 203.*listed twice/],
  [withPrefix('203.0.113.0/24, 203.0.112.0/23')],
  [withPrefix(''), /warning prefixes: there are no prefixes/],
  [withPrefix('{ space: pi }'), /error prefixes\[0\]: the key prefix is missing/],
  [withPrefix('{ prefix: 203.0.113.0/24, space: pa }'), /warning prefixes\[0\]\.space: .*provider/],
  [withTop({ prefixes: '203.0.113.0/24' }), /put it in brackets: \[203\.0\.113\.0\/24\]/],
]);

tells('upstreams: names, numbers and words', [
  [withTop({ upstreams: '{}' }), /error upstreams: there is no upstream/],
  [withTop({ upstreams: '' }), /error upstreams: there is no value/],
  [withTop({ upstreams: '[a]' }), /error upstreams: a list stands where keys and values belong/],
  [
    withTop({ upstreams: '{ all: { asn: 64496, address: 198.51.100.1 } }' }),
    /error upstreams\.all: all is a reserved name/,
  ],
  [
    withTop({ upstreams: '{ Transit A: { asn: 64496, address: 198.51.100.1 } }' }),
    /cannot be a name; write transit-a$/,
  ],
  [withTop({ upstreams: '{ a: {} }' }), /upstreams\.a: the key asn/, /upstreams\.a: the key addr/],
  [withTop({ upstreams: '{ a: 64496 }' }), /error upstreams\.a: a single value/],
  [withUpstream('port: 0'), /0 is not in 1\.\.65535/],
  [withUpstream('port: 65536'), /65536 is not in/],
  [withUpstream('port: "179"'), /quoted text stands where a port belongs; remove the quotes: 179/],
  [withUpstream('port: bgp'), /"bgp" is not a whole number/],
  [withUpstream('med: -0'), /"-0" is not a whole number/],
  [withUpstream('med: -1'), /-1 is not in 0/],
  [withUpstream('port: 0179'), /not a whole number/],
  [withUpstream('port: 1e2'), /not a whole number/],
  [withUpstream('passive: no'), /"no" is neither true nor false; write false/],
  [withUpstream('passive: On'), /; write true/],
  [withUpstream('passive: "true"'), /; remove the quotes: true/],
  [withUpstream('multihop: 0'), /not in 1\.\.255/],
  [withUpstream('multihop: 256'), /not in 1\.\.255/],
  [withUpstream('multihop: 2'), /warning upstreams\.a\.multihop: .*no interface is named/],
  [withUpstream('multihop: 2, interface: eth1')],
  [withUpstream('prepend: 17'), /not in 0\.\.16/],
  [withUpstream('med: 4294967296'), /not in 0\.\.4294967295/],
  [withUpstream('med: 4294967295')],
  [withUpstream('interface: eth1/0'), /no interface name/],
  [withUpstream('interface: averylonginterface'), /no interface name/],
  [withUpstream('interface: eth1.100')],
  [withUpstream('hold-time: 90'), /90 has no unit; write 90s/],
  [withUpstream('hold-time: 2 minutes'), /not a duration; write 2m/],
  [withUpstream('hold-time: 1s'), /a hold time of 1s is not allowed/],
  [withUpstream('hold-time: 2s'), /a hold time of 2s is not allowed/],
  [withUpstream('hold-time: 3s')],
  [withUpstream('hold-time: 0'), /warning.*no keepalives/],
  [withUpstream('hold-time: 500ms'), /500ms is not a hold time/],
  [withUpstream('hold-time: 65536s'), /65536s is not a hold time/],
  [withUpstream('connect-retry: 2h'), /2h is not a connect-retry time/],
  [withUpstream('connect-retry: 0'), /0 is not a connect-retry time/],
  [withUpstream('passive: true')],
  [
    `${withUpstream('passive: true')}listen: none\n`,
    /error upstreams\.a\.passive: we wait for this neighbour, and listen on nothing/,
  ],
  [`${withUpstream('passive: true')}listen: ["[::]:179"]\n`, /listen on no ipv4 address/],
]);

tells('two upstreams have two addresses, however they are written', [
  [
    withTop({
      upstreams:
        '{ a: { asn: 64496, address: "2001:db8::1" }, b: { asn: 64497, address: "2001:DB8:0::1" } }',
      prefixes: '["2001:db8:1::/48"]',
    }),
    /error upstreams\.b\.address: 2001:db8::1 is the address of a already/,
  ],
  ...['none', '["0.0.0.0:1179"]'].map((listen): Case => {
    const upstreams =
      '{ a: { asn: 64496, address: 127.0.0.1 }, b: { asn: 64497, address: 127.0.0.1, port: 1180 } }';
    const text = withTop({ upstreams, listen });
    return listen === 'none' ? [text] : [text, /127\.0\.0\.1 is the address of a already/];
  }),
  ...['', ', bfd: {}'].map((bfd): Case => {
    const upstreams = `{ a: { asn: 64496, address: 127.0.0.1, bfd: {} }, b: { asn: 64497, address: 127.0.0.1, port: 1180${bfd} } }`;
    const text = withTop({ upstreams, listen: 'none' });
    // RFC 5881 §2: one BFD session to an address.
    return bfd === '' ? [text] : [text, /error upstreams\.b\.bfd: BFD watches 127\.0\.0\.1 for a/];
  }),
]);

tells('restarts (RFC 4724, RFC 9494)', [
  [withUpstream('graceful-restart: helper')],
  [withUpstream('graceful-restart: false')],
  [
    withUpstream('graceful-restart: true'),
    /warning upstreams\.a\.graceful-restart: .*no state-dir/,
  ],
  [withUpstream('graceful-restart: yes'), /neither true nor helper nor false/],
  [withUpstream('long-lived-graceful-restart: 1h')],
  [withUpstream('long-lived-graceful-restart: 1'), /1 has no unit/],
  [withUpstream('long-lived-graceful-restart: 0s'), /not a stale time; write whole seconds/],
  [
    withUpstream('graceful-restart: false, long-lived-graceful-restart: 1h'),
    /error upstreams\.a\.long-lived-graceful-restart: graceful-restart is false/,
  ],
  [withTop({ 'on-exit': 'keep' }), /warning on-exit: .*no neighbour is asked to keep/],
]);

tells('families need next hops of their own (RFC 4760 §3, RFC 4271 §5.1.3)', [
  [
    withUpstream('families: [ipv4, ipv6]'),
    /error upstreams\.a\.families\[1\]: ipv6 routes have no next hop.*add next-hop: \{ ipv6: /,
  ],
  [withUpstream('families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" }')],
  [withUpstream('address: "2001:db8::1", families: [ipv4]')],
  [withUpstream('next-hop: { ipv6: "2001:db8::2" }'), /warning.*does not carry ipv6/],
  [withUpstream('next-hop: { ipv4: "2001:db8::2" }'), /not an IPv4 address/],
  [withUpstream('next-hop: { ipv4: 198.51.100.1 }'), /is the neighbour's own address/],
  [withUpstream('families: [ipv4, ipv5]'), /"ipv5" is not a family; did you mean ipv4\?/],
  [withUpstream('families: [ipv4, ipv4]'), /ipv4 is listed twice/],
  [withUpstream('families: ipv4'), /put it in brackets: \[ipv4\]/],
  [withUpstream('families: []'), /error upstreams\.a\.families: no family is listed/],
]);

tells('communities: no bit is dropped, and slips are understood (RFC 1997, 8092)', [
  [withUpstream('communities: ["70000:1"]'), /use the large community.*"70000:0:1"/],
  [withUpstream('communities: [64496: 100]'), /a mapping.*; quote it: "64496:100"/],
  [withUpstream('communities: [NO_EXPORT]'), /did you mean no-export\?/],
  [withUpstream('communities: [gshut]'), /did you mean graceful-shutdown\?/],
  [withUpstream('communities: [constructor]'), /"constructor" is not a community; write N:N/],
  [withUpstream('communities: [64496]'), /"64496" is not a community/],
  [withUpstream('communities: ["1:2:4294967296"]'), /is not a community/],
  [withUpstream('communities: ["1:2", "1:2"]'), /warning.*1:2 is listed twice/],
  [withUpstream('communities: ["rt:64496:1", "0x0002fbf000000001"]'), /warning.*listed twice/],
  [withUpstream(`communities: [${'no-export,'.repeat(1001)}]`), /1001 communities, more than 1000/],
]);

t.test('communities that would not fit into one UPDATE are refused', (t) => {
  const list = (from: number, count: number) =>
    `[${Array.from({ length: count }, (_, i) => `"64496:1:${from + i}"`).join(', ')}]`;
  const text = (from: number) =>
    withTop({
      prefixes: `[{ prefix: 203.0.113.0/24, communities: ${list(from, 200)} }]`,
      upstreams: `{ a: { asn: 64496, address: 198.51.100.1, communities: ${list(0, 200)} } }`,
    });
  t.match(told(text(200)), [/error prefixes\[0\]\.communities: .*of a, .*have 4800 octets/]);
  t.same(told(text(0)), [], 'the same communities on both sides are sent once');
  t.end();
});

tells('prefixes go to upstreams that there are and that carry them', [
  [
    withPrefix('{ prefix: 203.0.113.0/24, upstreams: [b] }'),
    /error prefixes\[0\]\.upstreams\[0\]: there is no upstream b; write one of a/,
  ],
  [withPrefix('{ prefix: 203.0.113.0/24, upstreams: [a, a] }'), /a is listed twice/],
  [withPrefix('{ prefix: 203.0.113.0/24, upstreams: [] }'), /warning.*no upstream is listed/],
  [withPrefix('"2001:db8:1::/48"'), /error prefixes\[0\]: no upstream.*carries ipv6/],
  [
    withTop({
      prefixes: '[{ prefix: 203.0.113.0/24, upstreams: [a, b] }]',
      upstreams:
        '{ a: { asn: 64496, address: 198.51.100.1 }, b: { asn: 64497, address: "2001:db8::1" } }',
    }),
    /warning prefixes\[0\]\.upstreams\[1\]: b does not carry ipv4/,
  ],
  [
    withTop({
      prefixes: '[{ prefix: 203.0.113.0/24, upstreams: [transit-c] }]',
      upstreams: '{ transit-a: { asn: 64496, address: 198.51.100.1 } }',
    }),
    /did you mean transit-a\?/,
  ],
]);

tells('downstreams and internal neighbours: who is which (RFC 4271 §1)', [
  [withDownstream('')],
  [withInternal('')],
  [withInternal('asn: 64500')],
  [
    withDownstream('asn: 64500'),
    /error downstreams\.d\.asn: 64500 is our own AS number; .*move it to internal/,
  ],
  [
    withInternal('asn: 64501'),
    /error internal\.i\.asn: 64501 is not our own AS number; remove asn/,
  ],
  [`${withTop({ asn: '0' })}internal: { i: { asn: 64501, address: 10.0.0.3 } }`, /asn: 0 is/],
  [`${withTop({})}downstreams: { d: {} }`, /downstreams\.d: the key asn/, /the key address/],
  [`${withTop({})}internal: { i: {} }`, /error internal\.i: the key address is missing/],
  [`${withTop({})}downstreams: {}\ninternal: {}\n`],
  [`${withTop({})}downstreams:\n`, /error downstreams: there is no value/],
  [
    withDownstream('multihop: 2'),
    /warning downstreams\.d\.multihop: the downstream is not on a link/,
  ],
  [withInternal('multihop: 2')],
  [withInternal('families: [ipv4, ipv6]'), /error internal.*ipv6 routes have no next hop/],
  [withDownstream('families: [ipv4, ipv6]'), /error downstreams.*ipv6 routes have no next hop/],
  [`${withInternal('passive: true')}listen: none\n`, /error internal\.i\.passive: we wait/],
]);

tells('a name and an address stand for one neighbour, whatever its kind', [
  [
    `${withTop({})}downstreams: { a: { asn: 64501, address: 10.0.0.2 } }\n`,
    /error downstreams\.a: a is the name of an upstream already; give one of them another name/,
  ],
  [
    `${withDownstream('')}internal: { d: { address: 10.0.0.3 } }\n`,
    /error internal\.d: d is the name of a downstream already/,
  ],
  [
    `${withTop({})}internal: { a: [1] }\n`,
    /error internal\.a: a list stands/,
    /error internal\.a: a is the name of an upstream/,
  ],
  [
    withInternal('address: 198.51.100.1'),
    /error internal\.i\.address: .*is the address of a already/,
  ],
  [
    `${withInternal('address: 10.0.0.2, port: 1179')}downstreams: { d: { asn: 64501, address: 10.0.0.2 } }\n`,
    /error internal\.i\.address: 10\.0\.0\.2 is the address of d already/,
  ],
  [`${withInternal('')}downstreams: { all: { asn: 64501, address: 10.0.0.2 } }\n`, /reserved name/],
]);

tells('one cause is told once: a misspelt key is not missing, and nothing follows a tab', [
  [withTop({}).replace('prefixes', 'prefixs'), /error prefixs: not a key .* did you mean prefixes/],
  [`${withTop({})}\tlog: {}\ncontrol: {}\n`, /a tab indents this line/],
  [`<<<<<<< ours\n${withTop({})}`, /has left a conflict here; choose one/],
  [withTop({}).replace('asn: ', 'asn:\u00a0'), /a space that is no plain one.*; type the spaces/],
]);

tells('a configuration of another daemon is told as that', [
  ['hostname a\n!\nrouter bgp 64500\n neighbor 192.0.2.1 remote-as 64496\n', /import frr FILE/],
]);

tells('an IPv6 address and port lacks its brackets', [
  [withTop({ listen: '2001:db8::1:179' }), /if 179 is the port, in brackets: \[A\] or \[A, B\]$/],
  [withTop({ listen: '"[::]:179"' }), /put it in brackets: \["\[::\]:179"\]/],
  [withTop({ listen: '["2001:db8::1:179"]' }), /write "\[2001:db8::1\]:179" if 179 is the port/],
]);

t.test('more neighbours than the routing table has columns for are refused', (t) => {
  const upstreams = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `u${i}: { asn: 64496, address: 10.0.${i >> 8}.${i & 255} }`,
    );
  const text = (count: number) => withTop({ upstreams: `{ ${upstreams(count).join(', ')} }` });
  t.same(told(text(250)), []);
  t.match(told(text(251)), [/error upstreams\.u250: there are 251 neighbours, more than 250/]);
  t.end();
});

tells('accept and import: what is taken from a neighbour', [
  [withUpstream('accept: default')],
  [withUpstream('accept: none')],
  [withUpstream('accept: all'), /"all" is not a part of what is received; write one of full, /],
  [withUpstream('accept: ful'), /did you mean full\?/],
  [
    withUpstream('import: { bogons: deny }'),
    /"deny" is not a verdict; write one of refuse, accept/,
  ],
  [withUpstream('import: { bogons: true }'), /"true" is not a verdict/],
  [withUpstream('import: refuse'), /error upstreams\.a\.import: a single value stands/],
  [withUpstream('import: { allow-own-as: 10 }')],
  [withUpstream('import: { allow-own-as: 11 }'), /11 is not in 0\.\.10/],
  [withUpstream('import: { max-length: { ipv4: 32, ipv6: 128 } }')],
  [withUpstream('import: { max-length: { ipv4: 33 } }'), /33 is not in 1\.\.32/],
  [withUpstream('import: { max-length: { ipv6: 0 } }'), /0 is not in 1\.\.128/],
  [withUpstream('import: { max-length: 24 }'), /a single value.*write keys below it: ipv4, ipv6/],
  [withUpstream('import: { martians: accept }'), /a key of import; did you mean bogons\?/],
  [withUpstream('import: { enforce-first-as: accept }'), /did you mean first-as\?/],
  [withUpstream('import: { accept: full }'), /put it under the neighbour, beside import/],
  [withUpstream('allowas-in: 1'), /did you mean import\?/],
  [
    withUpstream('accept: none, import: {}'),
    /warning upstreams\.a\.import: nothing is taken from this neighbour; add accept: full/,
  ],
  [
    withDownstream('import: { bogons: accept }'),
    /warning downstreams\.d\.import: nothing is taken/,
  ],
  [withDownstream('accept: ful, import: { bogons: accept }'), /did you mean full\?/],
  [withDownstream('accept: full, import: { bogons: accept }')],
  [withInternal('import: { bogons: refuse }')],
  [withInternal('import: { first-as: refuse }'), /within one AS, paths begin with any number/],
]);

tells('role: what we are to a neighbour (RFC 9234)', [
  [withUpstream('role: customer')],
  [withUpstream('role: { is: peer, strict: true }')],
  [withUpstream('role: none')],
  [
    withUpstream('role: provider'),
    /error upstreams\.a\.role: "provider" is not a role of ours towards an upstream; write one of customer, peer, rs-client, none/,
  ],
  [withUpstream('role: custmer'), /did you mean customer\?/],
  [withUpstream('role: { is: none }'), /upstreams\.a\.role\.is: "none" is not a role/],
  [withUpstream('role: { strict: true }'), /upstreams\.a\.role: the key is is missing/],
  [
    withUpstream('role: { is: peer, strict: yes }'),
    /role\.strict: "yes" is neither true nor false/,
  ],
  [withUpstream('role: { role: peer, strict: true }'), /role\.role: not a key.*did you mean is\?/],
  [withUpstream('role: [peer]'), /error upstreams\.a\.role: /],
  [withDownstream('role: peer, accept: full')],
  [withDownstream('role: customer, export: own'), /write one of provider, peer, rs, none/],
  [withInternal('role: peer'), /not a key of an internal neighbour; put it under upstreams\.NAME/],
]);

tells('add-path: which way several paths go, and how many (RFC 7911)', [
  [withUpstream('add-path: receive')],
  [withDownstream('add-path: send, export: own')],
  [withInternal('add-path: { is: both, paths: 16 }')],
  [withUpstream('add-path: true'), /"true" is not a use of path identifiers; write one of none/],
  [withUpstream('add-path: recieve'), /did you mean receive\?/],
  [withUpstream('add-path: both'), /warning upstreams\.a\.add-path: .*by one path each; write rec/],
  [withUpstream('add-path: send'), /warning upstreams\.a\.add-path: .*; remove it/],
  [withUpstream('add-path: { is: receive, paths: 65 }'), /add-path\.paths: 65 is not in 2\.\.64/],
  [withUpstream('add-path: { is: receive, paths: 1 }'), /1 is not in 2\.\.64/],
  [withUpstream('add-path: { paths: 4 }'), /add-path: the key is is missing/],
  [withUpstream('add-path: { is: receive, limit: 4 }'), /did you mean paths\?/],
]);

t.test(
  'all paths that neighbours may send fit beside a prefix, and a session that returns',
  (t) => {
    const upstreams = (wide: number, narrow: number) =>
      withTop({
        upstreams: `{ ${[
          ...Array.from(
            { length: wide },
            (_, i) =>
              `w${i}: { asn: 64496, address: 198.51.100.${i + 1}, add-path: { is: receive, paths: 64 } }`,
          ),
          ...Array.from(
            { length: narrow },
            (_, i) => `n${i}: { asn: 64496, address: 203.0.113.${i + 1} }`,
          ),
        ].join(', ')} }`,
        prefixes: '[192.88.99.0/24]',
      });
    const about = (text: string) => told(text).filter((line) => line.includes('add-path'));
    // 2 * 64 + 63, and 64 that may still be swept: 255.
    t.same(about(upstreams(2, 63)), []);
    t.match(about(upstreams(2, 64)), [
      /error upstreams\.w0\.add-path: the neighbours may send 192 paths to one prefix, more than 191/,
    ]);
    t.same(about(upstreams(0, 200)), []);
    t.end();
  },
);

tells('max-prefixes: limits, and what happens there', [
  [withUpstream('max-prefixes: { ipv4: 1, warn: 1%, idle: 1s }')],
  [withUpstream('max-prefixes: { ipv4: none, warn: 100%, idle: 168h }')],
  [
    withUpstream('max-prefixes: 100'),
    /a single value.*write keys below it: ipv4, ipv6, warn, idle/,
  ],
  [withUpstream('max-prefixes: { ipv4: 0 }'), /0 is not in 1\.\./],
  [withUpstream('max-prefixes: { ipv4: 1.3M }'), /not a whole number/],
  [withUpstream('max-prefixes: { warn: 80 }'), /"80" is not a percentage; write 80%/],
  [withUpstream('max-prefixes: { warn: 0% }'), /"0%" is not a percentage; write it as 80%/],
  [withUpstream('max-prefixes: { warn: 101% }'), /not a percentage/],
  [withUpstream('max-prefixes: { idle: 30 }'), /30 has no unit; write 30s/],
  [withUpstream('max-prefixes: { idle: 0 }'), /0 is not an idle time/],
  [withUpstream('max-prefixes: { idle: 169h }'), /169h is not an idle time/],
  [withUpstream('max-prefixes: { threshold: 80% }'), /did you mean warn\?/],
  [withUpstream('maximum-prefix: 100'), /did you mean max-prefixes\?/],
  [
    withUpstream('max-prefixes: { ipv6: 10 }'),
    /warning.*max-prefixes\.ipv6: the session does not carry/,
  ],
  [withUpstream('max-prefixes: { ipv6: none }')],
  [withUpstream('families: [ipv5], max-prefixes: { ipv6: 10 }'), /not a family/],
]);

tells('export: only where something learned may go', [
  ...['all', 'default', 'own'].map((mode): Case => [withDownstream(`export: ${mode}`)]),
  [withDownstream('export: full'), /"full" is not a set of routes; write one of all, default, own/],
  [
    withUpstream('export: all'),
    /put it under downstreams\.NAME: nothing learned goes to upstreams/,
  ],
  [withInternal('export: all'), /an internal neighbour is sent everything/],
  [withInternal('prepend: 1'), /put it under upstreams\.NAME or downstreams\.NAME/],
  [withInternal('next_hop_self: true'), /did you mean next-hop-self\?/],
  [
    `${withUpstream('accept: none')}downstreams: { d: { asn: 64501, address: 10.0.0.2, export: default } }\n`,
    /warning downstreams\.d\.export: nothing is taken from any other neighbour/,
  ],
  [
    `${withUpstream('accept: none')}downstreams: { d: { asn: 64501, address: 10.0.0.2, accept: full } }\n`,
    /warning downstreams\.d\.export: nothing is taken from any other neighbour/,
  ],
  [
    `${withUpstream('accept: none')}downstreams: { d: { asn: 64501, address: 10.0.0.2, export: own } }\n`,
  ],
  [
    `${withUpstream('accept: none')}internal: { i: { address: 10.0.0.3 } }\ndownstreams: { d: { asn: 64501, address: 10.0.0.2 } }\n`,
  ],
]);

tells('BFD is no faster than this can keep up with, and has no keys that are not there', [
  [withUpstream('bfd: {}')],
  [withUpstream('bfd: { interval: 50ms, multiplier: 50, strict: true }')],
  [withUpstream('bfd: { interval: 49ms }'), /49ms is not a BFD interval; .* from 50ms to 10s/],
  [withUpstream('bfd: { multiplier: 2 }'), /bfd\.multiplier: 2 is not in 3\.\.50/],
  [withUpstream('bfd: { tx_interval: 1s }'), /interval/],
  [withUpstream('bfd: { echo: true }'), /bfd\.echo: not in this version/],
  [withInternal('bfd: { strict: true }')],
]);

tells('BFD is authenticated by a password, and weak ways are told from the best', [
  [withUpstream('bfd: { password: file:/a/b }')],
  [withInternal('bfd: { password: env:A, key-id: 0, authentication: meticulous-keyed-md5 }')],
  [withUpstream('bfd: { password: env:A, key-id: 255, authentication: meticulous-keyed-sha1 }')],
  ...['simple', 'keyed-md5', 'keyed-sha1'].map(
    (kind): Case => [
      withUpstream(`bfd: { password: env:A, authentication: ${kind} }`),
      new RegExp(
        `warning upstreams.a.bfd.authentication: .*${kind}.*; write meticulous-keyed-sha1`,
      ),
    ],
  ),
  [withUpstream('bfd: { password: env:A, authentication: sha1 }'), /not a kind of BFD auth/],
  [withUpstream('bfd: { password: env:A, key-id: 256 }'), /bfd\.key-id: 256 is not in 0\.\.255/],
  [withUpstream('bfd: { password: hunter2 }'), /bfd\.password: a password stands where/],
  [withUpstream('bfd: { password: x, key-id: 1 }'), /bfd\.password: a password stands where/],
  [
    withUpstream('bfd: { authentication: simple }'),
    /error .*bfd\.authentication: .*; add password:/,
  ],
  [withUpstream('bfd: { key-id: 1 }'), /error .*bfd\.key-id: .*; add password:/],
  [withUpstream('bfd: { secret: env:A }'), /did you mean password\?/],
]);

tells('routes in the kernel: what, and where', [
  [withTop({ kernel: '{}' })],
  [
    withTop({
      kernel: '{ install: default, table: 100, metric: 5, anchor: false, on-exit: remove }',
    }),
  ],
  [withTop({ kernel: '{ install: full }' })],
  [withTop({ kernel: '{ install: all }' }), /write one of none, default, full/],
  [withTop({ kernel: '{ table: 255 }' }), /"255" is not a routing table/],
  [withTop({ kernel: '{ table: lan }' }), /"lan" is not a routing table/],
  [withTop({ kernel: '{ metric: 0 }' }), /0 is not in 1\.\.30000/],
  [withTop({ kernel: '{ blackhole: true }' }), /anchor/],
]);

tells('the black box: where, how large, how many', [
  [withTop({ record: '{ dir: /var/lib/box, max-size: 100kB, keep: 1, received: true }' })],
  [withTop({ record: '{}', 'state-dir': '/var/lib/multihomed' })],
  [withTop({ record: '{}' }), /record: there is no directory for it; add dir: .* or state-dir/],
  [withTop({ record: '{ dir: box }' }), /"box" is not an absolute path/],
  [withTop({ record: '{ dir: /box, max-size: 16 }' }), /"16" is not a size .* as 16MB/],
  [withTop({ record: '{ dir: /box, max-size: 3GB }' }), /from 100kB to 2GB/],
  [withTop({ record: '{ dir: /box, keep: 0 }' }), /0 is not in 1\.\.1000/],
  [withTop({ record: '{ path: /box }' }), /dir/],
  [withTop({ 'black-box': '{ dir: /box }' }), /record/],
]);

tells('own prefixes go to every downstream and internal neighbour, and none is chosen', [
  [
    `${withPrefix('{ prefix: 203.0.113.0/24, upstreams: [a, d] }')}downstreams: { d: { asn: 64501, address: 10.0.0.2 } }\n`,
    /error prefixes\[0\]\.upstreams\[1\]: d is not an upstream; remove it from this list/,
  ],
  [
    `${withPrefix('{ prefix: 203.0.113.0/24, upstreams: [] }')}internal: { i: { address: 10.0.0.3 } }\n`,
  ],
  [
    `${withPrefix('"2001:db8:1::/48"')}internal: { i: { address: "2001:db8::3" } }\n`,
    /warning prefixes\[0\]: no upstream that 2001:db8:1::\/48 goes to carries ipv6/,
  ],
  [
    `${withPrefix('"2001:db8:1::/48"')}internal: { i: { address: 10.0.0.3 } }\n`,
    /error prefixes\[0\]: no upstream/,
  ],
  [
    `${withPrefix('{ prefix: 203.0.113.0/24, communities: &c [rt:1:1] }')}downstreams: { d: { asn: 64501, address: 10.0.0.2, communities: [${Array.from({ length: 480 }, (_, i) => `rt:2:${i}`).join(', ')}] } }\n`,
    /error prefixes\[0\]\.communities: with those of d, the communities have 3848 octets/,
  ],
]);

tells('control and log', [
  [withTop({ control: '{ socket: control.sock }' }), /not an absolute path/],
  [withTop({ control: `{ socket: /${'x'.repeat(107)} }` }), /the path has 108 octets/],
  [withTop({ control: `{ socket: /${'é'.repeat(54)} }` }), /the path has 109 octets/],
  [withTop({ control: '{ mode: 0660 }' })],
  [withTop({ control: '{ mode: 888 }' }), /not a mode/],
  [withTop({ control: '{ mode: "0666" }' }), /warning.*every user of this machine/],
  [withTop({ log: 'debug' }), /error log: a single value.*: level, format/],
  [withTop({ log: '{ level: dbug }' }), /did you mean debug\?/],
  [withTop({ log: '{ format: xml }' }), /write one of text, json/],
  [withTop({ site: 'DC 1' }), /cannot be a site's name/],
]);

tells('a password is pointed to, never written, and never repeated', [
  [withUpstream('password: hunter2'), /^error upstreams\.a\.password: a password stands where/],
  [withUpstream('password: { hunter2: x }'), /a password stands where the place of a password/],
  [withUpstream('password: env:9_KEY'), /not the name of an environment variable/],
  [withUpstream('password: file:keys/a'), /is not an absolute path/],
]);

tells('TTLs and interfaces that cannot be had together', [
  [
    withUpstream('ttl-security: true, multihop: 2, interface: eth0'),
    /^error upstreams\.a\.ttl-security: ttl-security goes with multihop: 1, and it is 2/,
  ],
  [withInternal('ttl-security: true'), /and it is 255 here; say multihop: 1/],
  [withUpstream('bind-to-interface: true'), /there is no interface to bind to; add interface:/],
]);

tells('unknown keys: slips, other tools, other places', [
  [`${withTop({})}router_id: 192.0.2.2\n`, /error router_id: not a key of the file; .*router-id\?/],
  [`${withTop({})}neighbors: {}\n`, /did you mean upstreams\?/],
  [`${withTop({})}hold-time: 90s\n`, /put it under upstreams\.NAME/],
  [`${withTop({})}bfd: {}\n`, /put it under upstreams\.NAME/],
  [`${withTop({})}description: us\n`, /; remove it; the keys here are asn, router-id, /],
  [`${withTop({})}downstream: {}\n`, /did you mean downstreams\?/],
  [`${withTop({})}<<: {}\n`, /YAML 1\.2 has no merge keys/],
  [`${withTop({})}constructor: 1\n__proto__: 2\n`, /error constructor/, /error __proto__/],
  [withTop({ upstreams: '{ a: { remote-as: 64496, neighbor: 198.51.100.1 } }' }), /asn/, /address/],
  [withUpstream('MD5_password: x'), /did you mean password\?/],
  [withUpstream('next-hop: { v6: "2001:db8::1" }'), /a key of next-hop; did you mean ipv6/],
  [withUpstream('next_hop_self: true'), /did you mean next-hop\?/],
]);

t.test('a key that stands twice is refused where it stands again', (t) => {
  const text = `${withTop({})}asn: 64501\n`;
  const [problem] = loadConfig(text, 'test.yaml').problems;
  t.match(problem, {
    line: 5,
    column: 1,
    path: 'asn',
    cause: 'the key stands here a second time',
  });
  t.end();
});

t.test('nothing is said of what follows from another mistake', (t) => {
  t.match(told(withTop({ upstreams: '{ a: [1] }' })), [/a list stands/], 'a may carry anything');
  t.equal(
    told(withTop({ prefixes: '["2001:db8::/32"]', upstreams: '{ a: { asn: 0 } }' })).length,
    2,
  );
  t.match(told(withUpstream('families: [ipv4, ipv6], next-hop: { ipv6: x }')), [/next-hop\.ipv6/]);
  t.equal(told(withTop({ listen: '[x]', asn: '0' })).length, 2);
  t.end();
});

/** An upstream with this of its reach, beside a check of each sort. */
function withReach(reachability: string, rest = ''): string {
  const checks =
    'checks: { far: { ping: 192.88.99.1 }, names: { dns: "192.88.99.1", name: a.example } }';
  const text = withUpstream(`reachability: ${reachability}${rest}`);
  return `${text.replace('[203.0.113.0/24]', '[{ prefix: 203.0.113.0/24, needs: [far, names] }]')}${checks}\n`;
}

tells('what is wrong with the reach of an upstream', [
  [withReach('{}')],
  [withReach('{ probes: [far] }')],
  [withReach('{ probes: [fat] }'), /error .*probes\[0\]: there is no check fat; did you mean far/],
  [
    withReach('{ probes: [names] }'),
    /names cannot be sent through one upstream; .*tcp, http, ping/,
  ],
  [withReach('{ probes: [far, far] }'), /far is listed twice/],
  [withReach('{ canaries: [192.88.99.1/24] }'), /bits set after its length; write 192.88.99.0\/24/],
  [withReach('{ canaries: [earth] }'), /"earth" is not a prefix/],
  [
    withReach('{ canaries: [0.0.0.0/0] }'),
    /error .*canaries\[0\]: 0.0.0.0\/0 is the default route/,
  ],
  [withReach('{ canaries: ["2001:db8::/32"] }'), /warning .*does not carry ipv6; add ipv6 to/],
  [withReach('{ canaries: [203.0.113.0/25] }'), /warning .*203.0.113.0\/25 is our own/],
  [withReach('{ table-drop: 50 }'), /"50" is not a percentage; write 50%/],
  [
    withReach('{ table-drop: none, default-gone: false }'),
    /warning .*: nothing is looked at; add probes/,
  ],
  [withReach('{ one-sign: withdraw }'), /one-sign/],
  [withReach('{ interval: 1s }'), /interval/],
  [
    withReach(
      '{ probes: [far] }, asn: 64496, address: 198.51.100.1, interface: eth1 }, b: { asn: 64497, address: 198.51.100.5, interface: eth1, reachability: { probes: [far] }',
    ),
    /warning upstreams\.b\.reachability: a is on eth1 as well; give each upstream an interface/,
  ],
  [`${withDownstream('reachability: {}')}`, /reachability/],
]);

/** What the file says of checks, conditions, damping and the flap budget. */

import t from 'tap';
import { checksIn } from '../../src/config/condition.ts';
import { DEFAULT_STABILITY, UNKNOWN_DAMPING } from '../../src/config/damping.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configOf } from '../support/ownRoute.ts';
import { EVERYTHING, SMALLEST } from './examples.ts';

interface File {
  readonly checks?: string;
  readonly needs?: string;
  readonly upstream?: string;
  readonly rest?: string;
}

function file({ checks, needs, upstream = '', rest = '' }: File): string {
  return [
    'asn: 64500',
    'router-id: 192.0.2.1',
    `prefixes: [{ prefix: 203.0.113.0/24${needs === undefined ? '' : `, needs: ${needs}`} }]`,
    `upstreams: { a: { asn: 64496, address: 198.51.100.1${upstream} } }`,
    ...(checks === undefined ? [] : [`checks: { ${checks} }`]),
    rest,
    '',
  ].join('\n');
}

/** Each problem as `severity path: cause; mend`. */
function told(text: string): string[] {
  return loadConfig(text, 'test.yaml').problems.map(
    ({ severity, path, cause, mend }) => `${severity} ${path}: ${cause}; ${mend}`,
  );
}

type Case = readonly [File, ...(readonly RegExp[])];

/** Each file has exactly these problems. */
function tells(title: string, cases: readonly Case[]): void {
  t.test(title, (t) => {
    for (const [keys, ...expected] of cases) {
      const text = file(keys);
      const found = told(text);
      t.equal(found.length, expected.length, `${text}\n${found.join('\n')}`);
      for (const [i, pattern] of expected.entries()) t.match(found[i], pattern, text);
    }
    t.end();
  });
}

/** A check `web` with these keys, that the prefix needs. */
const web = (keys: string): File => ({ checks: `web: { ${keys} }`, needs: '[web]' });

t.test('every key of every kind of check arrives in the configuration', (t) => {
  const { checks } = configOf(EVERYTHING);
  t.same(
    checks.map(({ name, probe }) => `${name} ${probe.kind}`),
    [
      ...['web tcp', 'api http', 'dns dns', 'lb haproxy-agent', 'core link'],
      ...['probe exec', 'ping ping', 'gateway ping', 'reach@transit-a ping'],
    ],
  );
  const by = new Map(checks.map((check) => [check.name, check]));
  const common = { interval: 5000, timeout: 2000, rise: 2, fall: 2, source: undefined };
  t.same(by.get('web'), {
    ...{ name: 'web', interval: 10_000, timeout: 3000, rise: 3, fall: 3 },
    ...{ window: undefined, source: undefined },
    probe: { kind: 'tcp', host: '203.0.113.10', port: 80 },
  });
  t.same(by.get('api')?.probe, {
    kind: 'http',
    url: 'https://203.0.113.10/health',
    ...{ status: 204, body: 'ok', host: 'www.example.net', ca: '/etc/ssl/own-ca.pem' },
    insecure: false,
  });
  t.same(by.get('dns')?.probe, {
    kind: 'dns',
    ...{ server: '203.0.113.53', port: 53, name: 'example.net', type: 'SOA' },
  });
  t.same(by.get('lb')?.probe, { kind: 'haproxy-agent', host: '2001:db8:113::10', port: 5555 });
  t.match(by.get('core'), { probe: { interface: 'eth0' }, rise: 1, fall: 1, window: undefined });
  t.match(by.get('probe'), {
    probe: { argv: ['/usr/local/bin/probe', '--fast', '5'] },
    window: { failures: 3, of: 5 },
    source: { text: '203.0.113.1' },
  });
  t.match(by.get('ping'), { probe: { host: '203.0.113.10' }, interval: 500, timeout: 500 });
  t.match(by.get('dns'), { ...common, window: { failures: 3, of: 6 } }, 'the defaults');
  t.end();
});

t.test('what only upstreams are probed by is looked at through them alone', (t) => {
  const upstreams = `{
    a: { asn: 64496, address: 198.51.100.1, reachability: { probes: [x, y] } },
    b: { asn: 64497, address: 198.51.100.5, reachability: { probes: [x] } } }`;
  const text = `asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: 203.0.113.0/24, needs: [y] }]
checks: { x: { ping: 192.88.99.1 }, y: { tcp: "192.88.99.1:7" } }
upstreams: ${upstreams}
`;
  const { config, problems } = loadConfig(text, '');
  t.same(problems, [], 'and nobody says that nothing needs it');
  t.same(
    config?.checks.map(({ name, via }) => [name, via]),
    [
      ['y', undefined],
      ['x@a', 'a'],
      ['y@a', 'a'],
      ['x@b', 'b'],
    ],
  );
  t.match(config?.upstreams[0]?.reachability, {
    ...{ probes: ['x@a', 'y@a'], canaries: [], tableDrop: 50, defaultGone: true },
    ...{ oneSign: 'backup', twoSigns: 'withdraw' },
  });
  t.end();
});

t.test('conditions nest, and a list means all', (t) => {
  const needs = (text: string) => {
    const checks = 'a: { link: a }, b: { link: b }, c: { link: c }';
    return loadConfig(file({ checks, needs: text }), '').config?.prefixes[0]?.needs;
  };
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ kind: 'check' as const, name }));
  t.same(needs('a'), a);
  t.same(needs('[a, b]'), { kind: 'all', of: [a, b] });
  t.same(needs('{ all: [a, b] }'), { kind: 'all', of: [a, b] });
  t.same(needs('{ any: [a, [b, c]] }'), { kind: 'any', of: [a, { kind: 'all', of: [b, c] }] });
  t.same(needs('{ at-least: 2, of: [a, { any: [a, b] }, c] }'), {
    kind: 'at-least',
    count: 2,
    of: [a, { kind: 'any', of: [a, b] }, c],
  });
  const { needs: all, onFailure } = configOf(EVERYTHING).prefixes[1]!;
  t.same(all && checksIn(all), ['web', 'dns', 'ping', 'lb', 'core', 'probe', 'api']);
  t.equal(onFailure, 'backup');
  t.match(configOf(SMALLEST).prefixes[0], { needs: undefined, onFailure: 'withdraw' });
  t.end();
});

t.test('a damping profile has a name or numbers, and is a guess until it is confirmed', (t) => {
  const damping = (text: string) => {
    const { config } = loadConfig(file({ upstream: `, damping: ${text}` }), '');
    return config?.upstreams[0]?.damping;
  };
  t.same(configOf(SMALLEST).upstreams[0]?.damping, UNKNOWN_DAMPING);
  t.same(damping('unknown'), UNKNOWN_DAMPING);
  t.match(damping('cisco'), { name: 'cisco', profile: { suppress: 2000 }, confirmed: false });
  t.same(damping('none'), { name: 'none', profile: undefined, confirmed: false });
  t.match(damping('{ profile: juniper, confirmed: true }'), { name: 'juniper', confirmed: true });
  t.same(
    damping(
      '{ withdraw: 900, reannounce: 1, change: 2, suppress: 1999, reuse: 700, half-life: 10m, max-suppress: 30m }',
    ),
    {
      name: 'numbers',
      profile: {
        ...{ withdraw: 900, reannounce: 1, change: 2, suppress: 1999, reuse: 700 },
        ...{ halfLife: 600, maxSuppress: 1800 },
      },
      confirmed: false,
    },
  );
  t.match(damping('{ profile: juniper, suppress: 4000 }'), {
    name: 'numbers',
    profile: { suppress: 4000, reannounce: 1000 },
  });
  t.match(damping('{ suppress: 2500 }'), { name: 'numbers', profile: { reannounce: 0 } });
  t.equal(configOf(EVERYTHING).upstreams[0]?.prefer, 'primary');
  t.equal(configOf(SMALLEST).upstreams[0]?.prefer, undefined);
  t.end();
});

t.test('the holds of the flap budget have defaults', (t) => {
  t.same(configOf(SMALLEST).stability, DEFAULT_STABILITY);
  t.same(configOf(EVERYTHING).stability, {
    ...{ first: 2000, repeated: 20_000, cap: 40_000, follower: 120_000 },
  });
  t.end();
});

tells('a check probes one thing, at an address', [
  [web('tcp: "203.0.113.10:80"')],
  [web('tcp: "203.0.113.10:80", ping: 203.0.113.10'), /error checks\.web\.ping: .*probes tcp/],
  [web('interval: 5s'), /error checks\.web: nothing is probed; add one of tcp, http/],
  [web(''), /nothing is probed/],
  [web('port: 80, tcp: "203.0.113.10:80"'), /error checks\.web\.port: not a key of a check/],
  [web('cmd: ["/bin/true"]'), /error checks\.web\.cmd: .*did you mean exec\?/],
  [web('tcp: 203.0.113.10'), /not an address and port; add the port, as "203\.0\.113\.10:80"/],
  [web('tcp: "www.example.net:80"'), /error checks\.web\.tcp: .*write it as "203/],
  [web('tcp: "2001:db8::a"'), /add the port, as "\[2001:db8::a\]:80"/],
  [web('tcp: "2001:db8::a:443"'), /write "\[2001:db8::a\]:443" if 443 is the port/],
  [web('tcp: "203.0.113.10:0"'), /not an address and port/],
  [web('tcp: "203.0.113.10:65536"'), /not an address and port/],
  [web('tcp: "0.0.0.0:80"'), /unspecified/],
  [web('tcp: "[ff02::1]:80"'), /many machines/],
  [web('ping: 255.255.255.255'), /many machines/],
  [web('ping: 300.1.1.1'), /is not an address/],
  [web('dns: www.example.net, name: example.net'), /is not a name server/],
  [web('dns: "2001:db8::53", name: example.net')],
  [web('dns: "[2001:db8::53]:5353", name: example.net')],
  [web('dns: 203.0.113.53'), /error checks\.web: the key name is missing/],
  [web('dns: 203.0.113.53, name: "a..b"'), /is not a domain name/],
  [web('dns: 203.0.113.53, name: b, type: AXFR'), /"AXFR" is not a record type/],
  [
    web('http: "https://www.example.net/x"'),
    /is a name; .*https:\/\/203\.0\.113\.10\/health.*host: www\.example/,
  ],
  [web('http: 203.0.113.10'), /is not a URL/],
  [web('http: "ftp://203.0.113.10/"'), /is not a URL/],
  [web('http: "http://user@203.0.113.10/"'), /is not a URL/],
  [web('http: "http://203.0.113.10/#x"'), /is not a URL/],
  [web('http: "http://203.0.113.10/a b"'), /is not a URL/],
  [web('http: "http://203.0.113.10:99999/"'), /is not a URL/],
  [web('http: "http://[2001:db8::1]:8080"')],
  [web('http: "http://203.0.113.10?x"')],
  [web('http: "http://203.0.113.10/", status: 100'), /not in 200\.\.599/],
  [web('http: "http://203.0.113.10/", body: ""'), /the text is empty/],
  [web('exec: /bin/true -x'), /write a list: \["\/bin\/true", \.\.\.\], with each argument/],
  [web('exec: /bin/true'), /write a list: \["\/bin\/true"\]$/m],
  [web('exec: [true]'), /"true" is not an absolute path; .*\/usr\/local\/bin\/true/],
  [web('exec: []'), /no program is named/],
  [web('exec: [/bin/true, [x]]'), /not a plain text/],
  [web('exec: [/bin/true, "", x, x]')],
  [web('link: eth0/1'), /no interface name/],
]);

tells('keys of one kind of check are not for another', [
  [web('tcp: "203.0.113.10:80", status: 200'), /a tcp check has no status; .*belongs to http$/],
  [web('ping: 203.0.113.10, name: x'), /a ping check has no name; .*belongs to dns/],
  [
    web('link: eth0, timeout: 1s, source: 192.0.2.1'),
    /a link check has no timeout/,
    /a link check has no source/,
  ],
  [web('http: "http://203.0.113.10/", insecure: true'), /insecure is for https/],
  [web('http: "http://203.0.113.10/", ca: /a.pem'), /ca is for https/],
  [web('http: "https://203.0.113.10/", ca: /a.pem, insecure: true'), /any certificate is taken/],
  [web('http: "https://203.0.113.10/", ca: a.pem'), /not an absolute path/],
  [web('ping: 203.0.113.10, source: "2001:db8::1"'), /different families; write an IPv4/],
]);

tells('times and counts of a check', [
  [web('ping: 203.0.113.10, interval: 1'), /1 has no unit; write 1s/],
  [web('ping: 203.0.113.10, interval: 99ms'), /write a duration from 100ms to 1h/],
  [web('ping: 203.0.113.10, timeout: 6s'), /6s is longer than the interval, 5s/],
  [web('ping: 203.0.113.10, rise: 0'), /0 is not in 1\.\.100/],
  [web('ping: 203.0.113.10, window: 5/3'), /"5\/3" is not a window/],
  [web('ping: 203.0.113.10, window: 1/101'), /is not a window/],
  [web('ping: 203.0.113.10, window: 3'), /is not a window/],
]);

const three = 'web: { link: a }, dns: { link: b }, api: { link: c }';

tells('prefixes need checks that there are, and checks are needed', [
  [{ checks: three, needs: '[web, dns, api]' }],
  [{ checks: three, needs: '[web, dns]' }, /warning checks\.api: no prefix needs api/],
  [{ needs: '[web]' }, /error prefixes\[0\]\.needs\[0\]: there is no check web; add it under/],
  [
    { checks: three, needs: '{ any: [webb, dns, [api, web]] }' },
    /error prefixes\[0\]\.needs\.any\[0\]: there is no check webb; did you mean web\?/,
  ],
  [
    { checks: three, needs: '{ at-least: 4, of: [web, dns, api] }' },
    /needs\.at-least: at least 4 of 3/,
  ],
  [{ checks: three, needs: '{ at-least: 2 }' }, /"at-least" is no condition/],
  [{ checks: three, needs: '{ some: [web] }' }, /"some" is no condition/],
  [{ checks: three, needs: '{}' }, /the condition is empty/],
  [{ checks: three, needs: '[]' }, /the list is empty/],
  [{ checks: three, needs: '{ any: web }' }, /a single value stands where a list of conditions/],
  [{ checks: three, needs: '[web, web, dns, api]' }, /web is listed twice/],
  [{ checks: 'any: { link: a }' }, /any is a reserved name/, /no prefix needs any/],
  [{ checks: 'Web: { link: a }' }, /cannot be a name; write web/, /no prefix needs Web/],
]);

t.test('on-failure without needs is told, and the words for it are few', (t) => {
  const with_ = (entry: string) => SMALLEST.replace('- 203.0.113.0/24', `- { ${entry} }`);
  t.match(told(with_('prefix: 203.0.113.0/24, on-failure: keep')), [
    /warning prefixes\[0\]\.on-failure: the prefix needs no check/,
  ]);
  t.match(told(with_('prefix: 203.0.113.0/24, on-failure: kepe')), [/did you mean keep\?/]);
  t.end();
});

tells('damping numbers under which something happens (RFC 2439 §4.2)', [
  [{ upstream: ', damping: ciscoo' }, /"ciscoo" is not a damping profile; did you mean cisco/],
  [{ upstream: ', damping: { suppress: 12000 }' }],
  [
    { upstream: ', damping: { suppress: 12001 }' },
    /error upstreams\.a\.damping\.suppress: a penalty never exceeds 12000/,
  ],
  [{ upstream: ', damping: { max-suppress: 15m }' }, /never exceeds 1500, so suppress \(2000\)/],
  [{ upstream: ', damping: { reuse: 2000 }' }, /reuse \(2000\) is not between 0 and suppress/],
  [{ upstream: ', damping: { reuse: 0 }' }, /reuse \(0\) is not between/],
  [{ upstream: ', damping: { profile: none, reuse: 1 }' }, /the profile none has no numbers/],
  [{ upstream: ', damping: { confirmed: true }' }, /what is unknown cannot be confirmed/],
  [{ upstream: ', damping: { profile: none, confirmed: true }' }],
  [{ upstream: ', prefer: first' }, /"first" is not a preference/],
]);

const services = `web: { tcp: "203.0.113.10:80" }, api: { http: "http://203.0.113.10/" }, dns: { dns: "203.0.113.53", name: example.net }`;
const gateway = 'gateway: { ping: 203.0.113.1 }';
const guard = (keys: string) => `correlated-failure: { ${keys} }`;
const needs = '[web, api, dns]';

tells('correlated-failure needs a self-check of its own, and enough checks beside it', [
  [{ checks: `${services}, ${gateway}`, needs, rest: guard('self-check: gateway') }],
  [
    { checks: services, needs, rest: guard('self-check: gateway') },
    /error correlated-failure\.self-check: there is no check gateway; add it under checks/,
  ],
  [
    { checks: `${services}, ${gateway}`, needs, rest: guard('self-check: gatewy') },
    /warning checks\.gateway: no prefix needs gateway/,
    /did you mean gateway\?/,
  ],
  [
    { checks: `${services}, lan: { link: eth0 }`, needs, rest: guard('self-check: lan') },
    /error correlated-failure\.self-check: lan looks at a link/,
  ],
  [
    {
      checks: `${services}, ${gateway}`,
      needs: '[web, api, dns, gateway]',
      rest: guard('self-check: gateway'),
    },
    /warning prefixes\[0\]\.needs.*gateway is the self-check of correlated-failure; remove it from needs/,
  ],
  [
    {
      checks: `web: { tcp: "203.0.113.10:80" }, ${gateway}`,
      needs: 'web',
      rest: guard('self-check: gateway'),
    },
    /warning correlated-failure: prefixes need 1 checks of other machines, on 1 hosts/,
  ],
  [
    { checks: `${services}, ${gateway}`, needs, rest: guard('self-check: gateway, hold: 30s') },
    /error correlated-failure\.hold: 30s is not a hold/,
  ],
  [
    { checks: `${services}, ${gateway}`, needs, rest: guard('check: gateway') },
    /did you mean self-check\?/,
  ],
]);

t.test('correlated-failure watches the checks that look at another machine', (t) => {
  const { correlatedFailure } = configOf(
    file({ checks: `${services}, ${gateway}`, needs, rest: guard('self-check: gateway') }),
  );
  t.same(correlatedFailure, {
    selfCheck: 'gateway',
    selfWithin: 7000,
    hold: 10_000,
    watched: new Map([
      ['web', { host: '203.0.113.10', within: 7000 }],
      ['api', { host: '203.0.113.10', within: 7000 }],
      ['dns', { host: '203.0.113.53', within: 7000 }],
    ]),
  });
  t.end();
});

tells('holds do not get shorter the more it flaps', [
  [{ rest: 'flap-budget: { first-hold: 0, longest-hold: 30s }' }],
  [
    { rest: 'flap-budget: { first-hold: 40s }' },
    /error flap-budget\.repeated-hold: repeated-hold is shorter than first-hold/,
  ],
  [{ rest: 'flap-budget: { longest-hold: 10s }' }, /longest-hold is shorter than repeated-hold/],
  [{ rest: 'flap-budget: { cap: 10s }' }, /did you mean longest-hold\?/],
  [{ rest: 'stability: {}' }, /did you mean flap-budget\?/],
]);

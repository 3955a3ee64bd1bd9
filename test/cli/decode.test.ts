import { Readable } from 'node:stream';
import t from 'tap';
import { type DecodeOptions, runDecode } from '../../src/cli/decode.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { plainPaint } from '../../src/control/paint.ts';

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER}001304`;
const OPEN = `${MARKER}001d0104fbf4005ac000020100`;
const NOTIFICATION = `${MARKER}0018030602026869`;

const options: DecodeOptions = {
  hex: undefined,
  json: false,
  twoOctetAs: false,
  addPath: [],
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

/** An UPDATE by hand: path attributes and NLRI in hexadecimal. */
function update(attributes: string, nlri: string): string {
  const octets = (hex: string) => hex.replaceAll(' ', '').length / 2;
  const uint16 = (value: number) => value.toString(16).padStart(4, '0');
  const length = uint16(23 + octets(attributes) + octets(nlri));
  return `${MARKER} ${length} 02 0000 ${uint16(octets(attributes))} ${attributes} ${nlri}`;
}

const PATH = '400101 00 4002 06 0201 0000fbf0 400304 c0000201';

async function decode(input: string | Readable, change: Partial<DecodeOptions> = {}) {
  let [stdout, stderr] = ['', ''];
  const terminal: Terminal = {
    stdin: typeof input === 'string' ? Readable.from([input]) : input,
    stdout: (text) => {
      stdout += text;
    },
    octets: () => {},
    screen: () => {},
    drained: async () => {},
    stderr: (text) => {
      stderr += text;
    },
    width: 80,
    paint: plainPaint,
  };
  const exitCode = await runDecode({ ...options, ...change }, terminal);
  return { stdout, stderr, exitCode };
}

t.test('an argument is decoded for people', async (t) => {
  const { stdout, stderr, exitCode } = await decode('', { hex: OPEN });
  t.equal(
    stdout,
    `OPEN, 29 octets
  version                     4
  AS                          64500
  hold time                   90 s
  BGP Identifier              192.0.2.1
  verdict                     ok
`,
  );
  t.equal(stderr, '');
  t.equal(exitCode, 0);
});

t.test('an UPDATE shows attributes by name, routes, and why it is not used', async (t) => {
  const attributes = `${PATH} 800404 00000064 c00804 ffffff01 400504 00000064`;
  const { stdout, exitCode } = await decode('', { hex: update(attributes, '18cb0071 18c63364') });
  t.equal(
    stdout,
    `UPDATE, 72 octets
  ORIGIN                      igp
  AS_PATH                     64496
  NEXT_HOP                    192.0.2.1
  MULTI_EXIT_DISC             100
  COMMUNITIES                 no-export
  LOCAL_PREF                  100 (discarded)
  announced                   203.0.113.0/24, 198.51.100.0/24
  verdict                     attribute-discard
  because                     LOCAL_PREF is not for external neighbours to send
`,
  );
  t.equal(exitCode, 0);
});

t.test('what deserves a session reset shows the answer, and exits 1', async (t) => {
  const { stdout, exitCode } = await decode('', {
    hex: `${MARKER} 001d01 05 fbf4 005a c0000201 00`,
  });
  t.equal(
    stdout,
    `malformed OPEN, 29 octets
  octets                      ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00
                              1d 01 05 fb f4 00 5a c0 00 02 01 00
  verdict                     session-reset
  because                     BGP version 5 instead of 4
  answer                      OPEN Message Error/Unsupported Version Number
                              (2/1), data 00 04
`,
  );
  t.equal(exitCode, 1);
});

t.test('with --json there is one object a message, several messages a line', async (t) => {
  const { stdout, exitCode } = await decode(`${KEEPALIVE}${OPEN}\n\n${NOTIFICATION}\r\n`, {
    json: true,
  });
  const lines = stdout.trimEnd().split('\n');
  const described = lines.map((line): unknown => JSON.parse(line));
  t.match(described, [{ type: 'KEEPALIVE' }, { type: 'OPEN' }, { type: 'NOTIFICATION' }]);
  t.equal(exitCode, 0);
});

t.test('digits may be grouped as people group them', async (t) => {
  const colons = (KEEPALIVE.match(/../g) ?? []).join(':');
  const prefixed = (KEEPALIVE.toUpperCase().match(/../g) ?? []).map((octet) => `0x${octet}`);
  const forms = [colons, prefixed.join(', '), `  0x${KEEPALIVE}  `, `${MARKER}\t0013\t04`];
  const { stdout, stderr } = await decode(forms.join('\n'), { json: true });
  t.equal(stdout.match(/"KEEPALIVE"/g)?.length, forms.length);
  t.equal(stderr, '');
});

t.test('what is not hexadecimal is one line that says where; the rest is decoded', async (t) => {
  const { stdout, stderr, exitCode } = await decode(`${KEEPALIVE}\nff zz\nfff\n0x\n${KEEPALIVE}`);
  t.equal(
    stderr,
    `multihomed: line 2: "zz" at column 4 is not hexadecimal
multihomed: line 3: "fff" at column 1 has an odd number of digits
multihomed: line 4: "0x" at column 1 has an odd number of digits
`,
  );
  t.equal(stdout.match(/KEEPALIVE/g)?.length, 2);
  t.equal(exitCode, 1);
});

t.test('control characters of the input do not reach the terminal', async (t) => {
  const { stderr } = await decode('', { hex: 'ff\u001b[31mff\u202e' });
  t.equal(stderr, 'multihomed: the argument: "ff?[31mff?" at column 1 is not hexadecimal\n');
});

t.test('half a message is told, and the next line begins anew', async (t) => {
  const { stdout, stderr, exitCode } = await decode(
    `${MARKER}0017 02 00\n${MARKER}00\n${KEEPALIVE}${MARKER}001e 01\n${KEEPALIVE}`,
  );
  t.equal(
    stderr,
    `multihomed: line 1: not a whole message: 20 of the 23 octets that its header promises
multihomed: line 2: not a whole message: 17 of the 19 octets that a header has
multihomed: line 3: no whole message at the end: 19 of the 30 octets that its header promises
`,
  );
  t.equal(stdout.match(/KEEPALIVE/g)?.length, 2);
  t.equal(exitCode, 1);
});

t.test('what is not BGP ends its line, not the others', async (t) => {
  const { stdout, exitCode } = await decode(`${KEEPALIVE}${'00'.repeat(20)}\n${KEEPALIVE}`, {
    json: true,
  });
  const described = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  t.match(described, [
    { type: 'KEEPALIVE' },
    { type: 'UNKNOWN', length: 20, verdict: { kind: 'session-reset', code: 1, subcode: 1 } },
    { type: 'KEEPALIVE' },
  ]);
  t.equal(exitCode, 1);
});

t.test('the flags say what the session had negotiated', async (t) => {
  const twoOctet = update('400101 00 4002 04 0201 fbf0 400304 c0000201', '18cb0071');
  t.match(await decode(twoOctet), { exitCode: 0, stdout: /treat-as-withdraw/ });
  t.match(await decode(twoOctet, { twoOctetAs: true }), { stdout: /AS_PATH +64496/ });

  const withPathId = update(PATH, '00000007 18cb0071');
  t.match(await decode(withPathId), { exitCode: 1 });
  t.match(await decode(withPathId, { addPath: ['ipv4'] }), {
    exitCode: 0,
    stdout: /announced +203\.0\.113\.0\/24 \(path 7\)/,
  });

  const hop = '800e19 0001 01 10 20010db8000000000000000000000001 00 18cb0071';
  const overIpv6 = update(`400101 00 400206 0201 0000fbf0 ${hop}`, '');
  t.match(await decode(overIpv6), { exitCode: 1, stdout: /session-reset/ });
  t.match(await decode(overIpv6, { extendedNextHop: true }), {
    exitCode: 0,
    stdout: /2001:db8::1[\s\S]*announced +203\.0\.113\.0\/24/,
  });

  const internal = update(`${PATH} 400504 00000064`, '18cb0071');
  t.match(await decode(internal, { internal: true }), { stdout: /verdict +ok/ });

  const long = update(PATH, '18cb0071'.repeat(1100));
  t.match(await decode(long), { exitCode: 1, stdout: /Bad Message Length/ });
  t.match(await decode(long, { extendedMessages: true }), { exitCode: 0 });
});

t.test('RFC 6793 §4.2.3: what a two-octet neighbour meant has rows of its own', async (t) => {
  const attributes =
    '400101 00 4002 06 0202 fbf0 5ba0 400304 c0000201 c00706 5ba0 c0000201 c01106 0201 00010000 c01208 00010000 c0000202';
  const { stdout } = await decode(update(attributes, '18cb0071'), { twoOctetAs: true });
  t.match(stdout, /path in effect +64496 65536\n/);
  t.match(stdout, /aggregator in effect +AS 65536, 192\.0\.2\.2\n/);
});

t.test('lines are decoded as they come, not at the end', async (t) => {
  const input = new Readable({ read: () => {} });
  const seen: string[] = [];
  const told = new Promise<void>((resolve) => {
    void runDecode(
      { ...options, json: true },
      {
        stdin: input,
        stdout: (text) => {
          seen.push(text);
          resolve();
        },
        octets: () => {},
        screen: () => {},
        drained: async () => {},
        stderr: () => {},
        width: 80,
        paint: plainPaint,
      },
    );
  });
  input.push(`${KEEPALIVE}\n${MARKER}`);
  await told;
  t.equal(seen.length, 1);
  input.push(null);
});

t.test(
  'lines that say nothing are passed over; an argument that says nothing is not',
  async (t) => {
    const { stdout, stderr } = await decode(
      `# two messages\n\n  # and a blank\n${KEEPALIVE}\n \t\n`,
    );
    t.match(stdout, /^KEEPALIVE, 19 octets\n/);
    t.equal(stderr, '');
    for (const hex of ['', ' ', ',']) {
      const none = await decode('', { hex });
      t.equal(none.stderr, 'multihomed: the argument: there is no octet in it\n');
      t.equal(none.exitCode, 1);
    }
  },
);

t.test('a dump with offsets is recognised, whole octets in groups of four are not', async (t) => {
  const octets = KEEPALIVE.match(/../g) ?? [];
  for (const line of [
    `\t0x0000:  ${octets.slice(0, 16).join('')}`,
    `00000000: ${octets.slice(0, 16).join(' ')}  ................`,
    `00000010  ${octets.slice(16).join(' ')}`,
    `0010  ${octets.slice(16).join(' ')}`,
  ]) {
    const { stderr, exitCode } = await decode(line);
    t.match(stderr, /^multihomed: line 1: it begins with the offset 0\S+ of a dump; give/, line);
    t.equal(exitCode, 1);
  }
  t.match(await decode((KEEPALIVE.match(/.{1,4}/g) ?? []).join(':')), { exitCode: 0, stderr: '' });
});

t.test('no input is no problem', async (t) => {
  t.same(await decode(''), { stdout: '', stderr: '', exitCode: 0 });
});

import fc from 'fast-check';
import t from 'tap';
import { type CommandLine, parseCommandLine } from '../../src/cli/commandLine.ts';
import { runShortcut } from '../../src/cli/runShortcut.ts';
import { showShortcut } from '../../src/cli/showShortcut.ts';

const parse = (...argv: string[]): Promise<CommandLine> => parseCommandLine(argv, '1.2.3');

t.test('each command is parsed into its own shape', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['demo', { name: 'demo', stay: false }],
    ['demo --stay', { name: 'demo', stay: true }],
    ['run', { name: 'run', config: undefined }],
    ['run -c x.yaml', { name: 'run', config: 'x.yaml' }],
    ['-c x.yaml run', { name: 'run', config: 'x.yaml' }],
    ['run -c a -c b', { name: 'run', config: 'b' }],
    ['check --json', { name: 'check', config: undefined, json: true, preflight: false }],
    ['show', { name: 'show', what: 'status', config: undefined, json: false, watch: false }],
    [
      'show sessions',
      { name: 'show', what: 'sessions', config: undefined, json: false, watch: false },
    ],
    [
      'show announcements --json -c x',
      { name: 'show', what: 'announcements', config: 'x', json: true, watch: false },
    ],
    ['check -cb.yaml', { name: 'check', config: 'b.yaml', json: false, preflight: false }],
    [
      'show -- sessions',
      { name: 'show', what: 'sessions', config: undefined, json: false, watch: false },
    ],
    ['run --', { name: 'run', config: undefined }],
    ['reload -c 7', { name: 'reload', config: '7', json: false }],
    ['mrt rib.mrt', { name: 'mrt', file: 'rib.mrt', config: undefined }],
    ['schema', { name: 'schema' }],
  ];
  for (const [line, command] of cases) {
    t.strictSame(await parse(...line.split(' ')), { kind: 'command', command }, line);
  }
});

t.test('show events and --watch', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['links --watch', { what: 'links', json: false, watch: true }],
    ['config --json', { what: 'config', json: true, watch: false }],
    ['events', { what: 'events', json: false, follow: false, limit: undefined }],
    ['events --follow --limit 5', { what: 'events', json: false, follow: true, limit: '5' }],
  ];
  for (const [line, expected] of cases) {
    const command = { name: 'show', config: undefined, ...expected };
    t.strictSame(await parse('show', ...line.split(' ')), { kind: 'command', command }, line);
  }
  for (const [line, text] of [
    ['sessions --follow', /--follow goes with show events/],
    ['sessions --watch --json', /--watch is for people/],
    ['routes --watch', /--watch does not go with show routes/],
    ['events --best', /--best goes with show routes/],
    ['events --limit 0', /"0" is not a limit/],
    ['events 192.0.2.0/24', /unknown argument/],
  ] as const) {
    t.match(await parse('show', ...line.split(' ')), { kind: 'usage', text }, line);
  }
});

t.test('completion: a script for the shell, and the words that it asks for', async (t) => {
  t.strictSame(await parse('completion'), {
    kind: 'command',
    command: { name: 'completion', shell: 'bash' },
  });
  t.match(await parse('completion', 'tcsh'), { kind: 'usage' });
  const words = async (...typed: string[]) => {
    const line = await parse('--get-yargs-completions', 'multihomed', ...typed);
    return line.kind === 'text' ? line.text.split('\n') : [];
  };
  t.ok((await words('')).includes('show'));
  t.ok((await words('show', '')).includes('events'));
  t.ok((await words('show', 'events', '--')).includes('--watch'));
  t.ok((await words('completion', '')).includes('zsh'));
  t.ok((await words('generate', '')).includes('frr'));
  t.ok((await words('import', '')).includes('quagga'));
  t.ok((await words('lab', '')).includes('test'));
  t.notOk((await words('generate', 'frr', '')).includes('bird'));
  t.notOk((await words('check', '--')).includes('--c'));
});

t.test('what an operator orders is parsed into times in seconds', async (t) => {
  const common = { config: undefined, json: false };
  const order = { prefix: '203.0.113.0/24', upstream: undefined, lease: undefined, undo: false };
  const drain = { timeout: undefined, threshold: undefined, price: false };
  const flags = { fail: ['web'], for: 90_000, repeat: 1, every: 300_000 };
  const cases: readonly (readonly [string, object])[] = [
    ['plan', { name: 'plan' }],
    ['apply', { name: 'apply', confirm: undefined, confirmed: false }],
    ['apply --confirm 5m', { name: 'apply', confirm: 300, confirmed: false }],
    ['apply --confirmed', { name: 'apply', confirm: undefined, confirmed: true }],
    ['explain 203.0.113.9', { name: 'explain', prefix: '203.0.113.9' }],
    ['announce 203.0.113.0/24', { name: 'announce', ...order, blackhole: false }],
    [
      'announce 203.0.113.7/32 --blackhole --for 1h',
      { name: 'announce', ...order, prefix: '203.0.113.7/32', blackhole: true, lease: 3600 },
    ],
    [
      'withdraw 203.0.113.0/24 --upstream a --for 1500ms',
      { name: 'withdraw', ...order, upstream: 'a', lease: 2 },
    ],
    ['withdraw 203.0.113.0/24 --undo', { name: 'withdraw', ...order, undo: true }],
    ['drain a', { name: 'drain', target: 'a', ...drain }],
    [
      'drain site --timeout 2m --threshold 2M --price',
      { name: 'drain', target: 'site', timeout: 120, threshold: 2_000_000, price: true },
    ],
    ['undrain site', { name: 'undrain', target: 'site' }],
    ['simulate x.yaml', { name: 'simulate', scenario: 'x.yaml' }],
    ['simulate --fail web', { name: 'simulate', scenario: flags }],
    [
      'simulate --fail a b --for 30s --repeat 3 --every 1m',
      {
        name: 'simulate',
        scenario: { fail: ['a', 'b'], for: 30_000, repeat: 3, every: 60_000 },
      },
    ],
    ['show budget', { name: 'show', what: 'budget', watch: false }],
  ];
  for (const [line, command] of cases) {
    const expected = { kind: 'command', command: { ...common, ...command } };
    t.strictSame(await parse(...line.split(' ')), expected, line);
  }
});

t.test('what cannot be meant by an operator is told in one line', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['apply --confirm 5m --confirmed', /choose one of them/],
    ['apply --confirm 5', /--confirm takes a time such as 90s, 10m or 2h, not "5"/],
    ['withdraw 203.0.113.0/24 --for 0s', /--for takes more than 0s/],
    ['announce 203.0.113.0/24 --undo --for 5m', /--undo .* goes without --for/],
    ['announce', /announce needs a prefix\n/],
    ['withdraw 203.0.113.0/24 --blackhole', /unknown option --blackhole for withdraw/],
    ['drain a --threshold fast', /bits a second such as 500, 100k or 2M, not "fast"/],
    ['simulate', /a SCENARIO file, or --fail/],
    ['simulate --fail a --repeat 0', /--repeat takes a number from 1/],
    ['explain', /explain needs a prefix\n/],
  ];
  for (const [line, text] of cases) {
    t.match(await parse(...line.split(' ')), { kind: 'usage', text }, line);
  }
});

t.test('show routes asks for a place, of whom, in which state and how much', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['', {}],
    ['203.0.113.0/24', { prefix: '203.0.113.0/24' }],
    ['203.0.113.9', { match: '203.0.113.9' }],
    ['2001:db8::/32 --covered', { covered: '2001:db8::/32' }],
    ['--covering 203.0.113.9', { covering: '203.0.113.9' }],
    ['--best --family ipv6', { family: 'ipv6', state: 'best' }],
    ['--refused --upstream=a --limit 5', { neighbour: 'a', state: 'refused', limit: '5' }],
    ['-- 203.0.113.9', { match: '203.0.113.9' }],
  ];
  for (const [line, routes] of cases) {
    const words = line.split(' ').filter((word) => word !== '');
    const command = { name: 'show', what: 'routes', config: undefined, json: false, routes };
    t.strictSame(await parse('show', 'routes', ...words), { kind: 'command', command }, line);
  }
});

t.test('decode keeps hex as it was typed', async (t) => {
  const plain = {
    name: 'decode',
    json: false,
    twoOctetAs: false,
    addPath: [],
    extendedMessages: false,
    extendedNextHop: false,
    internal: false,
  };
  const command = async (...argv: string[]) => {
    const line = await parse('decode', ...argv);
    return line.kind === 'command' ? line.command : line;
  };
  t.strictSame(await command(), { ...plain, hex: undefined });
  t.strictSame(await command('0013'), { ...plain, hex: '0013' });
  t.strictSame(await command('ff ff 04'), { ...plain, hex: 'ff ff 04' });
  t.strictSame(await command('0x1e5', '--add-path', 'ipv4,ipv6', '--two-octet-as'), {
    ...plain,
    hex: '0x1e5',
    addPath: ['ipv4', 'ipv6'],
    twoOctetAs: true,
  });
  t.strictSame(
    await command('--extended-messages', '--extended-next-hop', '--internal', '--json', 'ff'),
    {
      ...plain,
      hex: 'ff',
      json: true,
      extendedMessages: true,
      extendedNextHop: true,
      internal: true,
    },
  );
});

t.test('wrong usage names what was wrong and the nearest that is right', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['shwo', /unknown command shwo; did you mean show\?\nSee `multihomed --help`/],
    ['show --jsn', /unknown option --jsn for show; did you mean --json\?\nSee `multihomed show/],
    ['show sesions', /does not know "sesions".*did you mean sessions\?/],
    ['show constructor', /does not know "constructor"/],
    ['show route', /does not know "route".*did you mean routes\?/],
    ['show sessions transit-a', /unknown argument transit-a for show/],
    ['show --best', /--best goes with show routes/],
    ['show sessions --limit 3', /--limit goes with show routes/],
    ['show announcements --upstream=', /--upstream goes with show routes/],
    ['show routes 10.1.0.0/8', /has bits set after its \/8: the prefix would be 10\.0\.0\.0\/8/],
    ['show routes here', /"here" is neither a prefix nor an IP address/],
    ['show routes --covered', /--covered needs a PREFIX/],
    ['show routes --covering', /--covering needs a PREFIX or an ADDRESS/],
    ['show routes ::/0 --covered --covering', /--covered and --covering exclude each other/],
    ['show routes --best --refused', /--best and --refused exclude each other/],
    ['show routes --family ipv5', /"ipv5" is not a family/],
    ['show routes --limit none', /"none" is not a limit/],
    ['show routes --upstrem x', /did you mean --upstream\?/],
    ['check -- one', /unknown argument one for check/],
    ['demo -- x', /unknown argument x for demo/],
    ['check -c -- x', /-c needs a value/],
    ['check -c -cb', /-c needs a value/],
    ['run -c', /-c needs a value/],
    ['check one two', /unknown argument one for check/],
    ['check --no-json', /unknown option --no-json/],
    ['run -x', /unknown option -x for run/],
    ['constructor', /unknown command constructor/],
    ['decode --add-path ipv5 ff', /does not know "ipv5"/],
    ['decode ff 04', /unknown argument 04 for decode/],
    ['schema --json', /unknown option --json for schema/],
    [
      'check my/multihomed.yaml',
      /unknown argument my\/m.* for check; the file is named with -c FILE/,
    ],
    ['decode ff x.yaml', /unknown argument x\.yaml for decode\n/],
    ['-c x.yaml', /-c goes with a command/],
    ['--jsn', /unknown option --jsn\n/],
    ['lab foo', /lab does not know foo: it knows list, up, .*containerlab\n/],
    ['lab tset', /did you mean test\?/],
    ['completion tcsh', /completion does not know tcsh: it knows bash, zsh, fish\n/],
  ];
  for (const [line, text] of cases) {
    t.match(await parse(...line.split(' ')), { kind: 'usage', text }, line);
  }
  t.match(await parse(), { kind: 'usage', text: /Commands:/ });
});

t.test('help fits a narrow terminal', async (t) => {
  for (const words of [['--help'], ['run', '--help'], ['drain', '--help']]) {
    const { text } = (await parseCommandLine(words, '1.2.3', 60)) as { text: string };
    for (const line of text.split('\n')) t.ok(line.length <= 60, line);
  }
});

t.test('a command without its operand says what is missing', async (t) => {
  const { text } = (await parse('--help')) as { text: string };
  const needy = [...text.matchAll(/multihomed (\w+) <(\w+)/g)].map(([, name = '']) => name);
  t.ok(needy.length >= 9);
  for (const name of needy) {
    const usage = { kind: 'usage', text: new RegExp(`^multihomed: ${name} needs [a-z]`) };
    t.match(await parse(name), usage, name);
  }
});

t.test('import: from whom, which file, and what goes with what', async (t) => {
  t.match(await parse('import', 'frr', 'frr.conf', '-o', 'x.yaml', '--force'), {
    command: { name: 'import', dialect: 'frr', file: 'frr.conf', output: 'x.yaml', force: true },
  });
  t.match(await parse('import', 'quaga', 'x'), { kind: 'usage', text: /did you mean quagga\?/ });
  t.match(await parse('import', 'frr'), { kind: 'usage', text: /import needs a file of theirs/ });
  t.match(await parse('import', 'frr', 'x', '--force'), { kind: 'usage', text: /-o FILE/ });
});

t.test('generate sysctl: --check and --interface', async (t) => {
  const { command } = (await parse('generate', 'sysctl', '--check', '--interface', 'a=eth1')) as {
    command?: { check: boolean; interfaces: ReadonlyMap<string, string> };
  };
  t.equal(command?.check, true);
  t.same([...(command?.interfaces ?? [])], [['a', 'eth1']]);
  t.match(await parse('generate', 'frr', '--check'), { kind: 'usage', text: /sysctl/ });
  t.match(await parse('generate', 'sysctl', '--check', '-o', 'd'), { kind: 'usage', text: /-o/ });
  t.match(await parse('generate', 'sysctl', '--interface', 'eth1'), {
    kind: 'usage',
    text: /a=eth1/,
  });
});

t.test('replay takes a file and how far to go, with its zone; --mrt replays nothing', async (t) => {
  const asked = { name: 'replay', file: 'f', step: false, mrt: undefined, json: false };
  t.strictSame(await parse('replay', 'f'), {
    kind: 'command',
    command: { ...asked, until: undefined },
  });
  const until = Date.UTC(2026, 0, 31, 12);
  for (const text of ['2026-01-31T12:00:00Z', '2026-01-31T13:00+01:00']) {
    const line = await parse('replay', 'f', '--until', text);
    t.strictSame(line, { kind: 'command', command: { ...asked, until } });
  }
  t.match(await parse('replay', 'f', '--until', '12:00'), { kind: 'usage', text: /zone/ });
  t.match(await parse('replay', 'f', '--mrt', '-', '--step'), { kind: 'usage', text: /--mrt/ });
  t.match(await parse('replay'), { kind: 'usage' });
  t.match(await parse('record'), { kind: 'command', command: { name: 'record' } });
  t.match(await parse('check', '-c', 'mrt'), { kind: 'command' }, 'the name of a file');
});

t.test('help and version are no commands', async (t) => {
  t.strictSame(await parse('--version'), { kind: 'text', text: '1.2.3\n' });
  for (const command of ['demo', 'run', 'check', 'show', 'reload', 'decode', 'schema']) {
    t.match(await parse('--help'), { kind: 'text', text: new RegExp(`multihomed ${command}`) });
    const line = await parse(command, '--help');
    t.match(line, { kind: 'text', text: /^multihomed/ });
    t.ok(line.kind === 'text' && line.text.split('\n').every((row) => row.length <= 80), command);
  }
});

t.test('property: whatever the shortcut of `run` takes, yargs takes for the same', async (t) => {
  const word = fc.oneof(
    fc.constantFrom('run', 'show', '-c', '--config', '--config=a.yaml', '--config=', '--', '-h'),
    fc.constantFrom('a.yaml', './b', '/etc/c', '-', '', '7', '0x10', 'a b', '-c=x', '../d'),
    fc.string({ maxLength: 6 }),
    fc.string({ maxLength: 6 }).map((text) => `--config=${text}`),
  );
  const argv = fc.array(word, { maxLength: 3 }).map((rest) => ['run', ...rest]);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(argv, async (words) => {
      const command = runShortcut(words);
      if (!command) return;
      taken++;
      t.strictSame(await parse(...words), { kind: 'command', command }, words.join(' '));
    }),
    { seed: 2026, numRuns: 300 },
  );
  t.ok(taken > 20, `${taken} were taken`);
  t.equal(runShortcut(['show']), undefined);
});

t.test('lab takes operands of its own, and gives a command to a node as it is', async (t) => {
  const lab = async (...words: string[]) => {
    const line = await parse('lab', ...words);
    return line.kind === 'command' ? line.command : line;
  };
  t.match(await lab('up', 'edge', '--name', 'one'), {
    ...{ name: 'lab', action: 'up', topology: 'edge', lab: 'one' },
  });
  t.match(await lab('test', 'cut-link', 'stop-edge', '-o', 'out'), {
    ...{ action: 'test', experiments: ['cut-link', 'stop-edge'], output: 'out' },
  });
  t.match(await lab('test', '--rounds', '2'), { action: 'test', experiments: [], rounds: 2 });
  t.match(await lab('down'), { action: 'down', lab: undefined });
  t.match(await lab('exec', 'edge', 'client', 'ping', '-c', '1', '203.0.113.10'), {
    ...{ action: 'exec', lab: 'edge', node: 'client' },
    argv: ['ping', '-c', '1', '203.0.113.10'],
  });
  for (const wrong of [
    ...[['up'], ['down', 'a', 'b'], ['exec', 'a', 'b'], ['containerlab', 'edge']],
    ...[
      ['test', '--rounds', '0'],
      ['down', '--rounds', '2'],
    ],
  ]) {
    t.match(await lab(...wrong), { kind: 'usage' }, wrong.join(' '));
  }
});

t.test('property: whatever the shortcut of `show` takes, yargs takes for the same', async (t) => {
  const word = fc.oneof(
    fc.constantFrom('sessions', 'links', 'config', 'routes', 'events', 'x', '--json', '--watch'),
    fc.constantFrom('-c', '--config', 'a.yaml', './b', '/etc/c', '--', '', '-c=x', 'checks', '7'),
    fc.string({ maxLength: 4 }),
  );
  const argv = fc.array(word, { maxLength: 4 }).map((rest) => ['show', ...rest]);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(argv, async (words) => {
      const command = showShortcut(words);
      if (!command) return;
      taken++;
      t.strictSame(await parse(...words), { kind: 'command', command }, words.join(' '));
    }),
    { seed: 2026, numRuns: 300 },
  );
  t.ok(taken > 20, `${taken} were taken`);
  t.equal(showShortcut(['run']), undefined);
});

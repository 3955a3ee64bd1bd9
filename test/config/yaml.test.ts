import fc from 'fast-check';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { EVERYTHING, SMALLEST, SPELLED_OUT } from './examples.ts';

/** The problems, after checking what holds for every text. */
function problemsOf(text: string) {
  const { config, problems } = loadConfig(text, 'test.yaml');
  const lines = text.split('\n');
  let before = { line: 1, column: 1 };
  for (const problem of problems) {
    const { line, column, cause, consequence, mend } = problem;
    const inOrder = line > before.line || (line === before.line && column >= before.column);
    if (!inOrder) throw new Error(`${line}:${column} comes after ${before.line}`);
    const source = lines[line - 1];
    if (source === undefined || column < 1 || column > source.length + 1) {
      throw new Error(`${line}:${column} is not in the text`);
    }
    if (!cause || !consequence || !mend) throw new Error('a problem does not say enough');
    if (cause.length + mend.length > 1000) throw new Error('a problem says too much');
    before = problem;
  }
  const errors = problems.some((p) => p.severity === 'error');
  if (errors === (config !== undefined)) throw new Error('a configuration despite errors, or none');
  return problems;
}

function told(text: string): string[] {
  return problemsOf(text).map((p) => `${p.line}:${p.column} ${p.cause}; ${p.mend}`);
}

t.test('what is not YAML is told in our words, where it is', (t) => {
  const cases: [string, RegExp][] = [
    ['asn: 1\n\tsite: x\n', /^2:1 a tab indents this line/],
    ['asn: 1\nlisten: [a, b\n', /^3:1 .*bracket is not closed/],
    [
      'upstreams:\n  a: { address: 2001:db8:: }\n',
      /^2:17 a colon ends a word inside braces.*quote/,
    ],
    ['listen: [[::]:179]\n', /^1:10 a mapping stands .*; write it as "0\.0\.0\.0:179"/],
    ['x: { a: [::]:179 }\n', /quote addresses with brackets/],
    ['site: "dc\n', /a quote, bracket, brace, comma or colon is missing/],
    ['site: @dc\n', /^1:7 a value cannot begin with this character; quote/],
    ['site: a: b\n', /^1:7 a second `key:` begins inside this value/],
    ['asn: 1\n site: x\n', /^1:6 a second `key:`.*indent/],
    ['- a\nasn: 1\n', /^2:1 this does not continue/],
    ['site: "\\q"\n', /^1:8 no such escape/],
    ['asn: 1\n---\nasn: 2\n', /^2:1 a second document begins here/],
    ['asn: *us\n', /^1:6 \*us refers to no anchor/],
    ['site: &a [*a]\n', /^1:11 \*a refers to no anchor/],
    ['site: !!binary x\n', /^1:1[0-9]? the tag tag:yaml\.org,2002:binary/],
    ['[a, b]: 1\n', /^1:1 a list stands where a key belongs/],
    [`site: ${'['.repeat(40)}${']'.repeat(40)}\n`, /nested deeper than 32 levels/],
    ['site: \ufffd\n', /^1:7 a byte here is not UTF-8 text; save the file as UTF-8/],
    ['', /^1:1 test\.yaml is empty/],
    ['# nothing\n', /^1:1 test\.yaml is empty/],
    ['text\n', /^1:1 a single value stands where keys/],
    ['x'.repeat(5_000_000), /^1:1 the file has 5000000 characters/],
  ];
  for (const [text, expected] of cases) {
    const found = told(text);
    t.ok(
      found.some((problem) => expected.test(problem)),
      `${text.slice(0, 40)}\n${found.join('\n')}`,
    );
  }
  t.end();
});

t.test('before a syntax error the file is judged as always, after it not at all', (t) => {
  t.match(told('asn: 0\nrouter_id: x\n\tsite: x\nlisten: nothing\n'), [
    /^1:6 0 is a reserved AS number/,
    /^2:1 not a key of the file/,
    /^3:1 a tab/,
  ]);
  t.end();
});

t.test('Windows line ends, a byte order mark and comments change nothing', (t) => {
  t.same(problemsOf(`\ufeff${SMALLEST.replaceAll('\n', '\r\n')}`), []);
  t.match(told(SMALLEST.replaceAll('\n', '\r\n').replace('64500', '0')), [
    /^2:6 0 is reserved|^2:6 /,
  ]);
  t.end();
});

t.test('what is made to cost much costs little', (t) => {
  const many = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  const anchors = many(20, (i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)}x]\n`);
  const texts = {
    anchors,
    'deep lists': '['.repeat(20_000),
    'deep mappings': '{a: '.repeat(20_000),
    'deep blocks': many(500, (i) => `${' '.repeat(i)}a:\n`),
    'unknown keys': many(2000, (i) => `key-number-${i}: 1\n`),
    'equal keys': 'asn: 1\n'.repeat(2000),
    aliases: `site: &a x\n${many(1500, (i) => `b${i}: *a\n`)}`,
    documents: '---\n'.repeat(5000),
    prefixes: `prefixes: [${'203.0.113.0/24,'.repeat(2000)}]\n`,
    upstreams: `upstreams:\n${many(1000, (i) => ` u${i}: {asn: 64496, address: 10.0.${i >> 8}.${i & 255}}\n`)}`,
    'errors on one line': `x: [${'"\\q", '.repeat(10_000)}]`,
    'long line': `site: ${'x'.repeat(500_000)}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    const problems = problemsOf(text);
    t.ok(problems.length > 0 && problems.length <= 1001, name);
  }
  t.end();
});

t.test('no text makes the reader throw, and every problem has its place in it', (t) => {
  const bits = [
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!',
  ];
  const words = [
    'asn',
    'upstreams',
    'prefixes',
    'a',
    '1',
    '1.10',
    '::',
    '<<',
    '|',
    '>',
    '?',
    '%',
    '\t',
  ];
  const soup = fc.array(fc.constantFrom(...bits, ...words, '\0', '\ufffd', '---\n', '\ud800'), {
    maxLength: 40,
  });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(soup, (parts) => {
        const text = parts.join('');
        for (const problem of problemsOf(text)) formatProblem(problem, 'f', text);
      }),
      { seed: 3, numRuns: 1500 },
    ),
  );
  t.end();
});

t.test('no damage to a good file makes the reader throw', (t) => {
  const good = fc.constantFrom(SMALLEST, SPELLED_OUT, EVERYTHING);
  const damage = fc.tuple(fc.nat(2000), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(good, fc.array(damage, { minLength: 1, maxLength: 3 }), (text, damages) => {
        const damaged = damages.reduce<string>((whole, [at, length, put]) => {
          const from = at % whole.length;
          return whole.slice(0, from) + put + whole.slice(from + length);
        }, text);
        problemsOf(damaged);
      }),
      { seed: 4, numRuns: 120 },
    ),
  );
  t.end();
});

t.test('no value at any key makes the reader throw', (t) => {
  const keys = fc.constantFrom(
    ...['asn', 'router-id', 'site', 'listen', 'control', 'log', 'prefixes', 'upstreams', 'socket'],
    ...[
      'mode',
      'level',
      'address',
      'families',
      'next-hop',
      'communities',
      'hold-time',
      'a',
      'ipv6',
    ],
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.ipV4(), fc.ipV6()),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
    ),
  }));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(value, (any) => {
        problemsOf(JSON.stringify(any));
      }),
      { seed: 5, numRuns: 800 },
    ),
  );
  t.end();
});

import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const FILE = (rest: string) => `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  a: { asn: 64496, address: 198.51.100.1, ${rest} }
`;

t.test(
  'a password that stands in the file by mistake is printed by no problem of its line',
  (t) => {
    const lines = [
      'password: hunter2',
      'password: "hunter2, and more"',
      "password: 'hunter2}'",
      'password: { hunter2: x }',
      'md5-password: hunter2',
      'authentication-key: hunter2, port: 0',
      'bfd: { password: hunter2 }',
      'bfd: { secret: hunter2 }',
      'bfd: { auth-key: "hunter2, and more" }',
      '"password": hunter2, colour: red',
    ];
    for (const line of lines) {
      const text = FILE(line);
      const { problems } = loadConfig(text, 'x.yaml');
      t.ok(problems.length > 0, line);
      const told = problems.map((problem) => formatProblem(problem, 'x.yaml', text)).join('\n');
      t.notMatch(told, /hunter2/, line);
    }
    t.end();
  },
);

t.test('a token in a URL is printed by no problem of its line', (t) => {
  const checks = [
    'http: "http://www.example.net/hunter2"',
    'http: "https://203.0.113.10:8443/a?key=hunter2", colour: red',
    'http: "ftp://203.0.113.10/hunter2"',
    'http: "http://hunter2:hunter2@203.0.113.10/"',
    'http: "203.0.113.10/hunter2"',
    'url: "203.0.113.10/health?hunter2"',
    'tcp: "http://203.0.113.10/hunter2"',
    'tcp: "203.0.113.10:80/hunter2"',
    "ping: 'http://203.0.113.10/hunter2'",
    'dns: "http://203.0.113.10/hunter2", name: example.net',
  ];
  for (const check of checks) {
    const text = `${FILE('damping: none')}checks: { web: { ${check} } }\n`;
    const { problems } = loadConfig(text, 'x.yaml');
    t.ok(problems.length > 0, check);
    const told = problems.map((problem) => formatProblem(problem, 'x.yaml', text)).join('\n');
    t.notMatch(told + JSON.stringify(problems), /hunter2/, check);
  }
  t.end();
});

t.test("a program's arguments are printed by no problem of its line", (t) => {
  const checks = [
    'exec: /bin/probe --token hunter2',
    'exec: "/bin/probe --token=hunter2"',
    'exec: [probe, --token, hunter2]',
    'exec: ["probe --token=hunter2"]',
    'exec: [/bin/probe, { hunter2: x }]',
    'exec: [ "/bin/probe", "--token=a]b", hunter2 ], colour: red',
    'exec: [/bin/probe, "hunter2, colour: red',
  ];
  for (const check of checks) {
    const text = `${FILE('damping: none')}checks: { web: { ${check} } }\n`;
    const { problems } = loadConfig(text, 'x.yaml');
    t.ok(problems.length > 0, check);
    const told = problems.map((problem) => formatProblem(problem, 'x.yaml', text)).join('\n');
    t.notMatch(told + JSON.stringify(problems), /hunter2/, check);
    if (check.endsWith('], colour: red')) t.match(told, /\], colour: red \}/, 'what follows');
  }
  t.end();
});

t.test('a reference to one is shown as it stands', (t) => {
  const text = FILE('password: env:A_KEY, colour: red');
  const [problem] = loadConfig(text, 'x.yaml').problems;
  t.match(problem && formatProblem(problem, 'x.yaml', text), /password: env:A_KEY, colour: red/);
  t.end();
});

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

t.test('a reference to one is shown as it stands', (t) => {
  const text = FILE('password: env:A_KEY, colour: red');
  const [problem] = loadConfig(text, 'x.yaml').problems;
  t.match(problem && formatProblem(problem, 'x.yaml', text), /password: env:A_KEY, colour: red/);
  t.end();
});

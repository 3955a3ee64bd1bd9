import t from 'tap';
import { formatProblem, type Problem } from '../../src/config/problem.ts';

const PROBLEM: Problem = {
  severity: 'error',
  line: 2,
  column: 6,
  path: 'asn',
  cause: '0 is a reserved AS number',
  consequence: 'no speaker may have it',
  mend: 'write another',
};

t.test('a problem is told with its place, its line, and what to do', (t) => {
  t.equal(
    formatProblem(PROBLEM, 'multihomed.yaml', '# us\nasn: 0\n'),
    [
      'multihomed.yaml:2:6: error: asn: 0 is a reserved AS number',
      '    2 | asn: 0',
      '      |      ^',
      '  so: no speaker may have it',
      '  do: write another',
    ].join('\n'),
  );
  t.end();
});

t.test('a problem of the whole file has no path, and an empty line is not shown', (t) => {
  const whole = { ...PROBLEM, line: 1, column: 1, path: '' };
  t.equal(
    formatProblem(whole, 'f', '\n'),
    'f:1:1: error: 0 is a reserved AS number\n  so: no speaker may have it\n  do: write another',
  );
  t.end();
});

t.test('of a long line the part around the column is shown, with the caret under it', (t) => {
  for (const column of [1, 60, 300, 500]) {
    const line = `${'a'.repeat(column - 1)}X${'b'.repeat(500 - column)}`;
    const lines = formatProblem({ ...PROBLEM, line: 1, column }, 'f', line).split('\n');
    t.ok(lines[1]!.length <= 84, 'it fits a terminal');
    t.equal(lines[1]!.indexOf('X'), lines[2]!.indexOf('^'), `column ${column}`);
  }
  t.end();
});

t.test('tabs and control characters do not reach the terminal', (t) => {
  const text = 'a\tb\u001b[31m: 1\r';
  const formatted = formatProblem({ ...PROBLEM, line: 1, column: 3, path: 'a\u0007' }, 'f', text);
  t.notMatch(formatted, /[^\P{C}\n]/u);
  t.match(formatted, '    1 | a b [31m: 1\n      |   ^\n');
  t.end();
});

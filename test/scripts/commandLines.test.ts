/** The programs beside `multihomed`: how they are used, and what they say of a command line that is wrong. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(program: string, ...argv: readonly string[]) {
  const loader = program.endsWith('.ts') ? ['--import=tsx'] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, program, ...argv], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const PROGRAMS = [
  ['scripts/test.mjs', 'test/nowhere', 'there is no test/nowhere'],
  ['scripts/test.mjs', 'docs', 'docs has no file that ends in .test.ts'],
  ['scripts/interop.mjs', 'test/nowhere.interop.ts', 'there is no test/nowhere.interop.ts'],
  ['scripts/equivalence.mjs', 'test/wire', 'test/wire is no file of this suite'],
  ['scripts/browser.mjs', '--headed', 'there is no option --headed'],
  ['scripts/lab-compare.mjs', 'bird', 'it takes no arguments'],
  ['bench/main.ts', '--rounds=soon', '--rounds takes a number above 0, not "soon"'],
] as const;

t.test(
  '--help says how it is used, and what is wrong is told in a line, with exit 2',
  async (t) => {
    for (const [program, wrong, told] of PROGRAMS) {
      const help = run(program, '--help');
      t.match(help, { status: 0, stdout: /^npm (run|test)/, stderr: '' }, program);
      const refused = run(program, wrong);
      t.match(refused, { status: 2, stdout: '', stderr: told }, program);
      t.match(refused.stderr, /^[^\n]*; --help says what there is\n$/, program);
    }
  },
);

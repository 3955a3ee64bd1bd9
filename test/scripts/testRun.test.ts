/** The runner of the tests, on files that end in every way. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(...names: readonly string[]) {
  const files = names.map((name) => `test/scripts/suites/${name}.ts`);
  const program =
    "import('./scripts/testRun.mjs').then(async ({ runTests }) => {" +
    ' const passed = await runTests(process.argv.slice(1), { jobs: 2, timeout: 60 });' +
    ' process.exitCode = passed ? 0 : 1; });';
  const { status, stdout } = spawnSync(process.execPath, ['-e', program, ...files], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, out: stdout };
}

t.test('a file that passes, with what it left out and why', async (t) => {
  const { status, out } = run('passes');
  t.equal(status, 0);
  t.match(out, /^TAP version 14\nok 1 - test\/scripts\/suites\/passes\.ts # time=\d+ms\n1\.\.1$/m);
  t.match(out, '# skipped test/scripts/suites/passes.ts: is left out: for want of a reason');
  t.match(out, '# 1 files, 0 failed\n# { total: 2, pass: 1, skip: 1 }\n');
});

t.test('one that fails tells where in the source, and nothing of what held', async (t) => {
  const { status, out } = run('fails', 'passes');
  t.equal(status, 1);
  t.match(out, /^not ok \d - test\/scripts\/suites\/fails\.ts # time=\d+ms$/m);
  t.match(out, '1 of 2 tests failed');
  t.match(
    out,
    /not ok 1 - left is right\n(?:.*\n){0,6}.*fileName: test\/scripts\/suites\/fails\.ts\n.*lineNumber: 13\n/,
  );
  t.notMatch(out, '# Subtest: holds');
  t.notMatch(out, 'ok 1 - not worth a line');
  t.match(out, '# failed test/scripts/suites/fails.ts\n# 2 files, 1 failed\n');
});

t.test('whoever does not come to his end has failed, whatever held until then', async (t) => {
  const { status, out } = run('leaves', 'dies', 'waits', 'empty');
  t.equal(status, 1);
  for (const [name, fault] of [
    ['leaves', 'ended with 1'],
    ['dies', 'ended by SIGKILL'],
    ['waits', 'ended with 13'],
    ['empty', 'ended before its tests did'],
  ]) {
    t.match(out, new RegExp(`^not ok .*/${name}\\.ts # .*\n# ${fault}$`, 'm'));
  }
  t.match(out, '# 4 files, 4 failed');
});

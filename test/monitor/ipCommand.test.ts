/** With a shell in the place of `ip`: what is asked here is how a program that hangs is left. */

import t from 'tap';
import { runIp, runWithin } from '../../src/monitor/ipCommand.ts';

t.test('the output of a program that ends, and what it said when it failed', async (t) => {
  t.same(await runWithin(5000, 'printf', 'x'), { ok: true, output: 'x' });
  const failed = await runWithin(5000, 'sh', '-c', 'echo no such route >&2; exit 2');
  t.same(failed, { ok: false, why: 'no such route' });
  t.match(await runWithin(5000, '/nowhere/no-such-program'), {
    ok: false,
    why: /there is no .*no-such-program/,
  });
  t.match(await runIp('a\0b'), { ok: false });
});

t.test('a program that hangs is not waited for, even if it cannot be ended', async (t) => {
  // The grandchild holds the pipes open, as a program does that is stuck in the kernel.
  const hung = runWithin(100, 'sh', '-c', 'sleep 20 & wait');
  t.same(await hung, { ok: false, why: '`sh` did not answer within 100 ms' });
});

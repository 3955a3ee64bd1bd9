/** Only the very process that was started is ended, never another that has its pid now. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { isAlive, processId, signal } from '../../src/lab/processId.ts';

t.test('a process is known by its pid and its begin', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const id = processId(child.pid ?? 0);
  t.ok(id && isAlive(id));
  const successor = { pid: child.pid ?? 0, began: '1' };
  t.equal(isAlive(successor), false, 'one that began at another time is another one');
  t.equal(signal(successor, 'SIGKILL'), false, 'and is not touched');
  t.ok(id && signal(id, 'SIGKILL'));
  await exited;
  t.equal(id && isAlive(id), false);
  t.equal(id && signal(id, 'SIGKILL'), false);
  t.equal(processId(0), undefined);
});

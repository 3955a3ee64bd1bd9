/** With programs that every machine has in the place of `ip monitor`, and time that is moved here. */

import t, { type Test } from 'tap';
import { MonitorProcess } from '../../src/monitor/monitorProcess.ts';
import { until } from '../support/daemons/until.ts';
import { VirtualClock } from '../support/virtualClock.ts';

/** In ms; what is waited for takes a few. */
const SOON = 60_000;

function start(t: Test, ...command: string[]) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const lines: string[] = [];
  const monitor = new MonitorProcess(
    {
      onStart: () => told.push('start'),
      onLine: (line) => lines.push(line),
      onComplaint: () => told.push('complaint'),
      onFailure: (cause) => told.push(cause),
      onRecovery: () => told.push('recovery'),
    },
    (ms, callback) => clock.after(ms, callback),
    command,
  );
  t.teardown(() => monitor.stop());
  monitor.start();
  const untilTold = (count: number) =>
    until(
      `${count} notices`,
      SOON,
      async () => told.length >= count,
      async () => told,
    );
  return { clock, told, lines, monitor, untilTold };
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no child');
  process.kill(pid, 'SIGKILL');
}

t.test(
  'a child that is killed is started again, and the recovery is told once it lasts',
  async (t) => {
    const { clock, told, monitor, untilTold } = start(t, 'sleep', '1000');
    await untilTold(1);
    const first = monitor.pid;
    kill(first);
    await untilTold(2);
    t.equal(monitor.pid, undefined);
    clock.advance(100);
    await untilTold(3);
    t.not(monitor.pid, first);
    clock.advance(4999);
    t.equal(told.length, 3);
    clock.advance(1);
    t.same(told, ['start', '`ip monitor` was ended by SIGKILL', 'start', 'recovery']);
    kill(monitor.pid);
    await untilTold(5);
    t.equal(told[4], '`ip monitor` was ended by SIGKILL', 'a new failure is told anew');
  },
);

t.test(
  'while it does not help, it is tried ever later, and the failure is told once',
  async (t) => {
    const { clock, told, monitor, untilTold } = start(t, 'sleep', '1000');
    for (const wait of [100, 200, 400, 800]) {
      const failures = told.length === 0 ? 1 : 0;
      const before = told.length;
      await untilTold(before + 1);
      kill(monitor.pid);
      await until('its end', SOON, async () => monitor.pid === undefined);
      t.equal(told.length, before + 1 + failures);
      clock.advance(wait - 1);
      t.equal(monitor.pid, undefined);
      clock.advance(1);
    }
    t.equal(told.filter((notice) => notice.includes('SIGKILL')).length, 1);
  },
);

t.test('a program that is missing is named, with the mend', async (t) => {
  const { told, untilTold } = start(t, 'multihomed-has-no-such-program');
  await untilTold(1);
  await until('the cause', SOON, async () => told.at(-1)?.includes('install iproute2'));
  t.equal(told.at(-1), 'there is no `ip` program that can be run; install iproute2');
});

t.test('lines come whole and in order, and an end by itself is a failure', async (t) => {
  const { told, lines } = start(t, 'printf', 'one\\ntwo: é\\nrest without an end');
  await until('the end', SOON, async () => told.at(-1) === '`ip monitor` ended with code 0');
  // Twice: the first end may have been the guard's doing, so the bare program was tried, too.
  t.same([...new Set(lines)], ['one', 'two: é']);
});

t.test('what it complains of is passed on, and part of the cause when it ends', async (t) => {
  const { told } = start(t, 'ls', '--no-such-option');
  await until('the end', SOON, async () => told.at(-1)?.startsWith('`ip monitor` ended'));
  t.ok(told.includes('complaint'));
  t.match(told.at(-1), /ended with code 2: /);
});

t.test('stopped, it ends its child, tells nothing more and waits for nothing', async (t) => {
  const { clock, told, monitor, untilTold } = start(t, 'sleep', '1000');
  await untilTold(1);
  const { pid } = monitor;
  monitor.stop();
  await until('the child to end', SOON, async () => !isRunning(pid));
  t.same(told, ['start']);
  t.equal(clock.pending, 0);
});

function isRunning(pid = 0): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

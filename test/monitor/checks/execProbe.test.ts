/** Real programs: well-behaved ones, and those that hang, fork, ignore signals and flood. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { execProbe } from '../../../src/monitor/checks/execProbe.ts';
import { TimeLimit } from '../../../src/monitor/checks/probe.ts';
import { until } from '../../support/daemons/until.ts';
import { look, openHandles } from '../../support/probing.ts';

const SOON = 60_000;
/** Our own standard streams. */
const PIPES = openHandles('PipeWrap');

function shell(script: string, source?: string) {
  return execProbe({ name: 'probe', argv: ['/bin/sh', '-c', script], source });
}

/** Starts it and ends it once `ready` is there; the pids that the script wrote into that file. */
async function abortWhen(t: Test, script: (file: string) => string) {
  const file = join(t.testdir({}), 'pids');
  const limit = new TimeLimit();
  const going = shell(script(file))({ limit, stage: () => {} });
  const pids = await until('the pids', SOON, async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.endsWith('.\n') && text.split(/\s+/).map(Number).filter(Boolean);
  });
  limit.end();
  return { outcome: await going, pids };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A killed process may be there until somebody takes its code: then it runs no more all the same. */
async function isDead(pid: number): Promise<boolean> {
  if (!isRunning(pid)) return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X');
  return /\) [ZX]/.test(stat);
}

t.test('0 passes, all else fails; the first line is the detail', async (t) => {
  t.match(await look(shell('echo; echo fine; echo more')), {
    ok: true,
    detail: 'ended with 0: fine',
  });
  t.match(await look(shell('true')), { ok: true, detail: 'ended with 0' });
  t.match(await look(shell('echo sorry >&2; exit 3')), {
    ok: false,
    detail: 'ended with 3: sorry',
  });
  t.match(await look(shell('printf "\\033[2Jx"; exit 1')), { detail: 'ended with 1: \ufffd[2Jx' });
  t.match(await look(shell('kill -9 $$')), {
    ok: false,
    detail: 'the program was ended by SIGKILL',
  });
});

t.test('what cannot be run is a failure with its cause', async (t) => {
  const dir = t.testdir({});
  const run = (file: string) => look(execProbe({ name: 'x', argv: [file], source: undefined }));
  t.match(await run(join(dir, 'none')), {
    ok: false,
    detail: /cannot run .*there is no such file/,
  });
  await writeFile(join(dir, 'plain'), 'echo hi\n');
  t.match(await run(join(dir, 'plain')), { ok: false, detail: /it is not executable/ });
  t.match(await run(dir), { ok: false, detail: /cannot run .*it is not executable/ });
});

t.test('it has no standard input, no shell around it, and no secret of ours', async (t) => {
  process.env.MULTIHOMED_TEST_SECRET = 'hush';
  t.teardown(() => delete process.env.MULTIHOMED_TEST_SECRET);
  t.match(await look(shell('cat; env | grep -c SECRET')), { ok: false, detail: 'ended with 1: 0' });
  t.match(await look(shell('echo $MULTIHOMED_CHECK $MULTIHOMED_SOURCE $PWD', '192.0.2.1')), {
    detail: 'ended with 0: probe 192.0.2.1 /',
  });
  const argv = ['/bin/echo', '$HOME', '; exit 1', ''];
  t.match(await look(execProbe({ name: 'x', argv, source: undefined })), {
    detail: 'ended with 0: $HOME ; exit 1',
  });
});

t.test('one that hangs, ignores SIGTERM and has children is killed with them', async (t) => {
  const { outcome, pids } = await abortWhen(
    t,
    (file) => `trap "" TERM INT HUP; sleep 1000 & sleep 1001 & echo $$ $! . > ${file}; wait; wait`,
  );
  t.match(outcome, { ok: false });
  t.equal(pids.length, 2);
  for (const pid of pids) await until('its end', SOON, () => isDead(pid));
  t.equal(openHandles('ProcessWrap'), 0);
});

t.test('what it leaves behind when it ends is killed too, and not waited for', async (t) => {
  const file = join(t.testdir({}), 'pid');
  const script = `(trap "" HUP TERM; sleep 1000) & echo $! > ${file}; echo left one`;
  t.match(await look(shell(script)), { ok: true, detail: 'ended with 0: left one' });
  const pid = Number(await readFile(file, 'utf8'));
  await until('its end', SOON, () => isDead(pid));
});

t.test('a pipe that is held by who left the group is not waited for', async (t) => {
  const file = join(t.testdir({}), 'pid');
  const script = `setsid sh -c 'echo $$ > ${file}; exec sleep 1000' & until [ -s ${file} ]; do sleep 0.01; done; echo away`;
  const outcome = await look(shell(script));
  const pid = Number(await readFile(file, 'utf8'));
  t.teardown(() => process.kill(pid, 'SIGKILL'));
  t.match(outcome, { ok: true, detail: 'ended with 0: away', aborted: false });
  t.equal(openHandles('PipeWrap'), PIPES);
});

t.test('one that floods is ended after 64 KiB', async (t) => {
  t.match(await look(shell('yes; true')), {
    ok: false,
    detail: 'the program wrote more than 64 KiB',
    aborted: false,
  });
  t.match(await look(shell('yes >&2')), { ok: false, detail: /more than 64 KiB/ });
  const much = 'head -c 60000 /dev/zero | tr "\\0" x; echo; echo done';
  t.match(await look(shell(`echo first; ${much}`)), { ok: true, detail: 'ended with 0: first' });
});

t.test('no process and no pipe is left of any of these', async (t) => {
  await until('all handles closed', SOON, async () => {
    return openHandles('ProcessWrap') === 0 && openHandles('PipeWrap') === PIPES;
  });
  t.equal(openHandles('Timeout'), 0);
});

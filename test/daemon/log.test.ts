import t, { type Test } from 'tap';
import type { LogLine } from '../../src/daemon/log.ts';
import { OperatorLog } from '../../src/daemon/log.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const LINE: LogLine = {
  level: 'warn',
  event: 'session-down',
  neighbour: 'transit-a',
  message: 'session down: link eth1 is down (no carrier)',
  fields: { wasUp: true },
  trace: 'Error: x\n    at y',
  at: AT,
};

/** What was written to standard error since the last look, and did not get there. */
function stderr(t: Test): () => string {
  const captured = t.capture(process.stderr, 'write', () => true);
  return () =>
    captured()
      .map(({ args }) => String(args[0]))
      .join('');
}

t.test('lines from before it is open come out first, in order, with their own times', async (t) => {
  const written = stderr(t);
  const log = new OperatorLog();
  log.write(LINE);
  log.write({ ...LINE, level: 'info', message: 'later', at: AT + 1 });
  t.equal(written(), '');
  await log.open({ level: 'info', format: 'text' });
  const { neighbour: _, ...nobody } = LINE;
  log.write({ ...nobody, level: 'error', message: 'last' });
  t.equal(
    written(),
    [
      '2026-01-02T03:04:05.678Z warn  transit-a: session down: link eth1 is down (no carrier)',
      '2026-01-02T03:04:05.679Z info  transit-a: later',
      '2026-01-02T03:04:05.678Z error last',
      '',
    ].join('\n'),
  );
});

t.test('JSON: one object a line, with what machines need beside the words', async (t) => {
  const written = stderr(t);
  const log = new OperatorLog();
  await log.open({ level: 'info', format: 'json' });
  log.write(LINE);
  log.write({ level: 'info', event: 'started', message: 'a\nb "c"', at: AT });
  const lines: unknown[] = written()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.same(lines, [
    {
      time: '2026-01-02T03:04:05.678Z',
      level: 'warn',
      event: 'session-down',
      neighbour: 'transit-a',
      message: LINE.message,
      wasUp: true,
    },
    { time: '2026-01-02T03:04:05.678Z', level: 'info', event: 'started', message: 'a\nb "c"' },
  ]);
});

t.test('a level keeps what is below it out, and both can change while it runs', async (t) => {
  const written = stderr(t);
  const log = new OperatorLog();
  await log.open({ level: 'warn', format: 'text' });
  log.write({ ...LINE, level: 'info', message: 'quiet' });
  log.write({ ...LINE, level: 'error', message: 'loud' });
  log.configure({ level: 'debug', format: 'json' });
  log.write({ ...LINE, level: 'debug', message: 'all' });
  const text = written();
  t.notMatch(text, /quiet/);
  t.match(text, /loud\n.*"message":"all"/);
});

t.test('a trace is for level debug', async (t) => {
  const written = stderr(t);
  const log = new OperatorLog();
  await log.open({ level: 'info', format: 'text' });
  log.write(LINE);
  t.notMatch(written(), /at y/);
  log.configure({ level: 'debug', format: 'text' });
  log.write(LINE);
  t.match(written(), /\(no carrier\)\nError: x\n {4}at y\n$/);
  log.configure({ level: 'debug', format: 'json' });
  log.write(LINE);
  t.match(JSON.parse(written().trimEnd().split('\n').at(-1) ?? ''), { trace: LINE.trace });
});

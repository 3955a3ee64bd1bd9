import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { failureText } from '../../src/cli/failure.ts';
import { jsonText } from '../../src/cli/json.ts';
import { runReload } from '../../src/cli/reload.ts';
import { runShow } from '../../src/cli/show.ts';
import { runShowEvents } from '../../src/cli/showEvents.ts';
import { configView } from '../../src/control/configView.ts';
import { ControlError } from '../../src/control/controlError.ts';
import { linksView } from '../../src/control/linkView.ts';
import { serveControl } from '../../src/control/server.ts';
import { checksView, statusView } from '../../src/control/statusView.ts';
import { until } from '../support/daemons/until.ts';
import { FakeDaemon, upSession } from '../support/fakeDaemon.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

/** In ms; nothing is measured by it. */
const SOON = 60_000;
const directory = t.testdir();
const path = join(directory, 'control.sock');
const daemon = new FakeDaemon();
const server = await serveControl({ port: daemon, path, mode: 0o600 });
t.teardown(() => server.close());

/** A file that names the socket; the rest of it is nobody's concern here. */
const config = join(directory, 'x.yaml');
writeFileSync(config, `control: { socket: ${path} }\nbroken: [\n`);

t.test('`--json` is what the control socket gives', async (t) => {
  const view = statusView(daemon);
  for (const [what, expected] of [
    ['status', view],
    ['sessions', { sessions: view.sessions }],
    ['announcements', { announcements: view.announcements }],
    ['checks', checksView(daemon)],
    ['links', linksView(daemon)],
    ['config', configView(daemon.config())],
  ] as const) {
    const terminal = new FakeTerminal();
    t.equal(await runShow({ name: 'show', what, config, json: true, watch: false }, terminal), 0);
    t.strictSame(JSON.parse(terminal.out), expected, what);
  }
});

t.test('a broken file does not keep `show` from its daemon', async (t) => {
  for (const [what, text] of [
    ['status', /^multihomed 0\.1\.0: AS64500/],
    ['sessions', /^NEIGHBOUR/],
    ['announcements', /^203\.0\.113\.0\/24: announced to 1 of 2 neighbours/],
    ['checks', /^CHECK {2}KIND/],
    [
      'links',
      /^LINK {2}STATE .*\neth1 {2}up .* transit-a \(derived\)\neth2 {2}down \(no carrier\)/,
    ],
    ['config', /^routerId: 192\.0\.2\.1\nasn: 64500\n/],
  ] as const) {
    const terminal = new FakeTerminal();
    t.equal(await runShow({ name: 'show', what, config, json: false, watch: false }, terminal), 0);
    t.match(terminal.out, text);
  }
});

t.test('--watch shows it anew, also after the daemon was away', async (t) => {
  const terminal = new FakeTerminal();
  let left = 2;
  await runShow(
    { name: 'show', what: 'links', config, json: false, watch: true },
    terminal,
    async () => --left > 0,
  );
  t.equal(terminal.screens.length, 2);
  const nowhere = t.testdir({ 'z.yaml': 'control: { socket: /nowhere/control.sock }' });
  const gone = { name: 'show', what: 'links', json: false, watch: true } as const;
  await runShow({ ...gone, config: join(nowhere, 'z.yaml') }, terminal, async () => false);
  t.match(terminal.screens[2], /^multihomed is not running/);
});

t.test('show events: what was, and with --follow what comes', async (t) => {
  const say = (message: string, level: 'warn' | 'info' = 'info') => {
    daemon.timeline.add({ level, event: 'x', message, neighbour: 'transit-a', at: 0 });
  };
  const asked = { name: 'show', what: 'events', config, json: false, limit: undefined } as const;
  say('first');
  say(`a longer one ${'that goes on '.repeat(8)}`, 'warn');
  const once = new FakeTerminal();
  t.equal(await runShowEvents({ ...asked, follow: false }, once), 0);
  t.match(once.out, /^1970-01-01 00:00:00\.000 transit-a: first\n/);
  t.ok(once.out.split('\n').every((line) => line.length <= 80));
  const scripted = new FakeTerminal();
  await runShowEvents({ ...asked, follow: false, json: true, limit: '1' }, scripted);
  t.match(JSON.parse(scripted.out), { events: [{ message: /longer/ }], missed: false });

  const following = new FakeTerminal();
  // What ends it is the end of the stream.
  const run = runShowEvents({ ...asked, follow: true }, following, async () => false);
  await until('the past', SOON, async () => following.out.includes('longer'));
  say('third');
  await until('the third', SOON, async () => following.out.includes('third'));
  daemon.timeline.close();
  t.equal(await run, 0);
});

t.test('what a neighbour says cannot act on the terminal (RFC 9003)', async (t) => {
  const cause = 'bye\x1b[2J\u009b31m\u202e';
  const lastDown = { at: 0, reason: { kind: 'tcpFailed' as const, cause } };
  daemon.sessions = [{ ...upSession, lastDown }];
  for (const json of [false, true]) {
    const terminal = new FakeTerminal();
    await runShow({ name: 'show', what: 'sessions', config, json, watch: false }, terminal);
    t.match(terminal.out, /bye\ufffd\[2J\ufffd31m\ufffd/);
    for (const unsafe of '\x1b\x9b\u202e') t.notOk(terminal.out.includes(unsafe));
  }
  t.equal(jsonText('\x1b\x9b\u202e'), '"\\u001b\\u009b\\u202e"\n');
});

t.test('reload prints the changes and the warnings', async (t) => {
  const problem = {
    line: 3,
    column: 5,
    path: 'prefixes.0',
    cause: 'c',
    consequence: 'q',
    mend: 'm',
  };
  const warnings = [{ ...problem, severity: 'warning' as const }];
  daemon.reloaded = { ok: true, changes: ['a: added', 'b: removed'], warnings, confirmation: null };
  const terminal = new FakeTerminal();
  t.equal(await runReload({ name: 'reload', config, json: false }, terminal), 0);
  t.equal(terminal.out, 'a: added\nb: removed\n');
  t.equal(terminal.err, '3:5: warning: prefixes.0: c; q; m\n');

  daemon.reloaded = { ok: true, changes: [], warnings: [], confirmation: null };
  const quiet = new FakeTerminal();
  await runReload({ name: 'reload', config, json: false }, quiet);
  t.equal(quiet.out, 'nothing changed\n');
});

t.test('a refused reload prints why, and that nothing changed', async (t) => {
  daemon.reloaded = { ok: false, failure: 'x.yaml:1:1: error: bad\n  do: better', problems: [] };
  const terminal = new FakeTerminal();
  t.equal(await runReload({ name: 'reload', config, json: false }, terminal), 1);
  t.equal(
    terminal.err,
    'x.yaml:1:1: error: bad\n  do: better\nmultihomed: the running configuration was kept\n',
  );
  const scripted = new FakeTerminal();
  t.equal(await runReload({ name: 'reload', config, json: true }, scripted), 1);
  t.strictSame(JSON.parse(scripted.out), daemon.reloaded);
});

t.test('a file that was named must be readable; a daemon must be there', async (t) => {
  const show = (file: string) =>
    runShow(
      { name: 'show', what: 'status', config: file, json: false, watch: false },
      new FakeTerminal(),
    );
  await t.rejects(show(join(directory, 'no.yaml')), { name: 'FileError', message: /no such file/ });
  const elsewhere = t.testdir({ 'y.yaml': 'control: { socket: /nowhere/control.sock }' });
  await t.rejects(show(join(elsewhere, 'y.yaml')), {
    name: 'ControlError',
    message: /not running: no socket at \/nowhere\/control\.sock/,
  });
});

t.test('failures are one line; a stack only on request', (t) => {
  t.equal(failureText(new ControlError('no daemon'), false), 'multihomed: no daemon\n');
  t.match(
    failureText(new Error('odd\n  thing'), false),
    /^multihomed: this should not have happened: odd thing; .*\n$/,
  );
  t.match(failureText(new Error('odd'), true), /\n\s+at /);
  t.match(failureText('thrown text', false), /thrown text/);
  t.end();
});

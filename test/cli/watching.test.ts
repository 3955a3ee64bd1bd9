/** The built program: a daemon that is killed and comes back, and who watches it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { until } from '../support/daemons/until.ts';
import { freePort } from '../support/freePort.ts';

const entry = fileURLToPath(new URL('../../dist/multihomed.js', import.meta.url));
const skip = existsSync(entry) ? false : 'there is no build';
const SOON = 60_000;

t.test(
  'show events --follow goes on after kill -9; TCP has it all, read-only',
  { skip },
  async (t) => {
    // Shorter than a test's own directory: a socket's path is.
    const directory = mkdtempSync(join(tmpdir(), 'multihomed-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const socket = join(directory, 'c.sock');
    const http = await freePort();
    const file = join(directory, 'x.yaml');
    writeFileSync(
      file,
      `asn: 64500
router-id: 192.0.2.1
listen: none
control: { socket: ${socket}, http: "127.0.0.1:${http}" }
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 64496, address: 127.0.0.1, port: ${await freePort()} }
`,
    );
    const start = (...argv: string[]) => {
      const child = spawn(process.execPath, [entry, ...argv, '-c', file]);
      t.teardown(() => child.kill('SIGKILL'));
      return { child, text: textOf(child) };
    };
    const daemon = start('run');
    await until('the start', SOON, async () => daemon.text().includes('started: '));
    const follower = start('show', 'events', '--follow');
    await until('the past', SOON, async () => follower.text().includes('started: '));

    const url = `http://127.0.0.1:${http}`;
    t.match(await (await fetch(`${url}/`)).text(), /<title>multihomed<\/title>/);
    t.match(await (await fetch(`${url}/metrics`)).text(), /^multihomed_session_up\{.*\} 0$/m);
    t.equal((await fetch(`${url}/v1/reload`, { method: 'POST' })).status, 404);

    daemon.child.kill('SIGKILL');
    await until('the loss', SOON, async () => /trying again/.test(follower.text()));
    const next = start('run');
    const times = () => follower.text().split('started: ').length - 1;
    await until(
      'the next run',
      SOON,
      async () => times() === 2,
      async () => follower.text(),
    );

    const shown = spawnSync(process.execPath, [entry, 'show', '--json', '-c', file], {
      encoding: 'utf8',
    });
    t.equal(JSON.parse(shown.stdout).daemon.pid, next.child.pid);
    t.equal(shown.status, 0);
    next.child.kill('SIGTERM');
    await until('the stop', SOON, async () => next.child.exitCode === 0);
    const away = spawnSync(process.execPath, [entry, 'show', '-c', file], { encoding: 'utf8' });
    t.equal(away.status, 1);
    t.match(away.stderr, /^multihomed: multihomed is not running: no socket at .*; start it with/);
  },
);

/** What it has written so far, by either stream. */
function textOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  return () => text;
}

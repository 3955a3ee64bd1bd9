/** The bundle in `dist`, as it was built last; `npm test` builds it when it is older than `src`. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const entry = join(dist, 'multihomed.js');
const skip = existsSync(entry) ? false : 'there is no build';

/** A file of the bundle and what it imports before it runs, whole. */
function closure(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)"(\.[^"]+)"/g)) {
    closure(join(dirname(file), path), seen);
  }
  return seen;
}

t.test('`run` is read from few files', { skip }, async (t) => {
  const files = new Set([...closure(entry), ...closure(join(dist, 'chunks', 'run.js'))]);
  // Node resolves every import of every file; with 22 files that alone warmed up its optimizing
  // compiler, whose pages are 4 MB of an idle daemon.
  t.ok(files.size <= 12, `${files.size} files`);
});

t.test('the bundle brings the templates of `generate` with it', { skip }, async (t) => {
  const copy = join(t.testdir(), 'dist');
  cpSync(dist, copy, { recursive: true });
  const file = join(t.testdirName, 'x.yaml');
  writeFileSync(
    file,
    'asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [203.0.113.0/24]\nupstreams:\n  a: { asn: 64496, address: 198.51.100.1 }\n',
  );
  const argv = [join(copy, 'multihomed.js'), 'generate', 'quagga', '-c', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  t.equal(stderr, '');
  t.equal(status, 0);
  t.match(stdout, /^router bgp 64500$/m);
});

t.test('a command whose files were replaced under it fails once, in words', { skip }, async (t) => {
  const copy = join(t.testdir(), 'dist');
  cpSync(dist, copy, { recursive: true });
  const kept = new Set([...closure(entry)].map((file) => basename(file)));
  for (const name of readdirSync(join(copy, 'chunks'))) {
    if (!kept.has(name)) rmSync(join(copy, 'chunks', name));
  }
  const options = { encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(copy, 'multihomed.js'), 'check'],
    options,
  );
  t.equal(status, 1);
  t.match(stderr, /^multihomed: this should not have happened: Cannot find module [^\n]*\n$/);
});

t.test(
  'a daemon whose files were removed says so to `show routes`, and goes on',
  { skip },
  async (t) => {
    // Not t.testdir: a socket's path is short.
    const directory = mkdtempSync(join(tmpdir(), 'multihomed-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const file = `asn: 64500
router-id: 192.0.2.1
listen: none
control: { socket: ${join(directory, 'control.sock')} }
upstreams:
  a: { asn: 64496, address: 127.0.0.1, port: 1 }
`;
    writeFileSync(join(directory, 'x.yaml'), file);
    const copy = join(directory, 'dist');
    cpSync(dist, copy, { recursive: true });
    const main = join(copy, 'multihomed.js');
    const daemon = spawn(process.execPath, [main, 'run', '-c', 'x.yaml'], { cwd: directory });
    t.teardown(() => daemon.kill('SIGKILL'));
    for await (const line of createInterface({ input: daemon.stderr })) {
      if (line.includes('started: ')) break;
    }
    // What other commands have of it is another file of the same name.
    for (const name of readdirSync(join(copy, 'chunks'))) {
      if (name.startsWith('app-')) rmSync(join(copy, 'chunks', name));
    }
    const options = { cwd: directory, encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, 'show', 'routes', '-c', 'x.yaml'],
      options,
    );
    t.equal(status, 1);
    t.match(stderr, /^multihomed: the control server cannot be read: .*; restart multihomed\n$/);
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    t.strictSame(await ended, [0, null]);
  },
);

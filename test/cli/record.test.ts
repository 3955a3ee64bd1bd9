/** `multihomed record`: what is in the directory of the black box. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runRecord } from '../../src/cli/record.ts';
import { runReplay } from '../../src/cli/replay.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const FILE =
  'asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [203.0.113.0/24]\nupstreams: { a: { asn: 64496, address: 198.51.100.1, damping: none } }\n';
const INCIDENT = new URL('../replay/incidents/flapping-link.jsonl', import.meta.url).pathname;

async function listed(config: string, json = false) {
  const terminal = new FakeTerminal();
  const code = await runRecord({ name: 'record', config, json }, terminal);
  return { code, out: terminal.out, err: terminal.err };
}

t.test('the files are listed with their begin, and what is none is said to be none', async (t) => {
  const home = t.testdir({ 'x.yaml': '', 'without.yaml': FILE });
  const config = join(home, 'x.yaml');
  const directory = join(home, 'record');
  writeFileSync(config, `${FILE}record: { dir: ${directory} }\n`);
  t.match(await listed(config), { code: 0, out: /^nothing is in .*record yet\n$/ });
  mkdirSync(directory);
  const begin = '{"do":"begin","format":1,"version":"1.2.3","at":1767225600000,"pid":7}\n';
  writeFileSync(join(directory, 'record-000010.jsonl'), begin);
  writeFileSync(join(directory, 'record-000009.jsonl'), 'x');
  writeFileSync(join(directory, 'notes'), 'x');
  const { out } = await listed(config, true);
  t.strictSame(JSON.parse(out), {
    directory,
    files: [
      { file: join(directory, 'record-000009.jsonl'), octets: 1, version: null, begin: null },
      {
        file: join(directory, 'record-000010.jsonl'),
        octets: begin.length,
        version: '1.2.3',
        begin: '2026-01-01T00:00:00.000Z',
      },
    ],
  });
  t.match(
    (await listed(config)).out,
    /^In .*\/record:\nBEGINS .*\n.*\n2026-01-01T00:00:00\.000Z .* record-000010\.jsonl\n$/,
  );
  await t.rejects(listed(join(home, 'without.yaml')), { message: /no black box: add record/ });
  t.match(await listed(join(home, 'none.yaml')), { code: 1, err: /no such file/ });
});

t.test('a record is told step by step, as far as is asked', async (t) => {
  const terminal = new FakeTerminal();
  const until = Date.UTC(2026, 0, 1, 0, 0, 11);
  const asked = { name: 'replay', file: INCIDENT, until, mrt: undefined } as const;
  t.equal(await runReplay({ ...asked, step: true, json: false }, terminal), 0);
  t.match(terminal.out, /Z {2}link eth1 is down \(no carrier\)\n/);
  t.match(terminal.out, /transit-a: session down: ended by us: link eth1 is down/);
  t.match(terminal.out, /transit-a: Active -> OpenSent\n/);
  t.match(terminal.out, /transit-a: 203\.0\.113\.0\/24 not announced: /);
  t.match(terminal.out, /the same again\n/);
  t.match(terminal.out, /203\.0\.113\.0\/24 +transit-a +not announced /);
  const lines = new FakeTerminal();
  t.equal(await runReplay({ ...asked, step: true, json: true }, lines), 0);
  const objects = lines.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.ok(objects.length > 20);
  t.match(objects.at(-1), { version: 'test', difference: null, to: /^2026-01-01T00:00:1/ });
});

t.test('what is no record, or not there, is refused', async (t) => {
  const home = t.testdir({ x: 'asn: 64500\n' });
  const asked = { name: 'replay', step: false, until: undefined, mrt: undefined } as const;
  const replay = (file: string) => runReplay({ ...asked, file, json: false }, new FakeTerminal());
  await t.rejects(replay(join(home, 'x')), { message: /line 1 is no line of a record/ });
  const lines = readFileSync(INCIDENT, 'utf8').split('\n');
  const without = lines.map((line) => line.replace('"links":{"~map":[]},', ''));
  writeFileSync(join(home, 'z'), without.join('\n').replace('"orders":[]', '"orders":7'));
  await t.rejects(replay(join(home, 'z')), { message: /line 3 is not as this program writes it/ });
  await t.rejects(replay(join(home, 'y')), {
    message: /cannot read .*: no such file or directory; `multihomed record`/,
  });
});

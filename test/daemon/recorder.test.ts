/** The black box's files: what becomes of them when the disk does not take them, and how many stay. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { recordFiles } from '../../src/daemon/recordFile.ts';
import { readRecord } from '../../src/record/readRecord.ts';
import { until } from '../support/daemons/until.ts';
import { TYPE } from '../support/rawPeer.ts';
import { RecordedAnnouncing } from '../support/recordedAnnouncing.ts';
import { recordedEdge } from '../support/recordedEdge.ts';

/** In ms; nothing is measured by it. */
const SOON = 60_000;
const FILE =
  'asn: 64500\nrouter-id: 192.0.2.1\nlisten: ["127.0.0.1:1179"]\nprefixes: [203.0.113.0/24]\nupstreams: { a: { asn: 64496, address: 127.0.0.2, passive: true, interface: eth1, damping: none } }\n';

t.test('what cannot be written is told once, and is tried again in a new file', async (t) => {
  // A file where its directory is to be: no one's permission helps.
  const prepare = (path: string) => writeFileSync(path, '');
  const edge = await RecordedAnnouncing.start(t, FILE, { maxSize: 1_000_000, prepare });
  await until('the failure', SOON, async () => edge.events.of('RecordFailed').length > 0);
  t.match(edge.events.of('RecordFailed'), [{ cause: /^E(EXIST|NOTDIR)/ }]);
  t.ok(await edge.up('a'), 'sessions come up');
  edge.link('eth1', false);
  edge.clock.advance(10_000);
  const again = () => edge.events.of('RecordFailed').length;
  await until('the next attempt', SOON, async () => edge.clock.pending > 0 && again() === 1);
  rmSync(edge.path);
  mkdirSync(edge.path);
  await until('another attempt', SOON, async () => {
    edge.clock.advance(10_000);
    return edge.events.of('RecordResumed').length === 1;
  });
  t.equal(again(), 1, 'told once');
  edge.link('eth1', true);
  await edge.stop();
  const texts = await edge.texts();
  const { lines } = readRecord(texts.at(-1) ?? '');
  t.match(lines[1]?.line, { do: 'image', decided: {} });
  t.ok(
    lines.some(({ line }) => line.do === 'decided'),
    'it goes on there',
  );
});

t.test('a disk that takes nothing is not filled with files that nobody can read', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mhtest-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const program = fileURLToPath(new URL('../support/recordOnFullDisk.ts', import.meta.url));
  const told = execFileSync(process.execPath, ['--import=tsx', program, directory], {
    encoding: 'utf8',
  });
  t.equal(told, '3 failures\n');
  t.same(readdirSync(directory), []);
});

t.test('no more is kept than the file asks for: the oldest go first', async (t) => {
  const edge = await RecordedAnnouncing.start(t, FILE, { maxSize: 3000, keep: 3 });
  let last = 0;
  for (let round = 0; round < 200 && last < 6; round++) {
    edge.link('eth1', round % 2 === 0);
    edge.clock.advance(1000);
    last = (await recordFiles(edge.path).catch(() => [])).at(-1)?.number ?? 0;
  }
  await edge.stop();
  const files = await recordFiles(edge.path);
  t.ok(files.length >= 1 && files.length <= 3, `${files.length} files`);
  t.ok((files.at(-1)?.number ?? 0) >= 6, 'numbers go on');
  for (const { path } of files) t.equal(statSync(path).mode & 0o777, 0o600);
});

t.test('a full disk cuts the last line off, and the sessions stay up', async (t) => {
  // 64 blocks of 512 octets a file: more than a start and a session are, and what else writes.
  const limited = ['sh', '-c', 'trap "" XFSZ; ulimit -f 64; exec "$@"', 'sh'];
  const content = () => ({
    prefixes: ['203.0.113.0/24'],
    upstreams: { a: { asn: 64496, address: '127.0.0.2', passive: true, damping: 'none' } },
  });
  const edge = await recordedEdge(t, content, limited);
  const told = async () => edge.program.output.includes('the black box cannot be written');
  const peer = await edge.up('127.0.0.2', { asn: 64496 });
  t.ok((await peer.nextOf(TYPE.update)).body.endsWith('18cb0071'), 'it announces');
  // Each is a line; the first is answered at once.
  peer.send(...Array<string>(400).fill('ffffffffffffffffffffffffffffffff00170500010001'));
  await until('the warning', SOON, told, async () => edge.program.output);
  t.ok((await peer.nextOf(TYPE.update)).body !== '', 'and goes on to');
  edge.program.signal('SIGTERM');
  t.equal(await edge.program.exited(), 0, edge.program.output);
  t.equal(edge.program.output.split('the black box cannot be written').length, 2, 'told once');
});

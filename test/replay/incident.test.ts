/**
 * An incident, recorded by `multihomed run` as it is, and done again from its black box: every
 * decision and every octet of the UPDATEs is the same.
 */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { runReplay } from '../../src/cli/replay.ts';
import { command } from '../support/daemons/multihomed.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { type RawPeer, TYPE } from '../support/rawPeer.ts';
import { recordedEdge } from '../support/recordedEdge.ts';

const CHECKED = '18cb0071';
/** All of the body. */
const END_OF_RIB = '00000000';

const DEFAULTS = { step: false, until: undefined, mrt: undefined, json: true };

async function replay(file: string, options: Partial<typeof DEFAULTS> = {}) {
  const terminal = new FakeTerminal();
  const code = await runReplay({ name: 'replay', file, ...DEFAULTS, ...options }, terminal);
  return { code, output: terminal.out, errors: terminal.err };
}

/** The next UPDATE that has this prefix in it, announced or withdrawn. */
async function updateOf(peer: RawPeer, prefix: string): Promise<string> {
  for (;;) {
    const { body } = await peer.nextOf(TYPE.update);
    if (body.includes(prefix)) return body;
  }
}

t.test(
  'a flapping session, a failing check, a drain and a stop replay to the same bytes',
  async (t) => {
    const edge = await recordedEdge(t, (home) => {
      writeFileSync(join(home, 'alive'), '');
      const upstream = (address: string, asn: number) => ({
        ...{ address, asn, passive: true, damping: 'cisco', med: 10 },
      });
      return {
        prefixes: [{ prefix: '203.0.113.0/24', needs: 'web' }, '198.51.100.0/24'],
        checks: {
          web: {
            ...{ exec: ['/usr/bin/test', '-e', join(home, 'alive')] },
            ...{ interval: '500ms', rise: 1, fall: 1, window: 'none' },
          },
        },
        upstreams: { a: upstream('127.0.0.2', 64496), b: upstream('127.0.0.3', 64497) },
      };
    });
    const [a, b] = await Promise.all([
      edge.up('127.0.0.2', { asn: 64496 }),
      edge.up('127.0.0.3', { asn: 64497 }),
    ]);
    await Promise.all([updateOf(a, CHECKED), updateOf(b, CHECKED)]);
    rmSync(join(edge.home, 'alive'));
    // A slow machine may have had it withdrawn before, and announced again.
    await updateOf(a, `0004${CHECKED}`);
    writeFileSync(join(edge.home, 'alive'), '');
    a.destroy();
    const again = await edge.up('127.0.0.2', { asn: 64496 });
    // Both are held back there now: End-of-RIB is all that comes.
    await updateOf(again, END_OF_RIB);
    const run = promisify(execFile);
    const [program = '', ...argv] = command();
    await run(program, [...argv, 'drain', '198.51.100.0/24', '--timeout', '1s', '-c', edge.file]);
    edge.program.signal('SIGTERM');
    t.equal(await edge.program.exited(), 0, edge.program.output);

    const [name = '', ...others] = readdirSync(join(edge.home, 'record'));
    t.same([name, others], ['record-000001.jsonl', []]);
    const file = join(edge.home, 'record', name);
    t.equal(statSync(file).mode & 0o777, 0o600);
    const { code, output } = await replay(file);
    t.equal(code, 0, output);
    const view = JSON.parse(output);
    t.match(view, { difference: null, torn: null });
    t.ok(view.events > 10 && view.decisions > 3 && view.octets > 100, output);
    t.equal(view.announcements.length, 4);
    await t.test('what is another one now is told with its line and time', async (t) => {
      await differs(t, file);
    });
    await t.test('what a crash cut off is named, and the rest is replayed', async (t) => {
      const cut = `${file}.cut`;
      writeFileSync(cut, readFileSync(file, 'utf8').slice(0, -7));
      const { code, output } = await replay(cut);
      t.equal(code, 0);
      const lines = readFileSync(file, 'utf8').split('\n').length - 1;
      t.equal(JSON.parse(output).torn, lines);
      t.match((await replay(cut, { json: false })).errors, /was cut off/);
    });
  },
);

async function differs(t: Test, file: string): Promise<void> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.startsWith('{"do":"routes"'));
  const changed = `${file}.changed`;
  // MED 10 becomes 11: 80 04 04, attribute, length, value.
  const other = lines[at]?.replace('8004040000000a', '8004040000000b') ?? '';
  writeFileSync(changed, lines.with(at, other).join('\n'));
  const { code, output } = await replay(changed);
  t.equal(code, 1);
  t.match(JSON.parse(output).difference, { line: at + 1, what: /^UPDATEs to [ab]$/ });
  const text = await replay(changed, { json: false });
  t.match(text.output, new RegExp(`^line ${at + 1}, .*Z: UPDATEs to [ab] is another one now\n`));
}

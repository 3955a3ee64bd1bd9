import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { runImport } from '../../src/cli/importFile.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Note } from '../../src/import/note.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const CONF = `router bgp 64500
 network 203.0.113.0/24
 neighbor 198.51.100.1 remote-as 64496
 neighbor 198.51.100.1 description Zürich
 neighbor 198.51.100.1 password tell-nobody
 neighbor 198.51.100.1 weight 5
 neighbor 198.51.100.1 prefix-list OWN out
ip prefix-list OWN permit 203.0.113.0/24
`;

type Options = Extract<Command, { name: 'import' }>;

function run(file: string, options: Partial<Options> = {}) {
  const terminal = new FakeTerminal();
  const code = runImport(
    {
      name: 'import',
      dialect: 'quagga',
      file,
      output: undefined,
      routerId: '192.0.2.1',
      strict: false,
      force: false,
      json: false,
      ...options,
    },
    terminal,
  );
  return { code, out: terminal.out, err: terminal.err };
}

t.test('the file on standard output, what was lost on standard error', async (t) => {
  const file = join(t.testdir({ 'bgpd.conf': CONF }), 'bgpd.conf');
  const { code, out, err } = run(file);
  t.equal(code, 0);
  t.ok(loadConfig(out, 'x.yaml').config);
  t.match(
    err,
    /bgpd\.conf:6: not carried over: neighbor 198\.51\.100\.1 weight 5\n {2}so: which way/,
  );
  t.match(
    err,
    /bgpd\.conf:5: to be done: neighbor 198\.51\.100\.1 password \*\*\*\n {2}so: .*_MD5/,
  );
  t.match(
    err,
    /with a change: 0; to be done: 1; nothing to do with announcing: 0; read the result/,
  );
  t.notMatch(out + err, /tell-nobody/);
});

t.test('with --json everything is on standard output', async (t) => {
  const file = join(t.testdir({ 'bgpd.conf': CONF }), 'bgpd.conf');
  const { out, err } = run(file, { json: true });
  const answer: { ok: boolean; notes: Note[] } = JSON.parse(out);
  t.equal(answer.ok, true);
  t.match(
    answer.notes.find(({ line }) => line === 6),
    { kind: 'lost', means: /which way/ },
  );
  t.equal(err, '');
});

t.test('-o writes a new file, and replaces one with --force only', async (t) => {
  const directory = t.testdir({ 'bgpd.conf': CONF });
  const output = join(directory, 'multihomed.yaml');
  const file = join(directory, 'bgpd.conf');
  t.match(run(file, { output }), { code: 0, out: '' });
  t.ok(loadConfig(readFileSync(output, 'utf8'), output).config);
  writeFileSync(output, 'mine\n');
  t.throws(() => run(file, { output }), { name: 'CommandError', message: /--force replaces it/ });
  t.equal(readFileSync(output, 'utf8'), 'mine\n');
  run(file, { output, force: true });
  t.not(readFileSync(output, 'utf8'), 'mine\n');
  t.throws(() => run(file, { output: join(directory, 'no', 'x') }), { name: 'CommandError' });
});

t.test('--strict: what is lost is an error, and nothing is written', async (t) => {
  const directory = t.testdir({ 'bgpd.conf': CONF });
  const output = join(directory, 'multihomed.yaml');
  t.match(run(join(directory, 'bgpd.conf'), { strict: true, output }), { code: 1, out: '' });
  t.throws(() => readFileSync(output));
});

t.test(
  'what cannot be read, and what nothing can be made of, is one line with the mend',
  async (t) => {
    const directory = t.testdir({
      'bgpd.conf': CONF,
      'empty.conf': '',
      'latin1.conf': Buffer.from(CONF, 'latin1'),
      'own.conf': CONF.replaceAll('198.51.100.1', '0.0.0.0'),
    });
    mkdirSync(join(directory, 'd'));
    t.throws(() => run(join(directory, 'no')), { name: 'CommandError', message: /cannot read/ });
    t.throws(() => run(join(directory, 'd')), { name: 'CommandError', message: /cannot read/ });
    t.match(run(join(directory, 'empty.conf')), { code: 1, err: /no `router bgp` in it/ });
    const nameless = run(join(directory, 'bgpd.conf'), { routerId: undefined });
    t.match(nameless, { code: 1, out: '', err: /--router-id A\.B\.C\.D/ });
    t.match(run(join(directory, 'own.conf')), {
      code: 1,
      err: /address: 0\.0\.0\.0 is the unspecified/,
    });
    t.match(run(join(directory, 'latin1.conf')), { code: 0, out: /# Zürich/ });
  },
);

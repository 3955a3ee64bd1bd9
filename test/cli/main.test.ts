/** The entry as a process: few runs, since each costs a start of Node. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { command } from '../support/daemons/multihomed.ts';

const [program = '', ...entry] = command();

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function multihomed(argv: readonly string[], closeOutput = false): Promise<Outcome> {
  const child = spawn(program, [...entry, ...argv]);
  if (closeOutput) child.stdout.destroy();
  const [out, err] = await Promise.all([
    closeOutput
      ? ''
      : child.stdout
          .setEncoding('utf8')
          .toArray()
          .then((parts) => parts.join('')),
    child.stderr
      .setEncoding('utf8')
      .toArray()
      .then((parts) => parts.join('')),
    once(child, 'exit'),
  ]);
  return { code: child.exitCode, out, err };
}

const directory = t.testdir({
  'bad.yaml': 'asn: 0\n',
  'away.yaml': 'control: { socket: /nowhere/control.sock }\n',
});

const cases: readonly (readonly [string, readonly string[], boolean, object])[] = [
  ['version', ['--version'], false, { code: 0, out: /^\d+\.\d+\.\d+\n$/, err: /^$/ }],
  ['no command', [], false, { code: 2, out: /^$/, err: /Commands:/ }],
  ['wrong option', ['check', '--jsn'], false, { code: 2, out: /^$/, err: /did you mean --json/ }],
  ['bad file', ['check', '-c', join(directory, 'bad.yaml')], false, { code: 1, out: /error/ }],
  [
    'no daemon',
    ['show', '-c', join(directory, 'away.yaml')],
    false,
    { code: 1, out: /^$/, err: /^multihomed: multihomed is not running: [^\n]*\n$/ },
  ],
  ['no file', ['run', '-c', join(directory, 'no.yaml')], false, { code: 1, err: /cannot read/ }],
  ['schema', ['schema'], false, { code: 0, out: /"\$schema"/, err: /^$/ }],
  ['a reader that left', ['schema'], true, { code: 0, err: /^$/ }],
];

for (const [title, argv, closeOutput, expected] of cases) {
  t.test(`${title}: \`${argv.join(' ').replace(directory, '')}\``, async (t) => {
    t.match(await multihomed(argv, closeOutput), expected);
  });
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { MAN_PAGE, manPage } from '../../scripts/manPage.ts';

if (process.env.MULTIHOMED_REFRESH === '1') writeFileSync(MAN_PAGE, await manPage());

t.test('man/multihomed.8 is what the commands say of themselves', async (t) => {
  t.equal(
    readFileSync(MAN_PAGE, 'utf8'),
    await manPage(),
    'make it anew: node --import=tsx scripts/manPage.ts',
  );
});

t.test('it has every command', async (t) => {
  const page = readFileSync(MAN_PAGE, 'utf8');
  for (const command of ['run', 'check', 'show', 'plan', 'drain', 'generate', 'lab', 'schema']) {
    t.match(page, new RegExp(`^\\.SS ${command}$`, 'm'));
  }
});

const GROFF = '/usr/bin/groff';

t.test(
  'groff has nothing to say against it',
  { skip: existsSync(GROFF) ? false : `missing: ${GROFF}` },
  async (t) => {
    const { stdout, stderr } = spawnSync(GROFF, ['-man', '-Tutf8', '-ww', MAN_PAGE], {
      encoding: 'utf8',
    });
    t.equal(stderr, '');
    t.match(stdout, /multihomed/);
  },
);

/**
 * What is generated for BGP daemons: golden files (MULTIHOMED_REFRESH=1 writes them anew). That each
 * daemon takes them is in `interop/generated`, that they mean the same in `test/equivalence`.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { TargetError } from '../../src/generate/target.ts';
import { DAEMONS, generated, INTENTS, type Intent } from './intents.ts';

const refresh = process.env.MULTIHOMED_REFRESH === '1';
const golden = new URL('./golden/', import.meta.url);

/** A thousand prefixes say nothing that ten do not, six times over. */
const GOLDEN = (Object.keys(INTENTS) as Intent[]).filter((name) => name !== 'large');

/** The same whatever the file says, but for where it listens. */
const STARTERS = new Set(['vtysh.conf', 'ospfd.conf', 'daemons', 'debian.conf']);

function expectGolden(t: Test, name: string, text: string): void {
  const file = new URL(name, golden);
  if (refresh) {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  }
  t.equal(text, readFileSync(file, 'utf8'), name);
}

for (const daemon of DAEMONS) {
  t.test(`${daemon}: the golden files, and what it cannot be told`, async (t) => {
    for (const intent of GOLDEN) {
      const { files, notExpressible } = generated(daemon, INTENTS[intent]);
      for (const { path, content } of files) {
        if (STARTERS.has(path) && intent !== 'one-upstream') continue;
        t.ok(content.endsWith('\n'), `${path} ends its last line`);
        expectGolden(t, `${daemon}/${intent}/${path}`, content);
      }
      const lost = notExpressible.map(({ what, why }) => `${what}: ${why}\n`).join('');
      if (lost !== '') expectGolden(t, `${daemon}/${intent}/not-expressible`, lost);
    }
  });

  t.test(`${daemon}: a thousand prefixes, each where it belongs`, async (t) => {
    const whole = generated(daemon, INTENTS.large)
      .files.map(({ content }) => content)
      .join('');
    t.equal(new Set(whole.match(/\b20\.\d+\.\d+\.0\/24/g)).size, 1000);
  });
}

t.test('the same file gives the same configuration, whatever came before', async (t) => {
  for (const daemon of DAEMONS) {
    const [first, second] = [0, 1].map(() => generated(daemon, INTENTS.communities).files);
    t.strictSame(first, second, daemon);
  }
});

t.test('ExaBGP takes no neighbour without our address: nothing is generated', async (t) => {
  const text = INTENTS['one-upstream'].replace(', local-address: 198.51.100.2', '');
  t.throws(() => generated('exabgp', text), TargetError);
  t.throws(() => generated('exabgp', text), /^upstreams\.transit-a has no local-address/);
});

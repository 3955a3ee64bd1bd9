import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { runDecode } from '../../src/cli/decode.ts';
import { loadConfig } from '../../src/config/load.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');

/** The first fenced block of the README that begins like this, without its fences. */
function block(beginning: string): string {
  const start = readme.indexOf(`\n${beginning}`) + 1;
  return readme.slice(start, readme.indexOf('\n```', start) + 1);
}

t.test('every relative link of the README and of docs leads to something', async (t) => {
  const documents = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' });
  const pages = documents.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  for (const path of ['README.md', 'lab/README.md', ...pages]) {
    const links = [...read(path).matchAll(/\]\(([^)#:]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    const here = links.filter((link) => link !== 'https');
    const missing = here.filter((link) => !existsSync(new URL(link, new URL(path, root))));
    t.same(missing, [], path);
  }
});

t.test("the README's file has nothing wrong with it, and ten lines at most", async (t) => {
  const text = block('# multihomed.yaml');
  t.ok(text.trimEnd().split('\n').length <= 10);
  const { config, problems } = loadConfig(text, 'multihomed.yaml');
  t.same(problems, []);
  t.equal(config?.upstreams.length, 2);
});

t.test('`multihomed decode` still says what the README shows', async (t) => {
  const [, hex = '', ...shown] = block('$ multihomed decode').split('\n');
  const terminal = new FakeTerminal();
  const session = { twoOctetAs: false, addPath: [], extendedMessages: false, internal: false };
  const options = { json: false, ...session, extendedNextHop: false };
  await runDecode({ ...options, hex: hex.trim() }, terminal);
  t.equal(terminal.out, shown.join('\n'));
});

t.test('the README and docs/development.md name the npm scripts that there are', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const text = `${readme}${read('docs/development.md')}`;
  const named = [...text.matchAll(/npm (?:run )?(start|test|[a-z:]+)\b/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !['ci', 'link', 'registry', 'scripts'].includes(name));
  t.same(
    named.filter((name) => !(name in scripts)),
    [],
  );
});

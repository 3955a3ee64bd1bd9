/**
 * Bundles test files for plain `node`: what is common to several stands in chunks, read once instead
 * of each module of each process going through a loader. Source maps name the TypeScript lines;
 * `import.meta.url` stays that of the source.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './setup.mjs';

/** Below the repository, so that the packages outside of the bundles are found. */
const FOLDER = join(root, '.tap');
const PREFIX = 'bundles-';

// CommonJS packages ask for `require`.
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Errors and classes are told apart by their names.
  keepNames: true,
  define: { 'import.meta.url': '__sourceUrl' },
  banner: { js: REQUIRE },
  logLevel: 'error',
};

/**
 * Gives the folder in which `test/x.test.ts` is `test/x.test.js`. It is this process's own and goes
 * when it ends: two runs at once, or an edit during one, disturb nobody.
 */
export async function buildTests(files) {
  removeLeftovers();
  const folder = mkdtempSync(join(FOLDER, `${PREFIX}${process.pid}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tests = build({
    ...shared,
    entryPoints: files,
    outbase: root,
    outdir: folder,
    splitting: true,
    sourcemap: 'linked',
    sourcesContent: false,
    // Besides tap, those that bring binaries or load files of their own.
    external: ['tap', 'esbuild', 'koffi', 'playwright-core', 'tsx'],
    plugins: [sourceUrl],
  });
  try {
    await Promise.all([tests, buildTap(join(folder, 'node_modules/tap'))]);
  } catch (error) {
    if (!error.errors) throw error;
    console.error('No test was run: esbuild cannot read what stands above.');
    process.exit(1);
  }
  return folder;
}

/**
 * Where tests find it first, under a path that it knows as its own and leaves out of stack traces; and
 * without a map, which Node would read and parse in each process.
 */
async function buildTap(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'tap', main: './node_modules/@tapjs/tap.mjs' }),
  );
  const entry = {
    contents: "export * from 'tap'; export { default } from 'tap';",
    resolveDir: root,
  };
  await build({
    ...shared,
    stdin: entry,
    outfile: join(folder, 'node_modules/@tapjs/tap.mjs'),
    plugins: [sourceUrl],
  });
}

const sourceUrl = {
  name: 'source-url',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      // On the first line, which keeps the others where they are.
      const contents = `const __sourceUrl=${JSON.stringify(pathToFileURL(path).href)};${text}`;
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' };
    });
  },
};

/** Of runs that were killed. */
function removeLeftovers() {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER).filter((each) => each.startsWith(PREFIX))) {
    if (isRunning(Number(name.slice(PREFIX.length).split('-')[0]))) continue;
    rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

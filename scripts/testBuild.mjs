/**
 * Bundles test files for plain `node`: what is common to several stands in chunks, read once instead
 * of each module of each process going through a loader. Everything but native and very large packages
 * goes in. Source maps name the TypeScript lines; `import.meta.url` stays that of the source.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './setup.mjs';

/** Below the repository, so that the packages outside of the bundles are found. */
const FOLDER = join(root, '.tap');
const PREFIX = 'bundles-';

/** They bring binaries or load files of their own. */
const external = ['esbuild', 'koffi', 'playwright-core', 'tsx'];

// CommonJS packages ask for `require`.
const banner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * Gives the folder in which `test/x.test.ts` is `test/x.test.js`. It is this process's own and goes
 * when it ends: two runs at once, or an edit during one, disturb nobody.
 */
export async function buildTests(files) {
  removeLeftovers();
  const outdir = mkdtempSync(join(FOLDER, `${PREFIX}${process.pid}-`));
  process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outbase: root,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Errors and classes are told apart by their names.
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    define: { 'import.meta.url': '__sourceUrl' },
    banner: { js: banner },
    external,
    plugins: [sourceUrl],
    logLevel: 'error',
  });
  return outdir;
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

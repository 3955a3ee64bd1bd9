/**
 * Bundles the program for plain `node`: one small entry, two threads, chunks for what `run` needs before and
 * after the first OPEN, and others for all the other commands. `koffi` stays outside: it is optional and
 * brings its own binaries.
 */

import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';

import './lane.mjs';

const root = new URL('..', import.meta.url).pathname;
rmSync(`${root}dist`, { recursive: true, force: true });

const shared = {
  write: false,
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  logLevel: 'warning',
  external: ['koffi'],
  // winston's own diagnostics, which nobody asks for, bring a library for colours.
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** winston brings a copy of Node's streams; Node has them in memory already. */
const nodeStreams = {
  name: 'streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^readable-stream(\/|$)/ }, ({ path }) => ({ path, namespace: 'streams' }));
    onLoad({ filter: /^/, namespace: 'streams' }, ({ path }) => ({
      contents: `module.exports = require('node:stream')${path.endsWith('_writable.js') ? '.Writable' : ''};`,
    }));
  },
};

/**
 * Of two libraries the parts that a daemon uses, as far as a bundler can tell: yaml as modules, of ip-num the
 * numbers. The code of the rest would be in memory for as long as the daemon lives.
 */
const PARTS = {
  yaml: 'node_modules/yaml/browser/dist/index.js',
  'ip-num': 'node_modules/ip-num/dist/src/IPNumber.js',
};
const parts = {
  name: 'parts',
  setup({ onResolve }) {
    onResolve({ filter: /^(yaml|ip-num)$/ }, ({ path }) => ({
      path: `${root}${PARTS[path]}`,
      sideEffects: false,
    }));
  },
};

/** What the entry reads when it is needed. */
const APART = {
  showAny: './show.js',
  run: './chunks/run.js',
  commandLine: './chunks/commandLine.js',
  commands: './chunks/commands.js',
};
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(showAny|run|commandLine|commands)\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      return { path: APART[basename(path, '.ts')], external: true };
    });
  },
};

// Each by itself: what they share would be split off into files that `run` reads, too. Cut like that it came
// in three times as many, and each of them costs the start time and the daemon memory.
const program = await build({
  ...shared,
  entryPoints: { multihomed: 'src/cli/main.ts' },
  plugins: [apart],
});
const split = { ...shared, splitting: true, chunkNames: 'chunks/[name]-[hash]' };
const daemon = await build({
  ...split,
  entryPoints: { 'chunks/run': 'src/daemon/run.ts' },
  plugins: [nodeStreams, parts],
});
const others = await build({
  ...split,
  entryPoints: {
    'chunks/commandLine': 'src/cli/commandLine.ts',
    'chunks/commands': 'src/cli/commands.ts',
  },
  plugins: [apart, nodeStreams],
});
const threads = await Promise.all(
  Object.entries({
    bfdWorker: 'src/bfd/worker.ts',
    installWorker: 'src/kernel/installWorker.ts',
  }).map(([name, entry]) => build({ ...shared, entryPoints: { [name]: entry } })),
);

// `show` has to answer at once.
const show = await build({ ...shared, entryPoints: { show: 'src/cli/showAny.ts' } });
const outputFiles = [
  ...program.outputFiles,
  ...daemon.outputFiles,
  ...others.outputFiles,
  ...threads.flatMap((each) => each.outputFiles),
  ...show.outputFiles,
];

// CommonJS dependencies (winston) ask for `require`, which an ES module does not have. esbuild's own
// stand-in for it is in one file; a banner would make one in each.
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.includes('typeof require') ? REQUIRE + text : text);
}

cpSync(`${root}src/lane.wasm`, `${root}dist/lane.wasm`);

// The looking glass serves, and `generate` reads, them as they are.
cpSync(`${root}src/web`, `${root}dist/web`, {
  recursive: true,
  filter: (source) => !source.endsWith('.json'),
});
cpSync(`${root}quagga-templates`, `${root}dist/quagga-templates`, { recursive: true });
chmodSync(`${root}dist/multihomed.js`, 0o755);

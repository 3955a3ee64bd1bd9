/**
 * Bundles the program for plain `node`: one small entry, two threads, chunks for what `run` needs before and
 * after the first OPEN, and one for all the other commands. `koffi` stays outside: it is optional and
 * brings its own binaries.
 */

import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** What is built by itself stays outside of the other commands' chunks. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/showAny\.ts$/ }, () => ({ path: './show.js', external: true }));
    onResolve({ filter: /\/daemon\/run\.ts$/ }, () => ({
      path: './chunks/run.js',
      external: true,
    }));
  },
};

const split = { splitting: true, chunkNames: 'chunks/[name]-[hash]' };
const program = await build({
  ...shared,
  ...split,
  entryPoints: { multihomed: 'src/cli/main.ts' },
  plugins: [apart, nodeStreams],
});
// By itself: cut where other commands share a part of it, it would be three times as many files, and each
// of them costs the start time and the daemon memory.
const daemon = await build({
  ...shared,
  ...split,
  entryPoints: { 'chunks/run': 'src/daemon/run.ts' },
  plugins: [nodeStreams],
});
// By itself: what a thread shares with the program would be split off into files that `run` reads, too.
const threads = await Promise.all(
  Object.entries({
    bfdWorker: 'src/bfd/worker.ts',
    installWorker: 'src/kernel/installWorker.ts',
  }).map(([name, entry]) => build({ ...shared, entryPoints: { [name]: entry } })),
);

// `show` has to answer at once, and would cut the chunks of `run` into more files than it can find in
// time: it has what it needs in one file, even where `run` has the same.
const show = await build({ ...shared, entryPoints: { show: 'src/cli/showAny.ts' } });
const outputFiles = [
  ...program.outputFiles,
  ...daemon.outputFiles,
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

/**
 * Compiles the fast lane of the RIB (`src/rib/lane`, AssemblyScript) to `src/lane.wasm`, where the program
 * finds it as it is run from its source; `build.mjs` puts a copy beside the bundle.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const root = new URL('..', import.meta.url).pathname;

const options = [
  ...['src/rib/lane/lane.ts', '--baseDir', root, '--outFile', 'src/lane.wasm', '-O3'],
  // Nothing is ever allocated in there.
  ...['--runtime', 'stub', '--noAssert'],
  ...['--importMemory', '--sharedMemory', '--enable', 'threads', '--enable', 'bulk-memory'],
  ...['--enable', 'simd'],
  ...['--initialMemory', '1', '--maximumMemory', '65536'],
];
const { error, stderr } = await asc.main(options, {
  readFile: (name, base) => read(`${base}${name}`),
  writeFile: (name, content, base) => writeFileSync(`${base}${name}`, content),
  listFiles: () => [],
});
if (error) {
  process.stderr.write(`${stderr}${error.message}\n`);
  process.exitCode = 1;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

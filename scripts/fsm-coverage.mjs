/**
 * Fails unless the tests in `test/fsm` run every block of `src/fsm`: each arm, each side of each
 * branch. V8 counts the blocks; all tests run in one process, so there is one count. (tap's own
 * report reads 100 % for files that tsx has transformed, whatever was run.)
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = mkdtempSync(join(tmpdir(), 'fsm-coverage-'));

try {
  runTests();
  const report = readReport();
  const sources = readdirSync(join(root, 'src/fsm')).map((file) => join(root, 'src/fsm', file));
  const missed = sources.flatMap((source) => missedIn(source, report));
  for (const line of missed) console.error(line);
  console.log(`src/fsm: ${sources.length} files, ${missed.length} blocks that no test runs`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  rmSync(output, { recursive: true });
}

function runTests() {
  const tests = readdirSync(join(root, 'test/fsm')).filter((file) => file.endsWith('.test.ts'));
  const imports = tests.map((file) => `import ${JSON.stringify(`./test/fsm/${file}`)};`);
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', imports.join('\n')],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_V8_COVERAGE: output } },
  );
  if (status === 0) return;
  console.error(stdout);
  throw new Error('the tests fail; coverage says nothing');
}

/** Of the one process: tsx runs what it transforms in there, and its own helpers elsewhere. */
function readReport() {
  const reports = readdirSync(output).map((file) => JSON.parse(readFileSync(join(output, file))));
  const isOurs = ({ url }) => url.startsWith(pathToFileURL(join(root, 'src/fsm/')).href);
  const report = reports.find(({ result }) => result.some(isOurs));
  if (!report) throw new Error('no process has run src/fsm');
  return report;
}

function missedIn(source, report) {
  const url = pathToFileURL(source).href;
  const name = source.slice(root.length);
  const script = report.result.find((each) => each.url.split('?')[0] === url);
  if (!script) return hasCode(source) ? [`${name}: never loaded`] : [];
  const { data, lineLengths } = report['source-map-cache'][script.url] ?? {};
  if (!data) throw new Error(`${name}: no source map, so nowhere to point`);
  const map = new SourceMap(data);
  return script.functions
    .flatMap(({ ranges }) => ranges)
    .filter(({ count }) => count === 0)
    .map(({ startOffset }) => `${name}:${lineOf(startOffset, lineLengths, map)}: never run`);
}

/** Types leave nothing behind. */
function hasCode(source) {
  const { code } = transformSync(readFileSync(source, 'utf8'), { loader: 'ts' });
  return code.trim() !== '';
}

function lineOf(offset, lineLengths, map) {
  let line = 0;
  let column = offset;
  while (column > lineLengths[line]) {
    column -= lineLengths[line] + 1;
    line++;
  }
  const entry = map.findEntry(line, column);
  return 'originalLine' in entry ? `${entry.originalLine + 1}:${entry.originalColumn + 1}` : '?';
}

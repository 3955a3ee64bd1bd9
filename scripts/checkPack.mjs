/**
 * What `npm pack` gives, and what it takes once installed: packs the program, installs it in a
 * directory of its own with production dependencies alone, runs it there, and holds the sizes against
 * what docs/development.md says. `--write` corrects that. By hand: it asks npm's cache, or the network.
 */

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PIPED = ['ignore', 'pipe', 'inherit'];
const root = fileURLToPath(new URL('..', import.meta.url));
const SAID = join(root, 'docs/development.md');
const LINE = /^The package: .*$/m;
/** How far a figure may be from the page's: builds of other days differ a little. */
const TOLERANCE = 0.1;

const FILE = `asn: 64500
router-id: 192.0.2.1
listen: none
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 127.0.0.2 } }
`;

const directory = mkdtempSync(join(tmpdir(), 'multihomed-pack-'));
try {
  const { size, unpackedSize, entryCount, filename } = pack();
  const { octets, packages } = install(join(directory, filename));
  runs();
  judge({ size, unpackedSize, entryCount, octets, packages });
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function pack() {
  const argv = ['pack', '--json', '--pack-destination', directory];
  const text = execFileSync('npm', argv, { cwd: root, encoding: 'utf8', stdio: PIPED });
  // What `prepack` prints comes before it.
  const [packed] = JSON.parse(text.slice(text.indexOf('[\n')));
  return packed;
}

function install(tarball) {
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const argv = ['install', '--omit=dev', ...quiet, tarball];
  execFileSync('npm', argv, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  const modules = join(directory, 'node_modules');
  const listed = execFileSync('npm', ['ls', '--all', '--parseable'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return { octets: octetsIn(modules), packages: listed.trim().split('\n').length - 1 };
}

/** From another directory, so that nothing of this one is found. */
function runs() {
  writeFileSync(join(directory, 'multihomed.yaml'), FILE);
  const program = join(directory, 'node_modules/.bin/multihomed');
  for (const argv of [['--version'], ['check'], ['generate', 'bird'], ['schema']]) {
    execFileSync(program, argv, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function octetsIn(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + octetsIn(join(path, name)), 0);
}

function judge(found) {
  const line = [
    `The package: ${kilobytes(found.size)} kB packed, ${found.entryCount} files of`,
    `${kilobytes(found.unpackedSize)} kB; installed with production dependencies`,
    `${kilobytes(found.octets)} kB in ${found.packages} packages.`,
  ].join(' ');
  const page = readFileSync(SAID, 'utf8');
  const said = LINE.exec(page)?.[0];
  process.stdout.write(`${line}\n`);
  if (process.argv.includes('--write') && said !== undefined) {
    writeFileSync(SAID, page.replace(LINE, line));
    return;
  }
  if (said !== undefined && isNear(numbersIn(said), numbersIn(line))) return;
  process.stderr.write(
    `docs/development.md says: ${said ?? 'nothing'}\nscripts/checkPack.mjs --write\n`,
  );
  process.exitCode = 1;
}

function isNear(some, others) {
  return (
    some.length === others.length &&
    some.every((one, i) => Math.abs(one - others[i]) <= TOLERANCE * others[i])
  );
}

function numbersIn(text) {
  return (text.match(/\d+/g) ?? []).map(Number);
}

function kilobytes(octets) {
  return Math.round(octets / 1000);
}

/** Where inputs begin: what is in the repository, and recorded messages where they are beside it. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Framer } from '../../src/wire/framer.ts';
import { encodeKeepalive } from '../../src/wire/keepalive.ts';
import { readMrtMessages } from '../support/mrt.ts';
import { readTcpSegments } from '../support/pcap.ts';
import { tcpStreams } from '../support/tcpStreams.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const FIXTURES = path('../fixtures/fuzz/');
/** Not everybody has it. */
const DATA = process.env.MULTIHOMED_DATA ?? path('../../../shared/data');
/** Of each file: its first messages are as good as its last. */
const PER_FILE = 60;

/** `test/fixtures/fuzz/NAME.txt`: hexadecimal, an input a line; `#` begins a comment. */
export function fixture(name: string): readonly Uint8Array[] {
  return linesOf(name).map((line) => Uint8Array.from(Buffer.from(line, 'hex')));
}

/** The same of texts, each as a JSON string. */
export function textFixture(name: string): readonly Uint8Array[] {
  return linesOf(name).map((line) => new TextEncoder().encode(JSON.parse(line)));
}

export function linesOf(name: string): readonly string[] {
  const file = join(FIXTURES, `${name}.txt`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

export function fixtureFile(name: string): string {
  return join(FIXTURES, `${name}.txt`);
}

/** Whole messages, of all five types. */
export function recordedMessages(): readonly Uint8Array[] {
  return [
    encodeKeepalive(),
    ...filesIn('fuzz-seeds').map((file) => Uint8Array.from(readFileSync(file))),
    ...filesIn('mrt-samples').flatMap((file) => attempt(() => mrtMessages(file))),
    ...filesIn('pcaps').flatMap((file) => attempt(() => capturedOctets(file))),
  ].filter((octets) => octets.length >= 19 && octets.length <= 4096);
}

function filesIn(folder: string): readonly string[] {
  const directory = join(DATA, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name));
}

/** Captures that hold something else than we can read are no seeds. */
function attempt(read: () => readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function mrtMessages(file: string): readonly Uint8Array[] {
  return [...readMrtMessages(file)].slice(0, PER_FILE).map(({ octets }) => Uint8Array.from(octets));
}

function capturedOctets(file: string): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (const stream of tcpStreams(readTcpSegments(file))) {
    const framer = new Framer();
    for (const chunk of stream.runs) {
      try {
        framer.push(chunk, (_type, start, end) => {
          messages.push(framer.bytes.slice(start, end));
          return true;
        });
      } catch {
        break; // not BGP from here on
      }
    }
  }
  return messages.slice(0, PER_FILE);
}

/**
 * How long from the start of the process until the first OPEN is on the wire, beyond what Node
 * itself takes to start and end (`node -e 0`). The two are measured in turns, so that whatever else
 * the machine does meets both. The neighbour is a listener on loopback in this process; the time is
 * that of the read that completes the OPEN's header. Needs no root.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';

const PROGRAM = fileURLToPath(new URL('../dist/multihomed.js', import.meta.url));

const ROUNDS = 25;
const QUICK_ROUNDS = 5;

/** How long a start may take, in ms. */
const LIMIT = 60_000;

/** RFC 4271 §4.1: sixteen octets of marker, two of length, and the type, which is 1 for OPEN. */
const HEADER = 19;
const OPEN = 1;

export const start: Bench = {
  name: 'start',
  about: 'from exec to the first OPEN on the wire, beyond the whole of `node -e 0`',
  obstacle: () => (existsSync(PROGRAM) ? undefined : 'not built: npm run build'),
  async run({ quick }: Scale): Promise<Report> {
    const neighbour = new Neighbour();
    await neighbour.listen();
    try {
      return report(await measure(neighbour, quick ? QUICK_ROUNDS : ROUNDS));
    } finally {
      neighbour.close();
    }
  },
};

interface Samples {
  readonly node: number[];
  readonly open: number[];
}

function report({ node, open }: Samples): Report {
  const beyond = quantile(open, 0.5) - quantile(node, 0.5);
  return {
    figures: [
      { name: '`node -e 0`, median', value: quantile(node, 0.5), unit: 'ms' },
      { name: 'first OPEN, median', value: quantile(open, 0.5), unit: 'ms' },
      { name: 'first OPEN, longest', value: quantile(open, 1), unit: 'ms' },
      { name: 'beyond, of the medians', value: beyond, unit: 'ms', atMost: 80 },
    ],
    samples: { 'node -e 0': node, 'first OPEN': open },
  };
}

async function measure(neighbour: Neighbour, rounds: number): Promise<Samples> {
  const samples: Samples = { node: [], open: [] };
  // Round 0 reads the files from disk and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const node = await timeOfNode();
    const open = await timeOfOpen(neighbour);
    if (round === 0) continue;
    samples.node.push(node);
    samples.open.push(open);
  }
  return samples;
}

async function timeOfNode(): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await once(child, 'exit');
  return performance.now() - from;
}

async function timeOfOpen(neighbour: Neighbour): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'mhbench-'));
  const file = join(directory, 'multihomed.yaml');
  await writeFile(file, fileContent(directory, neighbour.port));
  const from = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'run', '-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    return (await Promise.race([neighbour.nextOpen(), failure(child)])) - from;
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  }
}

function fileContent(directory: string, port: number): string {
  return JSON.stringify({
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24'],
    upstreams: { neighbour: { asn: 64496, address: '127.0.0.1', port } },
  });
}

/** Rejects when the program ends, or has said nothing for too long; never resolves. */
function failure(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const fail = (what: string) => reject(new Error(`multihomed ${what}:\n${said}`));
    const timer = setTimeout(() => fail(`sent no OPEN within ${LIMIT} ms`), LIMIT);
    child.once('close', () => {
      clearTimeout(timer);
      fail('ended before its first OPEN');
    });
  });
}

/** Listens, and knows the header of an OPEN. */
class Neighbour {
  readonly #server: Server = createServer((socket) => this.#serve(socket));
  #opened: (at: number) => void = () => {};

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  /** When the next OPEN comes, on the clock of `performance`. */
  nextOpen(): Promise<number> {
    return new Promise((resolve) => {
      this.#opened = resolve;
    });
  }

  close(): void {
    this.#server.close();
  }

  #serve(socket: Socket): void {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => {
      const at = performance.now();
      chunks.push(chunk);
      const octets = Buffer.concat(chunks);
      if (octets.length >= HEADER && octets[HEADER - 1] === OPEN) this.#opened(at);
    });
    socket.on('error', () => {}); // the program ends
  }
}

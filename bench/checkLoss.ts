/**
 * How long from the result that decides a check until the withdrawal is on the wire.
 *
 * The daemon is the built program, with a session to a peer on loopback. A server that answers its http
 * check stops doing so: it resets each connection, or says 503. Measured is from the server's word to
 * the second probe in a row (`fall: 2`), which decides, until the peer's socket has given the
 * withdrawal; the way of the answer through the kernel is in it. Then the server is well again, and the
 * next round starts when the prefix has been announced. Once with that check alone, and once with a
 * thousand others that the prefix needs any of, as well. Needs no root.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RawListener, type RawPeer, TYPE } from '../test/support/rawPeer.ts';
import { type Bench, quantile, type Report, type Scale } from './bench.ts';
import { CountError } from './settle.ts';

const PROGRAM = fileURLToPath(new URL('../dist/multihomed.js', import.meta.url));
const ROUNDS = 100;
const QUICK_ROUNDS = 5;
const FALL = 2;
const OTHERS = 1000;
/** UPDATE: no withdrawn routes at all, in octets 0 and 1. */
const NONE_WITHDRAWN = '0000';
/** How long a round may take, in ms. */
const LIMIT = 60_000;
/** So many times as often as it has to it may try a round. */
const PATIENCE = 3;

type Illness = 'reset' | '503';

/** A server that is well, or is not. */
class Service {
  readonly #server: Server;
  #illness: Illness | undefined;
  /** When it did not answer well, since it became ill: nanoseconds. */
  #refusals: bigint[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      if (request.url !== '/health' || !this.#illness) {
        response.end('well');
        return;
      }
      this.#refusals.push(process.hrtime.bigint());
      if (this.#illness === '503') response.writeHead(503).end();
      else request.socket.resetAndDestroy();
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  fallIll(illness: Illness): void {
    this.#refusals = [];
    this.#illness = illness;
  }

  /** Returns when it last did what made the check fail; undefined: it was down before that. */
  recover(): bigint | undefined {
    this.#illness = undefined;
    return this.#refusals[FALL - 1];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export const checkLoss: Bench = {
  name: 'check-loss',
  about: 'from the result that makes a check bad until the peer has read the withdrawal',
  obstacle: () => (existsSync(PROGRAM) ? undefined : 'not built: npm run build'),
  async run({ quick }: Scale): Promise<Report> {
    const rounds = quick ? QUICK_ROUNDS : ROUNDS;
    const alone = await measured(0, rounds);
    const among = await measured(OTHERS, rounds);
    return {
      figures: [...figures('alone', alone), ...figures(`among ${OTHERS}`, among)],
      samples: { alone, [`among ${OTHERS}`]: among },
    };
  },
};

function figures(name: string, samples: readonly number[]): Report['figures'] {
  return [
    { name: `${name}: median`, value: quantile(samples, 0.5), unit: 'ms', atMost: 5 },
    { name: `${name}: p99`, value: quantile(samples, 0.99), unit: 'ms' },
  ];
}

async function measured(others: number, rounds: number): Promise<readonly number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'mhbench-'));
  const listener = await RawListener.start();
  const service = new Service();
  const port = await service.listen();
  const file = join(directory, 'multihomed.yaml');
  await writeFile(file, fileContent(directory, listener.port, port, others));
  const child = spawn(process.execPath, [PROGRAM, 'run', '-c', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const peer = await listener.next();
    // It says nothing meanwhile, and is not to be missed for that.
    await peer.establish({ asn: 64496, holdTime: 0 });
    return await measureRounds(peer, service, rounds);
  } finally {
    await ended(child);
    service.close();
    await listener.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureRounds(
  peer: RawPeer,
  service: Service,
  rounds: number,
): Promise<readonly number[]> {
  const samples: number[] = [];
  // What the first one compiles is not counted.
  for (let round = 0; samples.length <= rounds; round++) {
    if (round > rounds * PATIENCE) throw new CountError('withdrawn before the check was down');
    const late = setTimeout(() => peer.destroy(), LIMIT);
    await updateThat(peer, (body) => body.startsWith(NONE_WITHDRAWN) && body.length > 8);
    service.fallIll(round % 2 === 0 ? 'reset' : '503');
    await updateThat(peer, (body) => !body.startsWith(NONE_WITHDRAWN));
    const withdrawn = process.hrtime.bigint();
    clearTimeout(late);
    const deciding = service.recover();
    // On a busy machine an answer may be too late for a check, which counts as a failure as well.
    if (deciding !== undefined) samples.push(Number(withdrawn - deciding) / 1e6);
  }
  return samples.slice(1);
}

/** Whatever else the session says, End-of-RIB too, is passed over. */
async function updateThat(peer: RawPeer, wanted: (body: string) => boolean): Promise<void> {
  for (;;) {
    const { body } = await peer.nextOf(TYPE.update);
    if (wanted(body)) return;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function fileContent(directory: string, bgp: number, http: number, others: number): string {
  const quick = { interval: '100ms', timeout: '100ms', rise: 1, fall: FALL, window: 'none' };
  const names = Array.from({ length: others }, (_, i) => `other-${i}`);
  const other = { tcp: `127.0.0.1:${http}` };
  // Each prefix needs a hundred: a condition has no more parts.
  const parts = Array.from({ length: Math.ceil(others / 100) }, (_, i) => ({
    any: names.slice(i * 100, (i + 1) * 100),
  }));
  return JSON.stringify({
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    log: { level: 'error' },
    control: { socket: join(directory, 'control.sock') },
    prefixes: [{ prefix: '203.0.113.0/24', needs: ['web', ...parts] }],
    checks: {
      web: { http: `http://127.0.0.1:${http}/health`, ...quick },
      ...Object.fromEntries(names.map((name) => [name, other])),
    },
    'flap-budget': { 'first-hold': '0s', 'repeated-hold': '0s' },
    upstreams: { peer: { asn: 64496, address: '127.0.0.1', port: bgp, damping: 'none' } },
  });
}

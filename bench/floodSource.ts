/**
 * The flood of `flood.ts`, in a process of its own: opens connections at a steady rate, however
 * they are received, and closes them as soon as that is known. Prints one JSON line at the end.
 *
 * Usage: floodSource.ts PORT RATE SECONDS NEIGHBOUR
 *
 * Nine of ten come from addresses that are no neighbour's, the tenth from NEIGHBOUR.
 */

import { connect } from 'node:net';

/** How the connections ended. */
export interface FloodCount {
  readonly attempts: number;
  /** Reset or closed without a word. */
  readonly refused: number;
  /** Answered with an OPEN. */
  readonly accepted: number;
  /** Not even connected, or neither of the two within `PATIENCE`. */
  readonly lost: number;
}

const TICK = 10;
const PATIENCE = 10_000;

const [, , port = '', rate = '', seconds = '', neighbour = ''] = process.argv;
const perTick = (Number(rate) * TICK) / 1000;
const from = performance.now();
const outcomes = { refused: 0, accepted: 0, lost: 0 };
let attempts = 0;

/** As many as are due by now: late ticks are made up for. */
function pour(): void {
  const elapsed = performance.now() - from;
  const due = Math.floor((Math.min(elapsed, Number(seconds) * 1000) / TICK) * perTick);
  while (attempts < due) open(attempts++);
  if (elapsed < Number(seconds) * 1000) setTimeout(pour, TICK);
  else setTimeout(report, 0);
}

function open(count: number): void {
  const stranger = `127.0.2.${1 + (count % 250)}`;
  const localAddress = count % 10 === 0 ? neighbour : stranger;
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress });
  let connected = false;
  const end = (how: keyof typeof outcomes) => {
    if (socket.destroyed) return;
    outcomes[how]++;
    socket.destroy();
  };
  socket.setTimeout(PATIENCE, () => end('lost'));
  socket.on('connect', () => {
    connected = true;
  });
  socket.on('data', () => end('accepted'));
  socket.on('end', () => end('refused'));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const reset = connected || error.code === 'ECONNRESET';
    outcomes[reset ? 'refused' : 'lost']++;
  });
}

/** Once every connection is accounted for. */
function report(): void {
  const { refused, accepted, lost } = outcomes;
  if (refused + accepted + lost < attempts) {
    setTimeout(report, TICK);
    return;
  }
  process.stdout.write(`${JSON.stringify({ attempts, ...outcomes } satisfies FloodCount)}\n`);
}

pour();

/** One look of a probe, with a timeout of its own, and servers for it to look at. */

import { createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';
import { type Outcome, type Probe, TimeLimit } from '../../src/monitor/checks/probe.ts';

export interface Look extends Outcome {
  readonly stages: readonly string[];
  readonly aborted: boolean;
}

/** `within`: when its time is over, in ms; no test waits for that unless it is about it. */
export async function look(probe: Probe, within = 60_000): Promise<Look> {
  const limit = new TimeLimit();
  const timer = setTimeout(() => limit.end(), within);
  const stages: string[] = [];
  try {
    const outcome = await probe({
      limit,
      stage: (doing) => stages.push(doing),
    });
    return { ...outcome, stages, aborted: limit.over };
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a probe that only `abort` ends, once `stage` is what it waits for. */
export async function lookUntil(probe: Probe, stage: string): Promise<Outcome> {
  const limit = new TimeLimit();
  return probe({
    limit,
    stage: (doing) => {
      if (doing === stage) setImmediate(() => limit.end());
    },
  });
}

/** A TCP server on 127.0.0.1 with what it does to whoever connects; gone with the test. */
export async function serving(t: Test, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return listening(server);
}

export function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(portOf(server)));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** What keeps the process alive of this kind, as `TCPSocketWrap` or `ProcessWrap`. */
export function openHandles(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}

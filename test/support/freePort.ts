/**
 * TCP ports that nobody listens on, and that nobody is given who asks the kernel for any: those are
 * from 32768 on, and another test may be asking at the same time.
 */

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** 550 processes with 40 each. */
const [LOWEST, PER_PROCESS, PROCESSES] = [10_000, 40, 550];

let asked = 0;

/** Of loopback; another one each time, until this process has had all of its. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listenOnFree(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Makes the server listen on such a port, which it may leave and come back to. */
export async function listenOnFree(server: Server, host = '127.0.0.1'): Promise<number> {
  const own = LOWEST + (process.pid % PROCESSES) * PER_PROCESS;
  for (let tried = 0; tried < PER_PROCESS; tried++) {
    const port = own + (asked++ % PER_PROCESS);
    server.listen(port, host);
    const isFree = await once(server, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        return false;
      },
    );
    if (isFree) return port;
  }
  throw new Error(`none of the ports from ${own} on is free`);
}

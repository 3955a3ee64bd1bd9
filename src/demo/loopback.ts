/** Sockets of the demo's own: all on loopback, at ports that the kernel chooses. */

import type { Server } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** Resolves with the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

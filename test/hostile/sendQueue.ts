/** What waits in the kernel for a neighbour that does not read. */

import { readFileSync } from 'node:fs';

/** Of a line: local address, remote one, state, send queue; all of them hex. */
const LINE = /^\s*\d+: [0-9A-F]+:([0-9A-F]+) ([0-9A-F]+):[0-9A-F]+ [0-9A-F]+ ([0-9A-F]+):/;

/** Octets from our `port` to an IPv4 address of this machine's namespace. */
export function sendQueue(port: number, address: string): number {
  // The kernel prints the four octets as a number of a machine that has the lowest first.
  const wanted = Buffer.from(address.split('.').map(Number).reverse())
    .toString('hex')
    .toUpperCase();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local = '', remote, queue = ''] = LINE.exec(line) ?? [];
    if (remote === wanted && Number.parseInt(local, 16) === port) return Number.parseInt(queue, 16);
  }
  return 0;
}

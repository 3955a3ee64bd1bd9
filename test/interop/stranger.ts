/** Somebody who is not in the file and speaks BGP all the same. */

import type { Namespace } from '../support/netns.ts';

export interface Outcome {
  /** Octets that came before the end. */
  readonly received: number;
  /** How the connection ended: `FIN`, or the socket's error. */
  readonly end: string;
}

/** A faultless OPEN: AS 64511, hold time 90, BGP Identifier 192.0.2.111, no optional parameters. */
const OPEN = `${'ff'.repeat(16)}001d01${'04'}${'fbff'}${'005a'}${'c000026f'}00`;

/** Runs in the namespace: plain CommonJS, for `node -e`. */
const PROGRAM = `
const socket = require('node:net').connect(179, process.argv[1]);
const outcome = { received: 0, end: 'FIN' };
socket.on('connect', () => socket.write(Buffer.from(process.argv[2], 'hex')));
socket.on('data', (chunk) => { outcome.received += chunk.length; });
socket.on('error', (error) => { outcome.end = error.code; });
socket.on('close', () => console.log(JSON.stringify(outcome)));
setTimeout(() => { outcome.end = 'still open'; socket.destroy(); }, process.argv[3]).unref();
`;

/** `patience`: how long it waits for an end, in ms. */
export async function connectAsStranger(
  from: Namespace,
  address: string,
  patience = 60_000,
): Promise<Outcome> {
  const argv = [process.execPath, '-e', PROGRAM, address, OPEN, `${patience}`];
  return JSON.parse(await from.exec(...argv));
}

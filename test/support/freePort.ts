/**
 * TCP ports of loopback that nobody listens on, and that nobody is given who asks the kernel for any: those
 * are from 32768 on, and another test may be asking at the same time.
 */

import { once } from 'node:events';
import { createServer } from 'node:net';

/** 550 processes with 40 each. */
const [LOWEST, PER_PROCESS, PROCESSES] = [10_000, 40, 550];

let asked = 0;

/** Another one each time, until this process has had all of its. */
export async function freePort(): Promise<number> {
  const own = LOWEST + (process.pid % PROCESSES) * PER_PROCESS;
  for (let tried = 0; tried < PER_PROCESS; tried++) {
    const port = own + (asked++ % PER_PROCESS);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of the ports from ${own} on is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

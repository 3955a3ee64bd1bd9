/**
 * The thread that BFD runs in: a main thread that is busy with a full table must not make a way look
 * dead. Started by `BfdThread`.
 */

import { createHash, randomInt } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../session/clock.ts';
import { Engine } from './engine.ts';
import type { ToThread } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('this module is a thread, started by the daemon');

const engine = new Engine({
  clock: systemClock,
  unguessable: () => randomInt(1, 2 ** 32),
  hash: (name, octets) => createHash(name).update(octets).digest(),
  tell: (message) => port.postMessage(message),
});

port.on('message', (message: ToThread) => {
  if (message.type === 'configure') {
    engine.configure(message.targets);
    return;
  }
  engine.stop();
  // Its end, once the last packets are gone, is the answer.
  port.close();
});

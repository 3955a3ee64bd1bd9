/** The thread that the installer runs in, started by `InstallThread`. */

import { parentPort } from 'node:worker_threads';
import { Installer } from './installer.ts';
import { type FromInstaller, FULL_PROTOCOL, type ToInstaller } from './installMessages.ts';
import { NetlinkKernel } from './netlinkKernel.ts';
import { openNetlink } from './netlinkSocket.ts';

/** How often the kernel's nexthop objects are looked at though nothing has happened, in ms. */
const LOOK_EVERY = 10_000;
/** How often it is told how things stand, in ms. */
const TELL_EVERY = 100;

const port = parentPort;
if (!port) throw new Error('this module is a thread, started by the daemon');

let installer: Installer | undefined;
let awake = false;
let told = 0;

const tell = (message: FromInstaller) => port.postMessage(message);
const looking = setInterval(() => {
  installer?.look();
  wake();
}, LOOK_EVERY);

function wake(): void {
  if (awake) return;
  awake = true;
  // Between two batches there is a look at what else has come: a lost upstream must not wait.
  setImmediate(turn);
}

function turn(): void {
  awake = false;
  if (!installer) return;
  const more = installer.work();
  const now = performance.now();
  if (!more || now - told >= TELL_EVERY) {
    told = now;
    tell({ type: 'counts', counts: installer.counts() });
  }
  if (more) wake();
}

function act(message: ToInstaller): void {
  if (message.type === 'open') {
    const kernel = new NetlinkKernel(openNetlink(), { ...message, protocol: FULL_PROTOCOL });
    installer = new Installer({ kernel, tell });
    installer.open();
  } else if (message.type === 'hops') installer?.lead(message.targets);
  else if (message.type === 'rows') {
    const { rows, count } = message;
    installer?.take(rows, count);
    port?.postMessage({ type: 'taken', rows } satisfies FromInstaller, [rows.buffer]);
  } else if (message.type === 'begin') installer?.begin();
  else if (message.type === 'settle') installer?.settle();
  else if (message.type === 'look') installer?.look();
  else {
    clearInterval(looking);
    installer?.stop(message.remove);
    installer = undefined;
    // Its end is the answer.
    port?.close();
    return;
  }
  wake();
}

port.on('message', act);

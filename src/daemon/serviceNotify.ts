/**
 * What systemd is told of a unit with `Type=notify`: that the start or a reload is over, that a stop
 * began, how things stand, and with `WatchdogSec` that the event loop turns. Without systemd nothing
 * is sent. The protocol is sd_notify(3).
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { plainLine } from '../net/plainText.ts';
import type { Clock } from '../session/clock.ts';
import { loadSendDatagram } from './unixDatagram.ts';

export interface ServiceNotify {
  ready(status: string): void;
  reloading(): void;
  stopping(): void;
  /** One line, for `systemctl status`. */
  status(text: string): void;
}

/** Sends the assignments in one message. */
type Notify = (assignments: readonly string[]) => void;

const SILENT: ServiceNotify = {
  ready() {},
  reloading() {},
  stopping() {},
  status() {},
};

/** `env` loses the variables: what this process starts has nothing to tell systemd. */
export function serviceNotify(
  env: NodeJS.ProcessEnv,
  clock: Pick<Clock, 'after'>,
  via: (socket: string) => Notify = notifier,
): ServiceNotify {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: limit, WATCHDOG_PID: pid } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!/^[/@]/.test(socket)) return SILENT;
  let chosen: Notify | undefined;
  // Not before the first message: the first OPEN need not wait for it.
  const notify: Notify = (assignments) => {
    chosen ??= via(socket);
    chosen(assignments);
  };
  const watched = pid === undefined || Number(pid) === process.pid;
  if (watched) keepAlive(Number(limit), notify, clock);
  return {
    ready: (status) => notify(['READY=1', statusOf(status)]),
    // systemd orders it against its own requests by this clock.
    reloading: () => notify(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]),
    stopping: () => notify(['STOPPING=1']),
    status: (text) => notify([statusOf(text)]),
  };
}

function statusOf(text: string): string {
  return `STATUS=${plainLine(text)}`;
}

/** Twice as often as asked for. `limit` is in microseconds; without a watchdog it is NaN. */
function keepAlive(limit: number, notify: Notify, clock: Pick<Clock, 'after'>): void {
  if (!(limit > 0)) return;
  const turn = () => {
    notify(['WATCHDOG=1']);
    clock.after(Math.max(1, limit / 2000), turn);
  };
  clock.after(Math.max(1, limit / 2000), turn);
}

/** Our own datagram where koffi is there, else systemd's own program, one message after the other. */
function notifier(socket: string): Notify {
  const send = loadSendDatagram();
  if (send) return (assignments) => void send(socket, assignments.join('\n'));
  let last: Promise<unknown> = Promise.resolve();
  return (assignments) => {
    last = last.then(() => bySystemdNotify(socket, assignments)).catch(() => {}); // nobody to tell
  };
}

async function bySystemdNotify(socket: string, assignments: readonly string[]): Promise<void> {
  const env = { ...process.env, NOTIFY_SOCKET: socket };
  const child = spawn('systemd-notify', assignments, { env, stdio: 'ignore' });
  await once(child, 'exit');
}

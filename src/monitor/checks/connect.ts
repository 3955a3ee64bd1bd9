/** A TCP connection for one probe, gone without a trace when the probe is over. */

import type { Socket } from 'node:net';
import { failed, faultText, type Outcome, type ProbeRun } from './probe.ts';
import { connecting } from './throughLink.ts';

export interface Target {
  /** An address. */
  readonly host: string;
  readonly port: number;
  /** The address of ours that it is reached from; undefined: what the kernel chooses. */
  readonly source: string | undefined;
  /** The interface that it is reached by; undefined: where the routes lead. */
  readonly device?: string | undefined;
}

/** `use` is given the socket once it is connected; whatever ends the connection before `use` is failure. */
export function connected(
  target: Target,
  { limit, stage }: ProbeRun,
  use: (socket: Socket, done: (outcome: Outcome) => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    stage('connecting');
    const socket = connecting(target);
    // The first word counts: what is destroyed may well complain.
    let outcome: Outcome | undefined;
    const done = (found: Outcome): void => {
      outcome ??= found;
      socket.destroy();
    };
    limit.listen(() => done(failed('no answer')));
    socket.on('error', (error) => done(failed(faultText(error))));
    socket.on('connect', () => use(socket, done));
    socket.on('close', () => {
      limit.listen(undefined);
      resolve(outcome ?? failed('the other side closed the connection'));
    });
  });
}

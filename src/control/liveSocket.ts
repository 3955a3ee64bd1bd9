/** Whether a daemon answers on a control socket, and which. */

import { connect } from 'node:net';
import { errorCode } from '../net/errorText.ts';

/**
 * `live`: somebody listens. `dead`: nobody does, whether or not the file is there. `unclear`: it
 * cannot be told, as without permission.
 */
export function probeSocket(path: string): Promise<'live' | 'dead' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('live');
    });
    // Connecting to a dead daemon's socket is refused at once.
    socket.once('error', (error) => {
      const code = errorCode(error);
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'dead' : 'unclear');
    });
  });
}

/** Who has the socket, and the mend, for a daemon that wanted it. */
export async function inUseText(path: string): Promise<string> {
  const mend = 'stop it first, or give this one another control.socket';
  // The daemon asks before its first OPEN, and almost never gets here.
  const { ControlClient } = await import('./client.ts');
  try {
    const { daemon } = await new ControlClient([path], { timeout: 1000 }).status();
    return `another multihomed runs here: pid ${daemon.pid}, configuration ${daemon.configFile}, control socket ${path}; ${mend}`;
  } catch {
    return `another program listens on the control socket ${path}; ${mend}`;
  }
}

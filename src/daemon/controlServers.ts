/** The daemon's control servers: the socket, and the read-only listener where the file has one. */

import { formatListen } from '../config/addressFields.ts';
import type { Config } from '../config/config.ts';
import { serveHttp } from '../control/httpListener.ts';
import type { ControlPort } from '../control/port.ts';
import { type ControlServer, serveControl } from '../control/server.ts';
import { controlSocketPath } from '../control/socketPath.ts';
import { errorText } from '../net/errorText.ts';
import type { Say } from './log.ts';

export class ControlServers {
  readonly #say: Say;
  readonly #open: ControlServer[] = [];

  constructor(say: Say) {
    this.#say = say;
  }

  /** Announcing goes on without what cannot be opened: the prefix matters more than its view. */
  async open(port: ControlPort, control: Config['control']): Promise<void> {
    const { mode, http } = control;
    await serveControl({ port, path: controlSocketPath(control), mode }).then(
      (server) => this.#open.push(server),
      this.#without('`show` and `reload` do not work'),
    );
    if (!http) return;
    await serveHttp(port, http).then((server) => {
      this.#open.push(server);
      const text = `looking glass and metrics at http://${formatListen(http)}/, read-only`;
      this.#say('info', 'http-listening', text);
    }, this.#without('there is no looking glass'));
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((server) => server.close()));
  }

  #without(what: string): (error: unknown) => void {
    return (error) => this.#say('error', 'control-failed', `${errorText(error)}; ${what}`);
  }
}

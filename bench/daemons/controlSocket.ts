/** HTTP over our control socket, from this process: no program has to start for an answer. */

import { Agent, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

export class ControlSocket {
  readonly #path: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(path: string) {
    this.#path = path;
  }

  async get(path: string): Promise<string> {
    return text(await this.#ask('GET', path));
  }

  async post(path: string): Promise<string> {
    return text(await this.#ask('POST', path));
  }

  async delete(path: string): Promise<string> {
    return text(await this.#ask('DELETE', path));
  }

  /** The lines of an answer that may be longer than memory. */
  async *lines(path: string): AsyncGenerator<string> {
    yield* createInterface(await this.#ask('GET', path));
  }

  /** Rejects when nobody listens, and for an answer that is not 2xx. */
  #ask(method: string, path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = { socketPath: this.#path, agent: this.#agent, method, path };
      request(options, async (response) => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(response);
        else reject(new Error(`${method} ${path}: ${statusCode} ${await text(response)}`));
      })
        .on('error', reject)
        .end();
    });
  }
}

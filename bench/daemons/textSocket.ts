/**
 * A daemon's own control socket, spoken to without its command line tool: starting that takes
 * longer than what is to be measured. One question at a time.
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class TextSocket {
  readonly #socket: Socket;
  readonly #isWhole: (text: string) => boolean;
  #text = '';
  #arrived: () => void = () => {};
  #before: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket, isWhole: (text: string) => boolean) {
    this.#socket = socket;
    this.#isWhole = isWhole;
    socket.setEncoding('latin1').on('data', (text) => {
      this.#text += text;
      if (isWhole(this.#text)) this.#arrived();
    });
    socket.on('error', () => {}); // whoever waits for an answer sees `close`
    socket.on('close', () => this.#arrived());
  }

  /** `isWhole` knows the end of an answer. Rejects when nobody listens. */
  static async open(path: string, isWhole: (text: string) => boolean): Promise<TextSocket> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new TextSocket(socket, isWhole);
  }

  /** What is said before any question. */
  greeting(): Promise<string> {
    return this.#next('');
  }

  ask(question: string): Promise<string> {
    const answer = this.#before.then(() => this.#next(question));
    this.#before = answer.catch(() => undefined);
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #next(question: string): Promise<string> {
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    if (question !== '') this.#socket.write(question, 'latin1');
    if (!this.#isWhole(this.#text)) await arrived;
    const text = this.#text;
    this.#text = '';
    if (!this.#isWhole(text)) throw new Error(`the control socket closed after "${question}"`);
    return text;
  }
}

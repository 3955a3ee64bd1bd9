/**
 * `multihomed decode [HEX]`: BGP messages, from hexadecimal text, through the framer and the
 * decoders that the sessions use. Lines are decoded one by one as they come; blank ones and those
 * that begin with # are passed over.
 */

import { createInterface } from 'node:readline';
import { HEADER_LENGTH } from '../wire/constants.ts';
import type { CodecContext } from '../wire/context.ts';
import { describeMessage, describeMisframed, type MessageDescription } from '../wire/describe.ts';
import { RemoteError } from '../wire/errors.ts';
import { Framer } from '../wire/framer.ts';
import { messageLength } from '../wire/header.ts';
import type { Command } from './command.ts';
import { decodeText } from './decodeText.ts';
import { parseHex } from './hexText.ts';
import type { Terminal } from './terminal.ts';

export type DecodeOptions = Omit<Extract<Command, { name: 'decode' }>, 'name'>;

/** Returns the exit code: 1 when a message deserves a session reset, or what came is not BGP. */
export async function runDecode(options: DecodeOptions, terminal: Terminal): Promise<number> {
  const decoder = new LineDecoder(options, terminal);
  if (options.hex !== undefined) {
    decoder.decode(options.hex, 'the argument');
    return decoder.exitCode;
  }
  if ('isTTY' in terminal.stdin && terminal.stdin.isTTY) {
    terminal.stderr('reading standard input: one or more messages in hexadecimal a line\n');
  }
  let number = 0;
  for await (const line of createInterface({ input: terminal.stdin, crlfDelay: Infinity })) {
    number++;
    if (!/^\s*(#|$)/.test(line)) decoder.decode(line, `line ${number}`);
  }
  return decoder.exitCode;
}

class LineDecoder {
  readonly #options: DecodeOptions;
  readonly #terminal: Terminal;
  readonly #context: CodecContext;
  #framer: Framer;
  #messages = 0;
  #problems = 0;

  constructor(options: DecodeOptions, terminal: Terminal) {
    this.#options = options;
    this.#terminal = terminal;
    this.#context = {
      fourOctetAs: !options.twoOctetAs,
      addPath: {
        ipv4: options.addPath.includes('ipv4'),
        ipv6: options.addPath.includes('ipv6'),
      },
      extendedMessages: options.extendedMessages,
      extendedNextHop: options.extendedNextHop,
      internal: options.internal,
    };
    this.#framer = this.#newFramer();
  }

  get exitCode(): 0 | 1 {
    return this.#problems === 0 ? 0 : 1;
  }

  /** `where`: for messages about it. */
  decode(text: string, where: string): void {
    const parsed = parseHex(text);
    if ('problem' in parsed) this.#complain(where, parsed.problem);
    else if (parsed.octets.length === 0) this.#complain(where, 'there is no octet in it');
    else this.#frame(parsed.octets, where);
  }

  #frame(octets: Uint8Array, where: string): void {
    const framer = this.#framer;
    let framed = 0;
    try {
      framer.push(octets, (type, start, end) => {
        framed += end - start;
        this.#print(describeMessage(framer.bytes, type, start, end, this.#context));
        return true;
      });
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      this.#print(describeMisframed(octets.subarray(framed), error));
      this.#framer = this.#newFramer();
      return;
    }
    if (framer.pending > 0) {
      const what = framed === 0 ? 'not a whole message' : 'no whole message at the end';
      this.#complain(where, `${what}: ${missing(octets.subarray(framed))}`);
      this.#framer = this.#newFramer();
    }
  }

  #print(description: MessageDescription): void {
    if (description.verdict.kind === 'session-reset') this.#problems++;
    const { width, paint, stdout } = this.#terminal;
    if (this.#options.json) {
      stdout(`${JSON.stringify(description)}\n`);
    } else {
      const lines = decodeText(description, { width, paint });
      stdout(`${this.#messages > 0 ? '\n' : ''}${lines.join('\n')}\n`);
    }
    this.#messages++;
  }

  #complain(where: string, problem: string): void {
    this.#problems++;
    this.#terminal.stderr(`multihomed: ${where}: ${problem}\n`);
  }

  #newFramer(): Framer {
    const framer = new Framer();
    if (this.#options.extendedMessages) framer.allowExtendedMessages();
    return framer;
  }
}

/** How much of the message that begins here is there. */
function missing(octets: Uint8Array): string {
  if (octets.length < HEADER_LENGTH) {
    return `${octets.length} of the ${HEADER_LENGTH} octets that a header has`;
  }
  return `${octets.length} of the ${messageLength(octets, 0)} octets that its header promises`;
}

/** Everything on the edge's links, recorded by tcpdump and judged by tshark. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import type { Namespace } from '../support/netns.ts';

const run = promisify(execFile);

/** What tshark finds wrong with BGP itself. TCP's own notes (a reset, a retransmission) are not. */
const FAULTY_BGP =
  '_ws.malformed || (bgp && (_ws.expert.group == "Malformed" || _ws.expert.severity == "Error"))';

const OPTIONS = [
  ...['-i', 'any'],
  // Packet by packet out of the kernel and into the file, so that nothing is missing at the end.
  ...['--immediate-mode', '-U'],
  // With --immediate-mode the kernel keeps a slot of -s octets for each packet in -B KiB: by
  // default there are eight, and a burst loses what follows.
  ...['-s', '65535', '-B', '65536'],
  // Stays root for the file.
  ...['-Z', 'root'],
] as const;

const BGP_PORT = 179;

/**
 * A datagram to the discard port of the namespace's own loopback. tcpdump writes packets in the
 * order in which they came, so all that went before is in the file once this one is. Its counters
 * do not tell: what came before its filter was there counts as received and is never captured.
 */
const END = { port: 9, text: 'end of capture' } as const;

const SEND_END = `
  const socket = require('dgram').createSocket('udp4');
  socket.send('${END.text}', ${END.port}, '127.0.0.1', () => socket.close());`;

export class Capture {
  readonly #namespace: Namespace;
  readonly #file: string;
  readonly #program: Program;
  /** How tshark is to read what it would not know by its port. */
  readonly #decode: readonly string[];

  private constructor(
    namespace: Namespace,
    file: string,
    program: Program,
    decode: readonly string[],
  ) {
    this.#namespace = namespace;
    this.#file = file;
    this.#program = program;
    this.#decode = decode;
  }

  static async start(namespace: Namespace, file: string): Promise<Capture> {
    return Capture.startOn(namespace, file, BGP_PORT);
  }

  /** Of another port: `decode` is what tshark's -d takes. */
  static async startOn(
    namespace: Namespace,
    file: string,
    port: number,
    decode?: string,
  ): Promise<Capture> {
    const filter = `tcp port ${port} or (udp port ${END.port} and host 127.0.0.1)`;
    const program = namespace.spawn('tcpdump', 'tcpdump', ...OPTIONS, '-w', file, filter);
    await program.ready(5000, async () => program.output.includes('listening on'));
    return new Capture(namespace, file, program, decode === undefined ? [] : ['-d', decode]);
  }

  /** Ends it once all that the kernel gave is in the file; throws when the kernel had no room. */
  async stop(): Promise<void> {
    await this.#namespace.exec(process.execPath, '-e', SEND_END);
    await until(
      'tcpdump to have written everything',
      10_000,
      async () => (await readFile(this.#file)).includes(END.text),
      async () => this.#program.output,
    );
    await this.#program.stop();
    const dropped = this.#program.output.match(/(\d+) packets? dropped by kernel/)?.[1];
    if (dropped !== '0') throw new Error(`the capture is not whole:\n${this.#program.output}`);
  }

  /** One line for each BGP packet that tshark thinks is wrong, of those that pass the filter. */
  async faults(filter = 'bgp'): Promise<readonly string[]> {
    return lines(
      await tshark('-r', this.#file, ...this.#decode, '-Y', `(${FAULTY_BGP}) && ${filter}`),
    );
  }

  /** For each packet that passes the filter, each field's values. */
  async fields(filter: string, ...names: readonly string[]): Promise<readonly string[][][]> {
    const wanted = names.flatMap((name) => ['-e', name]);
    const read = ['-r', this.#file, ...this.#decode, '-Y', filter];
    const text = await tshark(...read, '-T', 'fields', ...wanted);
    return lines(text).map((line) =>
      line.split('\t').map((values) => (values === '' ? [] : values.split(','))),
    );
  }
}

async function tshark(...argv: readonly string[]): Promise<string> {
  return (await run('tshark', argv, { maxBuffer: 1 << 26 })).stdout;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter(Boolean);
}

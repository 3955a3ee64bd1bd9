/** A name server over UDP and TCP on one port, which answers as a test tells it to. */

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { Test } from 'tap';
import { listening } from './probing.ts';

export interface Question {
  readonly message: Buffer;
  readonly from: RemoteInfo | undefined;
}

/** What is sent back over UDP, in order; nothing: silence. */
type Answer = (question: Question) => readonly Buffer[];

export class DnsServer {
  readonly port: number;
  /** Questions over UDP. */
  readonly asked: Question[] = [];
  /** How many came over TCP. */
  overTcp = 0;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;

  private constructor(port: number, udp: UdpSocket, tcp: Server) {
    this.port = port;
    this.#udp = udp;
    this.#tcp = tcp;
  }

  /** `tcp`: what is answered over TCP. Gone with the test. */
  static async start(t: Test, udpAnswer: Answer, tcpAnswer: Answer = () => []): Promise<DnsServer> {
    const tcp = createServer();
    const port = await listening(tcp);
    const udp = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(port, '127.0.0.1', resolve);
    });
    const server = new DnsServer(port, udp, tcp);
    server.#serve(udpAnswer, tcpAnswer);
    t.teardown(() => server.#close());
    return server;
  }

  #serve(udpAnswer: Answer, tcpAnswer: Answer): void {
    this.#udp.on('message', (message, from) => {
      const question = { message, from };
      this.asked.push(question);
      for (const answer of udpAnswer(question)) this.#udp.send(answer, from.port, from.address);
    });
    this.#tcp.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('data', (octets: Buffer) => {
        this.overTcp++;
        const question = { message: octets.subarray(2), from: undefined };
        for (const answer of tcpAnswer(question)) {
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length);
          socket.write(Buffer.concat([length, answer]));
        }
      });
    });
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
    this.#tcp.close();
  }
}

export interface Reply {
  readonly code?: number;
  /** RDATA of A records, as `192.0.2.1`. */
  readonly addresses?: readonly string[];
  readonly truncated?: boolean;
  /** Another id than the question's. */
  readonly forgedId?: boolean;
  /** The question that is repeated is another one. */
  readonly forgedName?: boolean;
}

/** RFC 1035 §4.1: a message that answers this one; its additional records (EDNS) are left out. */
export function replyTo({ message }: Question, reply: Reply = {}): Buffer {
  const { code = 0, addresses = [], truncated = false } = reply;
  let end = 12;
  while (message[end] !== 0) end += (message[end] ?? 0) + 1;
  const question = Buffer.from(message.subarray(12, end + 5));
  if (reply.forgedName) question[1] = 'z'.charCodeAt(0);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(message.readUInt16BE(0) ^ (reply.forgedId ? 1 : 0), 0);
  head.writeUInt16BE(0x8580 | (truncated ? 0x0200 : 0) | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, question, ...records]);
}

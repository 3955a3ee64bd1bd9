/**
 * The far end of the session in `linkLoss.ts`: accepts one BGP session at a time and prints one
 * JSON line for what it receives, with the time of the socket read on CLOCK_MONOTONIC, which all
 * processes of a machine share. It says what keeps a session up and nothing else.
 *
 * Usage: linkLossPeer.ts ADDRESS AS
 */

import { createServer, type Socket } from 'node:net';

/** `up`: the first route came. `down`: a withdrawal, a NOTIFICATION or the end of the connection. */
export interface Sighting {
  readonly type: 'listening' | 'up' | 'down';
  readonly how: 'announcement' | 'withdrawal' | 'notification' | 'close' | undefined;
  /** Nanoseconds. */
  readonly at: string;
}

const MARKER = Buffer.alloc(16, 0xff);
const HEADER = 19;
const Type = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;
const KEEPALIVE = message(Type.keepalive, Buffer.alloc(0));

function message(type: number, body: Buffer): Buffer {
  const rest = Buffer.alloc(3);
  rest.writeUInt16BE(HEADER + body.length);
  rest[2] = type;
  return Buffer.concat([MARKER, rest, body]);
}

/** RFC 4271 §4.2: version 4, AS, hold time 90, BGP Identifier, no optional parameters. */
function open(asn: number): Buffer {
  const body = Buffer.from([4, 0, 0, 0, 90, 192, 0, 2, 2, 0]);
  body.writeUInt16BE(asn, 1);
  return message(Type.open, body);
}

function sight(type: Sighting['type'], how: Sighting['how'], at = process.hrtime.bigint()): void {
  process.stdout.write(`${JSON.stringify({ type, how, at: String(at) } satisfies Sighting)}\n`);
}

/** Serves one connection. */
function serve(socket: Socket, asn: number): void {
  let pending: Buffer = Buffer.alloc(0);
  let announced = false;
  const lost = (how: Sighting['how'], at: bigint) => {
    if (announced) sight('down', how, at);
    announced = false;
  };
  socket.on('data', (chunk) => {
    const at = process.hrtime.bigint();
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER && pending.length >= pending.readUInt16BE(16)) {
      const length = pending.readUInt16BE(16);
      const [type, body] = [pending[18], pending.subarray(HEADER, length)];
      pending = pending.subarray(length);
      if (type === Type.open) socket.write(Buffer.concat([open(asn), KEEPALIVE]));
      if (type === Type.keepalive) socket.write(KEEPALIVE);
      if (type === Type.notification) lost('notification', at);
      if (type === Type.update && body.readUInt16BE(0) > 0) lost('withdrawal', at);
      else if (type === Type.update && body.length > 4) {
        announced = true;
        sight('up', 'announcement', at);
      }
    }
  });
  socket.on('error', () => {}); // `close` follows
  socket.on('close', () => lost('close', process.hrtime.bigint()));
}

const [, , address = '', asn = ''] = process.argv;
createServer({ noDelay: true }, (socket) => serve(socket, Number(asn))).listen(179, address, () =>
  sight('listening', undefined),
);

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { Connection, type ConnectionEvents } from '../../src/session/connection.ts';
import { ReadBudget } from '../../src/session/readBudget.ts';
import type { TcpOptions } from '../../src/session/tcpOptions.ts';
import { message } from '../support/octets.ts';

const LOOPBACK = parseAddress('127.0.0.1')!;
const OPTIONS: TcpOptions = {
  ...{ address: LOOPBACK, ttl: 1, minTtl: undefined, md5: undefined },
  ...{ userTimeout: 0, device: undefined },
};
/** What dealing with a read seems to take, one read after another, in ms. */
const TOOK = [0.01, 0.01, 0.01, 0.01, 0.01, 0.3, 1.2, 0.01, 70, 0.4, 0.1, 0.2];
const COUNT = 1500;

/** UPDATEs of 23 to 4096 octets, each with its number in the first four of the body. */
function numbered(): Uint8Array {
  const messages = Array.from({ length: COUNT }, (_, number) => {
    const body = Buffer.alloc(4 + ((number * 769) % 4074));
    body.writeUInt32BE(number);
    return message(2, body);
  });
  return Buffer.concat(messages);
}

/** A clock that goes on whenever a read is measured, and nowhere else. */
function slowBudget() {
  let [now, calls] = [0, 0];
  const monotonic = () => {
    if (calls++ % 2 === 1) now += TOOK[(calls >> 1) % TOOK.length] ?? 0;
    return now;
  };
  const budget = new ReadBudget({ monotonic, afterReads: setImmediate });
  return budget;
}

/** Resolves when the last message has come; rejects when one is missing or another. */
function inOrder(): { events: ConnectionEvents; all: Promise<void> } {
  let [tellAll, fail] = [() => {}, (_: Error) => {}];
  const all = new Promise<void>((resolve, reject) => {
    [tellAll, fail] = [resolve, reject];
  });
  let next = 0;
  const ignore = () => {};
  const events: ConnectionEvents = {
    ...{ connected: ignore, arrived: ignore, readDone: ignore, progressed: ignore },
    updates: (_, start) => start,
    message(bytes, _type, start, end) {
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start + 19);
      if (number !== next || end - start !== 23 + ((number * 769) % 4074)) {
        fail(new Error(`message ${number} of ${end - start} octets instead of ${next}`));
      }
      next++;
      if (next === COUNT) tellAll();
      return true;
    },
    protocolError: fail,
    broken: (error) => fail(error instanceof Error ? error : new Error(String(error))),
    failed: (cause) => fail(new Error(cause)),
  };
  return { events, all };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  return typeof at === 'object' && at ? at.port : 0;
}

t.test(
  'every message arrives, however much a read brings and however often it stops',
  async (t) => {
    const budget = slowBudget();
    const { events, all } = inOrder();
    const windows = new Set<number>();
    const server = createServer((socket) => socket.end(numbered()));
    const port = await listening(server);
    const connection = Connection.connect(
      { address: LOOPBACK, port, localAddress: undefined, options: OPTIONS },
      { ...events, readDone: () => void windows.add(budget.window) },
      budget,
    );
    await all;
    t.ok(windows.size > 3, 'reads of several sizes');
    await connection.close();
    server.close();
  },
);

t.test('two that pour at the same time, and were accepted, both come to their end', async (t) => {
  const budget = slowBudget();
  const accepted: Connection[] = [];
  const [first, second] = [inOrder(), inOrder()];
  const waiting = [first, second];
  const server = createServer({ pauseOnConnect: true }, (socket: Socket) => {
    const one = waiting.shift();
    if (one) accepted.push(Connection.accept(socket, OPTIONS, one.events, budget));
  });
  const port = await listening(server);
  const octets = numbered();
  const neighbours = [0, 1].map(() => connect({ host: '127.0.0.1', port }));
  for (const neighbour of neighbours) neighbour.write(octets);
  await Promise.all([first.all, second.all]);
  t.equal(accepted.length, 2);
  for (const neighbour of neighbours) neighbour.destroy();
  await Promise.all(accepted.map((connection) => connection.close()));
  server.close();
});

/** What clients may cost: as many connections as there are, and none that takes nothing for ever. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { serveHttp } from '../../src/control/httpListener.ts';
import type { AnnouncementStatus } from '../../src/control/port.ts';
import { closeServer, type Limits, lazyServer } from '../../src/control/server.ts';
import { parseAddress } from '../../src/net/text.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { freePort } from '../support/freePort.ts';

const STATUS = 'GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function listening(t: Test, limits: Limits, daemon = new FakeDaemon()): Promise<number> {
  const address = parseAddress('127.0.0.1');
  if (!address) throw new Error('no address');
  const port = await freePort();
  const server = await serveHttp(daemon, { address, port }, limits);
  t.teardown(() => server.close());
  return port;
}

async function connected(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** What comes first; undefined: it was closed instead. */
function answerTo(socket: Socket, request: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (octets: Buffer) => resolve(octets.toString('latin1')));
    socket.once('close', () => resolve(undefined));
    socket.write(request);
  });
}

t.test('a connection beyond the limit is closed without a word; room is had again', async (t) => {
  const port = await listening(t, { connections: 3, idle: 60_000 });
  const held = [await connected(t, port), await connected(t, port), await connected(t, port)];
  for (const socket of held) t.match(await answerTo(socket, STATUS), /^HTTP\/1\.1 200 /);
  const beyond = await connected(t, port);
  t.equal(await answerTo(beyond, STATUS), undefined);
  t.match(await answerTo(held[0] ?? beyond, STATUS), /^HTTP\/1\.1 200 /, 'the others go on');
  held[1]?.destroy();
  for (;;) {
    // The server may hear of it a moment later than we.
    const answer = await answerTo(await connected(t, port), STATUS);
    if (answer === undefined) continue;
    t.match(answer, /^HTTP\/1\.1 200 /);
    return;
  }
});

/** It has ever more to tell. */
class EndlessDaemon extends FakeDaemon {
  override *walkAnnouncements(): Generator<AnnouncementStatus> {
    const [some] = super.announcements();
    for (;;) if (some) yield some;
  }
}

t.test('who reads nothing of an answer is cut off', async (t) => {
  const server = lazyServer(new EndlessDaemon(), 'everybody', { connections: 10, idle: 1000 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => closeServer(server));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  // What it loads for its first answer must not count as silence.
  const first = await connected(t, bound.port);
  await answerTo(first, 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const accepted = once(server, 'connection');
  const silent = await connected(t, bound.port);
  silent.pause();
  silent.write(STATUS);
  const [socket]: Socket[] = await accepted;
  if (!socket) throw new Error('no connection');
  await once(socket, 'close');
  t.ok(socket.bytesWritten > 1_000_000, 'after as much as it would take');
});

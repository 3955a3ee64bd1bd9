import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { LOOPBACK, listenOnLoopback } from '../../src/demo/loopback.ts';
import { Relay } from '../../src/demo/relay.ts';

interface Ends {
  readonly relay: Relay;
  readonly server: Server;
  readonly near: Socket;
  readonly far: Socket;
}

async function connected(test: Test): Promise<Ends> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  const relay = await Relay.open(port);
  const near = connect(relay.port, LOOPBACK);
  const [far] = (await once(server, 'connection')) as [Socket];
  near.on('error', () => {});
  far.on('error', () => {});
  test.teardown(() => {
    near.destroy();
    far.destroy();
    relay.close();
    server.close();
  });
  return { relay, server, near, far };
}

async function read(socket: Socket): Promise<string> {
  const [octets] = (await once(socket, 'data')) as [Buffer];
  return octets.toString('latin1');
}

/** Everything that was ready to be read has been, several times over. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

t.test('a whole link passes octets both ways, and their end', async (t) => {
  const { near, far } = await connected(t);
  near.write('there');
  t.equal(await read(far), 'there');
  far.write('back');
  t.equal(await read(near), 'back');
  near.end();
  await once(far.resume(), 'end');
  t.pass('the far end saw the FIN');
});

t.test('a cut link passes nothing, closes nothing, and delivers once it is mended', async (t) => {
  const { relay, near, far } = await connected(t);
  near.write('before');
  t.equal(await read(far), 'before');
  relay.cut();
  const seen: string[] = [];
  far.on('data', (octets) => seen.push(octets.toString('latin1')));
  far.on('end', () => seen.push('end'));
  far.on('close', () => seen.push('close'));
  near.end('during');
  await settled();
  t.same(seen, []);
  relay.mend();
  await once(far, 'end');
  t.same(seen.slice(0, 2), ['during', 'end']);
});

t.test(
  'a connection made over a cut link reaches the far end only when it is mended',
  async (t) => {
    const { relay, server } = await connected(t);
    relay.cut();
    let reached = 0;
    server.on('connection', (socket) => {
      reached++;
      socket.destroy();
    });
    const late = connect(relay.port, LOOPBACK);
    late.on('error', () => {});
    await once(late, 'connect');
    await settled();
    t.equal(reached, 0);
    const arrived = once(server, 'connection');
    relay.mend();
    await arrived;
    t.equal(reached, 1);
    late.destroy();
  },
);

t.test('a reset at the far end resets the near end', async (t) => {
  const { near, far } = await connected(t);
  const failed = once(near, 'error');
  far.resetAndDestroy();
  const [error] = (await failed) as [NodeJS.ErrnoException];
  t.equal(error.code, 'ECONNRESET');
});

t.test('with nobody at the far end the near end is reset', async (t) => {
  const server = createServer();
  const port = await listenOnLoopback(server);
  const relay = await Relay.open(port);
  t.teardown(() => relay.close());
  server.close();
  const near = connect(relay.port, LOOPBACK);
  const [error] = (await once(near, 'error')) as [NodeJS.ErrnoException];
  t.equal(error.code, 'ECONNRESET');
});

t.test('a far end that moved is reached by new connections', async (t) => {
  const { relay, near, far } = await connected(t);
  const moved = createServer();
  relay.leadTo(await listenOnLoopback(moved));
  const late = connect(relay.port, LOOPBACK);
  t.teardown(() => {
    late.destroy();
    moved.close();
  });
  const [arrived] = (await once(moved, 'connection')) as [Socket];
  late.write('new');
  t.equal(await read(arrived), 'new');
  near.write('old');
  t.equal(await read(far), 'old');
  arrived.destroy();
});

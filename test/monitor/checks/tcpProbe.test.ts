import t from 'tap';
import { TimeLimit } from '../../../src/monitor/checks/probe.ts';
import { tcpProbe } from '../../../src/monitor/checks/tcpProbe.ts';
import { freePort } from '../../support/freePort.ts';
import { look, openHandles, serving } from '../../support/probing.ts';

const HOST = { host: '127.0.0.1', source: undefined };

t.test('a connection that is made passes, and nothing is sent over it', async (t) => {
  const heard: Promise<string>[] = [];
  const port = await serving(t, (socket) => {
    heard.push(
      new Promise((resolve) => {
        let text = '';
        socket.on('data', (part) => {
          text += part;
        });
        socket.on('end', () => resolve(text));
      }),
    );
  });
  t.match(await look(tcpProbe({ ...HOST, port })), {
    ...{ ok: true, detail: 'connected', stages: ['connecting'] },
  });
  t.same(await Promise.all(heard), ['']);
});

t.test('nobody there, and a source that is not ours, are failures with their cause', async (t) => {
  const port = await freePort();
  t.match(await look(tcpProbe({ ...HOST, port })), { ok: false, detail: 'connection refused' });
  t.match(await look(tcpProbe({ ...HOST, port, source: '192.0.2.77' })), {
    ok: false,
    detail: 'the source is not an address of this machine',
  });
});

t.test('the probe comes from where it is told to', async (t) => {
  let from: string | undefined;
  const port = await serving(t, (socket) => {
    from = socket.remoteAddress;
  });
  t.match(await look(tcpProbe({ ...HOST, port, source: '127.0.0.9' })), { ok: true });
  t.equal(from, '127.0.0.9');
});

t.test('an abort ends it, and no socket is left', async (t) => {
  const before = openHandles('TCPSocketWrap');
  const port = await freePort();
  const limit = new TimeLimit();
  const going = tcpProbe({ ...HOST, port })({ limit, stage: () => {} });
  limit.end();
  t.match(await going, { ok: false, detail: 'no answer' });
  t.equal(openHandles('TCPSocketWrap'), before);
});

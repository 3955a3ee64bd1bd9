import t from 'tap';
import { httpProbe } from '../../../src/monitor/checks/httpProbe.ts';
import { pingProbe } from '../../../src/monitor/checks/pingProbe.ts';
import { probeOf } from '../../../src/monitor/checks/probes.ts';
import { tcpProbe } from '../../../src/monitor/checks/tcpProbe.ts';
import { loadSockopt } from '../../../src/session/sockopt.ts';
import { look, serving } from '../../support/probing.ts';

const HOST = { host: '127.0.0.1', source: undefined };
const skip = loadSockopt() ? false : 'koffi is not installed';
const NOWHERE = 'no-such-link';

t.test('a probe by an interface leaves by that one', { skip }, async (t) => {
  const port = await serving(t, (socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  t.match(await look(tcpProbe({ ...HOST, port, device: 'lo' })), { ok: true });
  const target = { url: `http://127.0.0.1:${port}/`, status: 200, insecure: false };
  const http = {
    kind: 'http',
    ...target,
    body: undefined,
    host: undefined,
    ca: undefined,
  } as const;
  t.match(await look(httpProbe(http, undefined, 'lo')), { ok: true, detail: '200 OK' });
  t.match(await look(httpProbe(http, '127.0.0.9', 'lo')), { ok: true, detail: '200 OK' });
});

t.test('an interface that is not there says nothing of what is behind it', { skip }, async (t) => {
  await t.rejects(look(tcpProbe({ ...HOST, port: 9, device: NOWHERE })), /SO_BINDTODEVICE/);
  await t.rejects(look(pingProbe('127.0.0.1', undefined, 1000, NOWHERE)));
});

t.test(
  'nothing is probed where the routes lead instead, while the interface is not known',
  async (t) => {
    const check = {
      ...{ name: 'far@transit-a', interval: 1000, timeout: 1000, rise: 2, fall: 2 },
      ...{ window: undefined, source: undefined, via: 'transit-a' },
      probe: { kind: 'tcp', host: '127.0.0.1', port: 9 },
    } as const;
    const probe = probeOf(check, { links: () => new Map(), interfaceOf: () => undefined });
    await t.rejects(async () => look(probe), /the interface to transit-a is not known/);
  },
);

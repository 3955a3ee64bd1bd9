import type { Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ProbeConfig } from '../../../src/config/checkConfig.ts';
import { httpProbe } from '../../../src/monitor/checks/httpProbe.ts';
import { TimeLimit } from '../../../src/monitor/checks/probe.ts';
import { freePort } from '../../support/freePort.ts';
import { look, lookUntil, openHandles, serving } from '../../support/probing.ts';

type HttpTarget = Extract<ProbeConfig, { kind: 'http' }>;

function target(port: number, change: Partial<HttpTarget> = {}): HttpTarget {
  return {
    kind: 'http',
    url: `http://127.0.0.1:${port}/health?full=1`,
    ...{ status: 200, body: undefined, host: undefined, ca: undefined, insecure: false },
    ...change,
  };
}

/** Answers each request, once its head is there, with these octets. */
async function answering(t: Test, answer: string | ((socket: Socket, head: string) => void)) {
  return serving(t, (socket) => {
    let head = '';
    socket.setNoDelay(true);
    socket.on('data', (part) => {
      head += part;
      if (!head.includes('\r\n\r\n')) return;
      if (typeof answer === 'string') socket.end(answer);
      else answer(socket, head);
    });
  });
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello';

t.test('the status passes, and with a body wanted, what is in it', async (t) => {
  const port = await answering(t, OK);
  t.match(await look(httpProbe(target(port), undefined)), {
    ok: true,
    detail: '200 OK',
    stages: ['connecting', 'waiting for the answer'],
  });
  t.match(await look(httpProbe(target(port, { body: 'ell' }), undefined)), {
    ok: true,
    detail: '200 OK, with "ell"',
  });
  t.match(await look(httpProbe(target(port, { body: 'bye' }), undefined)), {
    ok: false,
    detail: '200 OK, without "bye"',
  });
  t.match(await look(httpProbe(target(port, { status: 204 }), undefined)), {
    ok: false,
    detail: '200 OK instead of 204',
  });
});

t.test('one plain GET is sent, for the name if there is one, from the source', async (t) => {
  const heads: string[] = [];
  const from: (string | undefined)[] = [];
  const port = await answering(t, (socket, head) => {
    heads.push(head);
    from.push(socket.remoteAddress);
    socket.end(OK);
  });
  t.match(await look(httpProbe(target(port), '127.0.0.9')), { ok: true });
  t.match(await look(httpProbe(target(port, { host: 'www.example.net' }), undefined)), {
    ok: true,
  });
  t.same(from, ['127.0.0.9', '127.0.0.1']);
  t.match(heads[0], /^GET \/health\?full=1 HTTP\/1\.1\r\n/);
  t.match(heads[0], new RegExp(`host: 127\\.0\\.0\\.1:${port}\r\n`, 'i'));
  t.match(heads[0], /connection: close\r\n/i);
  t.match(heads[1], new RegExp(`host: www\\.example\\.net:${port}\r\n`, 'i'));
});

t.test(
  'a redirection is an answer like any other: not followed, and told without its path',
  async (t) => {
    let asked = 0;
    const port = await answering(t, (socket) => {
      asked++;
      socket.end(
        `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${port}/x?key=tulip\u0085\r\n\r\n`,
      );
    });
    t.match(await look(httpProbe(target(port), undefined)), {
      ok: false,
      detail: `302 Found (to http://127.0.0.1:${port}/…) instead of 200`,
    });
    t.match(await look(httpProbe(target(port, { status: 302 }), undefined)), { ok: true });
    t.equal(asked, 2);
  },
);

t.test('a time that is over before the connection begins ends it all the same', async (t) => {
  let asked = 0;
  const port = await serving(t, () => asked++);
  const ca = join(t.testdir({ 'ca.pem': '' }), 'ca.pem');
  const limit = new TimeLimit();
  const probe = httpProbe(target(port, { ca }), undefined);
  const going = probe({ limit, stage: () => {} });
  limit.end();
  t.match(await going, { ok: false, detail: 'no answer' });
  t.equal(asked, 0);
});

t.test('refused, reset, closed and garbage each have their words', async (t) => {
  const told = async (port: number) => (await look(httpProbe(target(port), undefined))).detail;
  t.equal(await told(await freePort()), 'connection refused');
  t.equal(await told(await serving(t, (socket) => socket.resetAndDestroy())), 'connection reset');
  t.equal(await told(await answering(t, '')), 'connection reset');
  t.match(await told(await answering(t, 'SSH-2.0-OpenSSH_9.2\r\n')), /^no HTTP comes back: /);
  t.match(
    await told(await answering(t, `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`)),
    /^no HTTP comes back: .*overflow/i,
  );
  t.match(await look(httpProbe(target(1), '192.0.2.77')), {
    detail: 'the source is not an address of this machine',
  });
});

t.test('a body that never ends is read to 64 KiB, one that breaks off is a failure', async (t) => {
  let written = 0;
  const endless = await answering(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = (): void => {
      written += 65_536;
      if (!socket.destroyed) socket.write('x'.repeat(65_536), more);
    };
    more();
  });
  t.match(await look(httpProbe(target(endless, { body: 'bye' }), undefined)), {
    ok: false,
    detail: '200 OK, without "bye" in the first 64 KiB',
  });
  t.match(await look(httpProbe(target(endless), undefined)), { ok: true }, 'none is read unasked');
  t.ok(written < 64 * 1024 * 1024);
  const short = await answering(t, 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello');
  t.match(await look(httpProbe(target(short, { body: 'bye' }), undefined)), {
    ok: false,
    detail: '200 OK, but the body breaks off',
  });
});

t.test('what is wanted may come in pieces, of which there may be very many', async (t) => {
  const pieces = (text: string) => [...text].map((c) => `1\r\n${c}\r\n`).join('');
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  const port = await answering(t, `${head}${pieces(`${'ab'.repeat(20_000)}needle`)}0\r\n\r\n`);
  t.match(await look(httpProbe(target(port, { body: 'abneedle' }), undefined)), { ok: true });
  const far = await answering(t, `${head}${pieces('ab'.repeat(33_000))}6\r\nneedle\r\n0\r\n\r\n`);
  t.match(await look(httpProbe(target(far, { body: 'needle' }), undefined)), { ok: false });
});

t.test(
  'one that sends its head or body octet by octet is left when the time is over',
  async (t) => {
    const before = openHandles('TCPSocketWrap');
    const head = await answering(t, (socket) => socket.write('HTTP/1.1 2'));
    t.match(await lookUntil(httpProbe(target(head), undefined), 'waiting for the answer'), {
      ok: false,
      detail: 'no answer',
    });
    const body = await answering(t, (socket) => socket.write(OK.slice(0, -1)));
    const wanted = httpProbe(target(body, { body: 'hello' }), undefined);
    t.match(await lookUntil(wanted, 'reading the body'), { ok: false });
    t.ok(openHandles('TCPSocketWrap') <= before + 2, "the servers' own ends at most");
  },
);

import { once } from 'node:events';
import { type OutgoingHttpHeaders, request } from 'node:http';
import t from 'tap';
import { serveHttp } from '../../src/control/httpListener.ts';
import { ROUTES } from '../../src/control/routes.ts';
import { parseAddress } from '../../src/net/text.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { freePort } from '../support/freePort.ts';

const address = parseAddress('127.0.0.1');
if (!address) throw new Error('no address');
const daemon = new FakeDaemon();
const port = await freePort();
const server = await serveHttp(daemon, { address, port });
t.teardown(() => server.close());

async function ask(method: string, path: string, headers: OutgoingHttpHeaders = {}) {
  const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  response.setEncoding('utf8');
  if (path.startsWith('/v1/events/stream') && response.statusCode === 200 && method === 'GET') {
    response.destroy();
    return { status: 200, headers: response.headers, text: '' };
  }
  const text: string = (await response.toArray()).join('');
  return { status: response.statusCode, headers: response.headers, text };
}

t.test('what changes something is not there, by any method', async (t) => {
  let reloads = 0;
  daemon.reload = async () => {
    reloads++;
    return { ok: true, changes: [], warnings: [], confirmation: null };
  };
  const open = ROUTES.filter((route) => route.for === 'everybody').map(({ path }) => path);
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status } = await ask(method, path);
      const reads = method === 'GET' || method === 'HEAD';
      // 400: what it needs to know was not said.
      const expected = !open.includes(path) ? [404] : reads ? [200, 400] : [405];
      t.ok(expected.includes(status), `${method} ${path}: ${status}`);
    }
  }
  for (const path of [
    '//v1/reload',
    '/v1/reload/',
    '/v1/../v1/reload',
    '/V1/RELOAD',
    '/v1%2Freload',
  ]) {
    t.equal((await ask('POST', path)).status, 404, path);
  }
  t.equal(reloads, 0);
});

t.test(
  'a name that a stranger may have made to lead here is refused (DNS rebinding)',
  async (t) => {
    for (const host of ['127.0.0.1', `127.0.0.1:${port}`, 'localhost:1', '[::1]:80', 'LOCALHOST']) {
      t.equal((await ask('GET', '/v1/status', { host })).status, 200, host);
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
      const { status, text } = await ask('GET', '/v1/status', { host });
      t.equal(status, 421, host);
      t.match(JSON.parse(text), { error: { code: 'wrong-host' } });
    }
  },
);

t.test('every answer forbids the browser what the page does not need', async (t) => {
  for (const path of ['/', '/v1/status', '/nothing', '/v1/reload']) {
    const { headers } = await ask('GET', path);
    t.match(headers, {
      'content-security-policy': /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    t.notOk('access-control-allow-origin' in headers);
  }
});

t.test('the page and all that it imports are there, each as what it is', async (t) => {
  const seen = new Map<string, string>();
  const waiting = ['/'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    const { status, headers, text } = await ask('GET', path);
    t.equal(status, 200, path);
    seen.set(path, String(headers['content-type']));
    const named = text.matchAll(/(?:href|src)="(\/[\w.]+)"|from '\.(\/[\w.]+)'/g);
    for (const [, link, module] of named) waiting.push(link ?? module ?? '/');
  }
  t.equal(seen.get('/'), 'text/html; charset=utf-8');
  t.equal(seen.get('/page.js'), 'text/javascript; charset=utf-8');
  t.equal(seen.get('/page.css'), 'text/css; charset=utf-8');
  t.equal(seen.get('/icon.svg'), 'image/svg+xml');
  t.ok(seen.size > 10);
  for (const path of ['/tsconfig.json', '/../package.json', '/%2e%2e/package.json', '/page']) {
    t.equal((await ask('GET', path)).status, 404, path);
  }
});

t.test('an address that cannot be had has its line', async (t) => {
  await t.rejects(serveHttp(daemon, { address, port }), {
    name: 'ControlError',
    message: /^cannot listen on control\.http 127\.0\.0\.1:\d+: another program does/,
  });
});

/** Every call of the table, by every method, with whatever may come: an answer, never a fault of ours. */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { controlApp } from '../../src/control/app.ts';
import { ROUTES } from '../../src/control/routes.ts';
import { serveControl } from '../../src/control/server.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { twoTransits } from '../support/learnedRoutes.ts';

const directory = t.testdir();
const daemon = new FakeDaemon();
daemon.routes = twoTransits([{ announce: ['1.0.0.0/16'], path: [64496] }], []).learned;
let reloads = 0;
daemon.reload = async () => {
  reloads++;
  return { ok: true, changes: [], warnings: [], confirmation: null };
};

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, object>>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const names = [...new Set(ROUTES.flatMap(({ parameters }) => parameters.map(({ name }) => name)))];
const value = fc.oneof(
  fc.constantFrom('1.0.0.0/16', '1.0.0.1', '::/0', '0', '-1', '1e9', 'ipv4', 'best', 'transit-a'),
  fc.constantFrom('abc-1', '999999999999999999', '../..', '\0', '%', '<script>', 'null', ''),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value), {
  maxLength: 4,
});
const path = fc.oneof(
  fc.constantFrom(...ROUTES.map((route) => route.path), '/openapi.json', '/', '/v1', '/v1/'),
  fc.webPath(),
);

t.test('property: any request gets an answer that the document tells of', async (t) => {
  const full = controlApp(daemon);
  const readOnly = controlApp(daemon, 'everybody');
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...METHODS),
      path,
      query,
      fc.option(fc.string({ unit: 'binary', maxLength: 100 }), { nil: undefined }),
      async (method, where, pairs, body) => {
        const search = new URLSearchParams([...pairs]).toString();
        const target = `http://localhost${where}${search === '' ? '' : `?${search}`}`;
        const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
        const init = { method, headers: { host: 'localhost' }, ...(hasBody && { body }) };
        const before = reloads;
        const strangers = await readOnly.request(target, init);
        t.equal(reloads, before, 'nothing was changed by TCP');
        for (const response of [strangers, await full.request(target, init)]) {
          seen.add(response.status);
          if (![200, 400, 404, 405, 409, 413, 422].includes(response.status)) {
            t.fail(`${method} ${target}: ${response.status}`);
          }
          await response.body?.cancel();
        }
      },
    ),
    { seed: 2026, numRuns: 400 },
  );
  for (const status of [200, 400, 404, 405]) t.ok(seen.has(status), `${status} was among them`);
});

t.test('each parameter refuses what is not of its kind, with its name', async (t) => {
  const app = controlApp(daemon);
  for (const { path: where, parameters, method } of ROUTES) {
    if (method !== 'GET') continue;
    const unknown = await app.request(`http://localhost${where}?nothing=1`);
    t.equal(unknown.status, 400, `${where}?nothing=1`);
    for (const { name } of parameters) {
      if (name === 'neighbour') continue;
      const response = await app.request(`http://localhost${where}?${name}=%F0%9F%98%80`);
      t.ok([400, 404, 409].includes(response.status), `${where}?${name}`);
      t.match(await response.json(), { error: { code: /\S/, message: /\S/ } });
    }
  }
});

t.test('the OpenAPI document has every call, with its parameters and refusals', async (t) => {
  for (const audience of ['operators', 'everybody'] as const) {
    const response = await controlApp(daemon, audience).request('http://localhost/openapi.json', {
      headers: { host: 'localhost' },
    });
    const document: Document = JSON.parse(await response.text());
    t.match(document, { openapi: '3.1.0', info: { title: 'multihomed' } });
    const meant = ROUTES.filter((route) => audience === 'operators' || route.for === audience);
    t.strictSame(new Set(Object.keys(document.paths)), new Set(meant.map((route) => route.path)));
    const ids = new Set<string>();
    for (const { method, path: where, parameters } of meant) {
      const operation = document.paths[where]?.[method.toLowerCase()];
      if (!operation) throw new Error(`${method} ${where} is not told of`);
      ids.add(operation.operationId);
      const inQuery = operation.parameters.filter((each) => each.in === 'query');
      t.strictSame(
        inQuery.map((each) => each.name),
        parameters.map(({ name }) => name),
      );
      t.hasProps(operation.responses, ['200', '400', '405', '500']);
    }
    t.equal(ids.size, meant.length, 'every call has a name of its own');
  }
});

t.test('huge bodies, broken requests and clients that dawdle do not hold others up', async (t) => {
  const socket = join(directory, 'c.sock');
  const server = await serveControl({ port: daemon, path: socket, mode: 0o600 });
  t.teardown(() => server.close());
  const dawdlers = [
    'GET /v1/st',
    'POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx',
  ];
  const open = dawdlers.map((text) => {
    const connection = connect(socket);
    connection.on('error', () => {});
    connection.write(text);
    return connection;
  });
  const garbage = connect(socket);
  garbage.end('\x00\xff\r\n\r\n');
  const [answer] = await once(garbage, 'data');
  t.match(String(answer), /^HTTP\/1\.1 400 /);

  const asked = request({ socketPath: socket, path: '/v1/reload', method: 'POST', agent: false });
  asked.on('error', () => {}); // the daemon stops reading
  const piece = 'x'.repeat(64 * 1024);
  for (let i = 0; i < 40; i++) asked.write(piece);
  asked.end();
  const [big]: IncomingMessage[] = await once(asked, 'response');
  t.equal(big?.statusCode, 413);
  big?.resume();

  const plain = request({ socketPath: socket, path: '/v1/status', agent: false });
  plain.end();
  const [status]: IncomingMessage[] = await once(plain, 'response');
  t.equal(status?.statusCode, 200);
  status?.resume();
  for (const connection of open) connection.destroy();
});

/** Every call as the OpenAPI document describes it: what it says is what happens, over real sockets. */

import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import t from 'tap';
import { serveHttp } from '../../src/control/httpListener.ts';
import { serveControl } from '../../src/control/server.ts';
import { parseAddress } from '../../src/net/text.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { freePort } from '../support/freePort.ts';
import { twoTransits } from '../support/learnedRoutes.ts';

interface Schema {
  readonly type: 'string' | 'integer';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly parameters: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: Schema;
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, object>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Error: object } };
}

const daemon = new FakeDaemon();
daemon.routes = twoTransits([{ announce: ['1.0.0.0/16'], path: [64496] }], []).learned;
let changes = 0;
const { announcer } = daemon;
const operate = announcer.operate.bind(announcer);
announcer.operate = (change) => {
  changes++;
  return operate(change);
};
daemon.reload = async () => {
  changes++;
  return { ok: true, changes: [], warnings: [], confirmation: null };
};
daemon.confirm = () => {
  changes++;
  return true;
};

const address = parseAddress('127.0.0.1');
if (!address) throw new Error('no address');
const port = await freePort();
const socketPath = join(t.testdir(), 's.sock');
const servers = [
  await serveControl({ port: daemon, path: socketPath, mode: 0o600 }),
  await serveHttp(daemon, { address, port }),
];
t.teardown(() => Promise.all(servers.map((server) => server.close())));

type Where = { readonly socketPath: string } | { readonly host: string; readonly port: number };
const UNIX: Where = { socketPath };
const TCP: Where = { host: '127.0.0.1', port };

/** The head of the answer, and its body unless that may have no end. */
async function ask(where: Where, options: RequestOptions, body?: string) {
  const asked = request({ ...where, ...options, agent: false });
  asked.on('error', () => {}); // a body that is not wanted any more
  asked.end(body);
  const [response] = await once(asked, 'response');
  const type = String(response.headers['content-type']).split(';')[0] ?? '';
  if (type === 'text/event-stream') {
    response.destroy();
    return { status: Number(response.statusCode), type, text: '' };
  }
  response.setEncoding('utf8');
  const text: string = (await response.toArray()).join('');
  return { status: Number(response.statusCode), type, text };
}

const document: Document = JSON.parse((await ask(UNIX, { path: '/openapi.json' })).text);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const isError = new Ajv({ strict: false }).compile(document.components.schemas.Error);

/** What the schema lets through. */
function within({ type, enum: values, minimum = 0, maximum = 1e9 }: Schema): fc.Arbitrary<string> {
  if (type === 'integer')
    return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) }).map(String);
  if (values) return fc.constantFrom(...values);
  const texts = ['203.0.113.0/24', '203.0.113.1', '2001:db8:113::/48', 'transit-a', 'site', '::/0'];
  return fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 20 }));
}

/** What it does not, where it can be told. */
function beyond({
  type,
  enum: values,
  minimum = 0,
  maximum,
}: Schema): fc.Arbitrary<string> | undefined {
  if (type === 'integer') {
    const wrong = ['', 'x', '1.5', '-1', '1e3', '0x10', `${maximum ?? 1e15}0`, `${minimum - 1}`];
    return fc.constantFrom(...wrong);
  }
  if (values) return fc.string().filter((text) => !values.includes(text));
  return undefined;
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  readonly query: readonly (readonly [string, string])[];
  /** Something in the query is not as the document says. */
  readonly isWrong: boolean;
}

const calls: fc.Arbitrary<Call> = fc.constantFrom(...operations).chain((each) => {
  const parameters = each.operation.parameters.filter(({ in: place }) => place === 'query');
  const values = parameters.map(({ name, schema }) => {
    const right = within(schema).map((value) => ({ name, value, wrong: false }));
    const wrong = beyond(schema)?.map((value) => ({ name, value, wrong: true }));
    return fc.option(wrong ? fc.oneof({ weight: 4, arbitrary: right }, wrong) : right, {
      nil: undefined,
    });
  });
  return fc.tuple(...values).map((chosen) => {
    const said = chosen.filter((one) => one !== undefined);
    const query = said.map(({ name, value }) => [name, value] as const);
    return { ...each, query, isWrong: said.some(({ wrong }) => wrong) };
  });
});

function targetOf({ path, query }: Call): string {
  const search = new URLSearchParams(
    query.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  return search === '' ? path : `${path}?${search}`;
}

t.test(
  'property: each call answers what its document says, and refuses what it says not',
  async (t) => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(calls, async (call) => {
        const method = call.method.toUpperCase();
        const target = targetOf(call);
        const { status, type, text } = await ask(UNIX, { method, path: target });
        const told = call.operation.responses[String(status)];
        if (!told) throw new Error(`${method} ${target}: ${status} is not in the document`);
        if (call.isWrong && status !== 400) throw new Error(`${method} ${target}: ${status}`);
        if (!Object.keys(told.content).includes(type)) throw new Error(`${target}: ${type}`);
        if (status >= 400 && !isError(JSON.parse(text))) throw new Error(`${target}: ${text}`);
        seen.add(`${call.method} ${call.path} ${status >= 400 ? 'refused' : 'done'}`);
      }),
      { seed: 31, numRuns: 250 },
    );
    for (const { path, method } of operations) {
      t.ok(
        [...seen].some((one) => one.startsWith(`${method} ${path} `)),
        `${method} ${path}`,
      );
    }
  },
);

t.test('property: no call that changes something is there by TCP, whatever is sent', async (t) => {
  const mutating = operations.filter(({ method }) => method !== 'get');
  t.ok(mutating.length >= 7, `${mutating.length} of them`);
  const bodies = fc.constantFrom(undefined, '', '{}', 'asn: 64500\n', 'x'.repeat(2000));
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { 'x-http-method-override': 'POST' },
    { 'content-type': 'application/json' },
    { origin: 'http://localhost' },
  );
  const before = changes;
  await fc.assert(
    fc.asyncProperty(
      calls.filter(({ method }) => method !== 'get'),
      bodies,
      headers,
      async (call, body, more) => {
        const method = call.method.toUpperCase();
        const length = body === undefined ? {} : { 'content-length': body.length };
        const options = { method, path: targetOf(call), headers: { ...more, ...length } };
        const { status } = await ask(TCP, options, body);
        // 405: a GET of the same path is there.
        if (status !== 404 && status !== 405) throw new Error(`${method} ${call.path}: ${status}`);
      },
    ),
    { seed: 32, numRuns: 100 },
  );
  t.equal(changes, before, 'nothing was changed');
  const read: Document = JSON.parse((await ask(TCP, { path: '/openapi.json' })).text);
  const methods = new Set(Object.values(read.paths).flatMap((each) => Object.keys(each)));
  t.strictSame([...methods], ['get'], 'its own document has no other');
});

t.test('a body that is larger than any call takes is refused by every one of them', async (t) => {
  const body = 'x'.repeat(17 * 1024 * 1024);
  for (const { path, method } of operations.filter((each) => each.method !== 'get')) {
    const options = {
      method: method.toUpperCase(),
      path,
      headers: { 'content-length': body.length },
    };
    const { status, text } = await ask(UNIX, options, body);
    t.equal(status, 413, `${method} ${path}`);
    t.ok(isError(JSON.parse(text)));
  }
});

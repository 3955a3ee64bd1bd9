/** 50,000 routes to readers that are slow, go away, or do not want the body. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ControlClient, parseRoute } from '../../src/control/client.ts';
import { routeLines } from '../../src/control/routeStream.ts';
import type { RouteView } from '../../src/control/routeView.ts';
import type { RouteSource } from '../../src/control/routeWalk.ts';
import { serveControl } from '../../src/control/server.ts';
import { Turns } from '../../src/control/turns.ts';
import type { Rib } from '../../src/rib/rib.ts';
import { bringUp, feed, makeRib } from '../rib/fixture.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { learnedRoutes } from '../support/learnedRoutes.ts';

const ROUTES = 50_000;
const directory = t.testdir();
let count = 0;

function manyRoutes(): Rib {
  const rib = makeRib();
  const peer = bringUp(rib, 0);
  for (let from = 0; from < ROUTES; from += 500) {
    const announce = Array.from({ length: 500 }, (_, i) => prefixAt(from + i));
    feed(rib, peer, { announce, path: [64496, 64511, from + 1] });
  }
  return rib;
}

function prefixAt(index: number): string {
  return `${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`;
}

const rib = manyRoutes();

/** A control server over the table, and how far walks over it have come. */
async function served(t: Test) {
  const daemon = new FakeDaemon();
  const walked = { steps: 0, ended: 0 };
  const { reader, ...learned } = learnedRoutes(rib, ['transit-a']);
  daemon.routes = { ...learned, reader: countingReader(reader, walked) };
  const path = join(directory, `${++count}.sock`);
  const server = await serveControl({ port: daemon, path, mode: 0o600 });
  t.teardown(() => server.close());
  return { path, walked };
}

function countingReader(
  reader: RouteSource,
  walked: { steps: number; ended: number },
): RouteSource {
  return {
    route: (prefix) => reader.route(prefix),
    covering: (prefix) => reader.covering(prefix),
    coveredBy: (prefix) => reader.coveredBy(prefix),
    *all(family) {
      try {
        for (const route of reader.all(family)) {
          walked.steps++;
          yield route;
        }
      } finally {
        walked.ended++;
      }
    },
  };
}

function ask(socketPath: string, path = '/v1/routes', method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, method, agent: false }, resolve).on('error', reject).end();
  });
}

/** Lets everything happen that happens by itself: many turns, until the walk stands still. */
async function settle(walked: { steps: number }): Promise<number> {
  for (let still = 0, last = -1; still < 50; await turn()) {
    still = walked.steps === last ? still + 1 : 0;
    last = walked.steps;
  }
  return walked.steps;
}

t.test('a reader that pauses stops the walk, and has all of it in the end', async (t) => {
  const { path, walked } = await served(t);
  const response = await ask(path);
  t.match(response.headers, { 'content-type': 'application/x-ndjson' });
  const before = await settle(walked);
  t.ok(before > 0 && before < ROUTES / 10, `${before} routes on their way to nobody`);
  const prefixes: string[] = [];
  let rest = '';
  for await (const part of response.setEncoding('utf8')) {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) prefixes.push(JSON.parse(line).prefix);
  }
  t.equal(rest, '');
  t.equal(prefixes.length, ROUTES);
  t.ok(prefixes.every((prefix, i) => prefix === prefixAt(i)));
});

t.test('the loop turns between slices: what else there is to do is done meanwhile', async (t) => {
  const { path } = await served(t);
  let turns = 0;
  let reading = true;
  const counting = (async () => {
    for (; reading; turns++) await turn();
  })();
  const response = await ask(path);
  let size = 0;
  for await (const part of response) size += part.length;
  reading = false;
  await counting;
  // A slice ends at 64 KiB at the latest, and every slice has a turn of its own.
  t.ok(turns >= size / 0x10000, `${turns} turns for ${size} octets`);
});

t.test('a reader that goes away ends the walk', async (t) => {
  const { path, walked } = await served(t);
  const response = await ask(path);
  await once(response, 'readable');
  t.equal(walked.ended, 0);
  response.destroy();
  while (walked.ended === 0) await turn();
  const steps = await settle(walked);
  t.ok(steps < ROUTES);
});

t.test('HEAD asks for nothing of the table', async (t) => {
  const { path, walked } = await served(t);
  const response = await ask(path, '/v1/routes', 'HEAD');
  t.strictSame([response.statusCode, (await response.toArray()).length], [200, 0]);
  t.equal(walked.steps, 0);
});

t.test('a limit ends the walk, not only the answer', async (t) => {
  const { path, walked } = await served(t);
  const response = await ask(path, '/v1/routes?limit=3');
  const text: string = (await response.setEncoding('utf8').toArray()).join('');
  t.equal(text.trimEnd().split('\n').length, 3);
  t.strictSame(walked, { steps: 3, ended: 1 });
});

t.test('bad queries are told what is wrong with them', async (t) => {
  const { path } = await served(t);
  for (const [search, status, error] of [
    ['prefix=x', 400, { code: 'bad-query', message: '"x" is not a prefix' }],
    [
      'neighbour=transit-aa',
      404,
      {
        code: 'no-such-neighbour',
        message: 'no neighbour is called transit-aa; did you mean transit-a?',
      },
    ],
    ['neighbour=zzz', 404, { message: /there are transit-a, transit-b$/ }],
  ] as const) {
    const response = await ask(path, `/v1/routes?${search}`);
    t.equal(response.statusCode, status);
    t.match(JSON.parse((await response.setEncoding('utf8').toArray()).join('')), { error });
  }
  const wrong = await ask(path, '/v1/routes', 'POST');
  t.strictSame([wrong.statusCode, wrong.headers.allow], [405, 'GET, HEAD']);
});

t.test('before anything can have been learned there are no routes', async (t) => {
  const path = join(directory, `${++count}.sock`);
  const server = await serveControl({ port: new FakeDaemon(), path, mode: 0o600 });
  t.teardown(() => server.close());
  const response = await ask(path);
  t.strictSame([response.statusCode, await response.toArray()], [200, []]);
});

t.test('the client hands lines on as they are wanted, and gives up early', async (t) => {
  const { path, walked } = await served(t);
  const client = new ControlClient([path]);
  let first: RouteView | undefined;
  for await (const lines of client.routes({})) {
    await settle(walked);
    first = parseRoute(lines[0] ?? '');
    break;
  }
  t.match(first, { prefix: prefixAt(0), paths: [{ neighbour: 'transit-a', state: 'best' }] });
  while (walked.ended === 0) await turn();
  t.ok(walked.steps < ROUTES);
  let total = 0;
  for await (const lines of client.routes({ neighbour: 'transit-a' })) total += lines.length;
  t.equal(total, ROUTES);
  await t.rejects(client.routes({ prefix: 'x' }).next(), {
    name: 'ControlError',
    message: '"x" is not a prefix',
  });
});

t.test('an answer that breaks off is not taken for a whole one', async (t) => {
  const path = join(directory, `${++count}.sock`);
  const server = createServer((_, response) => {
    response.writeHead(200, { server: 'multihomed/0.1.0' });
    response.write('{"prefix":"10.0.0.0/8","family":"ipv4","paths":[]}\n', () => {
      response.destroy();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const routes = new ControlClient([path]).routes({});
  await t.rejects(
    (async () => {
      for await (const lines of routes) t.ok(lines);
    })(),
    { name: 'ControlError', message: /did not finish its answer/ },
  );
});

t.test('a fault of ours ends the answer, and is no end of the table', async (t) => {
  function* faulty(): Generator<RouteView | undefined> {
    yield undefined;
    throw new Error('a fault of ours');
  }
  const reader = routeLines(faulty(), new Turns()).getReader();
  await t.rejects(reader.read(), { message: 'a fault of ours' });
});

t.test('a search that finds nothing for long yields the loop all the same', async (t) => {
  let steps = 0;
  let turns = 0;
  function* nothing(): Generator<RouteView | undefined> {
    // As many as it takes: each step is free, so only the clock ends a slice.
    for (; turns < 5; steps++) yield undefined;
  }
  const counting = setInterval(() => turns++, 1);
  const { done } = await routeLines(nothing(), new Turns()).getReader().read();
  clearInterval(counting);
  t.ok(done);
  t.ok(steps > 5);
});

t.test('many readers share the turns: one slice a turn, each in its order', async (t) => {
  const turns = new Turns();
  const seen: string[] = [];
  let now = 0;
  let waiting = 4;
  const ticking = (async () => {
    for (; waiting > 0; now++) await turn();
  })();
  const work = async (name: string) => {
    await turns.next();
    seen.push(`${name}${now}`);
    waiting--;
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(work));
  await ticking;
  t.strictSame(
    seen.map((entry) => entry[0]),
    ['a', 'b', 'c', 'd'],
  );
  t.equal(new Set(seen.map((entry) => entry.slice(1))).size, 4, 'no two in one turn');
});

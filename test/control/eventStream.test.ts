import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { EventLog } from '../../src/control/eventLog.ts';
import { eventStream } from '../../src/control/eventStream.ts';
import { serveControl } from '../../src/control/server.ts';
import { Turns } from '../../src/control/turns.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';

const directory = t.testdir();
let count = 0;

async function served() {
  const daemon = new FakeDaemon();
  const path = join(directory, `${++count}.sock`);
  const server = await serveControl({ port: daemon, path, mode: 0o600 });
  t.teardown(() => server.close());
  const say = (message: string) => {
    daemon.timeline.add({ level: 'info', event: 'x', message, at: 0 });
  };
  return { daemon, server, path, say };
}

async function follow(socketPath: string, lastEventId?: string, query = '') {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const path = `/v1/events/stream${query}`;
  const asked = request({ socketPath, path, headers, agent: false });
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('no response');
  response.setEncoding('utf8');
  response.on('error', () => {});
  t.teardown(() => asked.destroy());
  return new Reader(response);
}

/** The messages of an event stream, comments left out. */
class Reader {
  readonly response: IncomingMessage;
  #text = '';
  readonly #messages: string[] = [];
  #wake: () => void = () => {};
  ended = false;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.on('data', (text: string) => {
      const parts = (this.#text + text).split('\n\n');
      this.#text = parts.pop() ?? '';
      this.#messages.push(...parts.filter((part) => !/^(:|retry: \d+\n:)/.test(part)));
      this.#wake();
    });
    response.on('end', () => {
      this.ended = true;
      this.#wake();
    });
  }

  async next(): Promise<string> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? '';
  }
}

t.test('events come as they happen, and a client resumes where it was', async (t) => {
  const { path, say, daemon } = await served();
  say('before');
  const reader = await follow(path);
  t.match(reader.response.headers, { 'content-type': 'text/event-stream' });
  say('one');
  const first = await reader.next();
  t.match(first, /^id: \S+-2\ndata: \{.*"message":"one"/);
  reader.response.destroy();
  say('two');
  say('three');
  const again = await follow(path, daemon.timeline.idOf(2));
  t.match(await again.next(), /"message":"two"/);
  t.match(await again.next(), /"message":"three"/);
  const bySince = await follow(path, undefined, `?since=${daemon.timeline.idOf(3)}`);
  t.match(await bySince.next(), /"message":"three"/);
});

t.test('a client of an earlier run is told so, and gets everything', async (t) => {
  const { path, say } = await served();
  say('one');
  const reader = await follow(path, 'zzz-40');
  t.match(await reader.next(), /event: restarted/);
  t.match(await reader.next(), /"message":"one"/);
});

t.test('what was forgotten meanwhile is said to be missing', async (t) => {
  const log = new EventLog(0, { events: 2, details: 1 });
  const add = (message: string) => log.add({ level: 'info', event: 'x', message, at: 0 });
  for (const message of ['a', 'b', 'c', 'd']) add(message);
  const stream = eventStream(log, { seq: 1, restarted: false }, new Turns());
  const reader = stream.getReader();
  const { value } = await reader.read();
  const text = new TextDecoder().decode(value);
  t.match(text, /event: missed\n/);
  t.match(text, /"message":"c".*"message":"d"/s);
  await reader.cancel();
});

t.test(
  'a heartbeat comes where nothing else does; a client that does not read is dropped',
  async (t) => {
    const log = new EventLog(0);
    const limits = { heartbeat: 5, patience: 5 };
    const stream = eventStream(log, { seq: 0, restarted: false }, new Turns(), limits);
    const reader = stream.getReader();
    await reader.read();
    const { value } = await reader.read();
    t.match(new TextDecoder().decode(value), /^: /);
    await t.rejects(reader.closed, { message: 'the client does not read' });
  },
);

t.test('a thousand clients get each event, and one that does not read costs nothing', async (t) => {
  const { path, say, daemon } = await served();
  const mute = connect(path);
  mute.on('error', () => {});
  mute.pause();
  mute.write('GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const readers: Reader[] = [];
  // A unix socket's backlog is shorter than a thousand.
  while (readers.length < 1000) {
    readers.push(...(await Promise.all(Array.from({ length: 100 }, () => follow(path)))));
  }
  say('to all');
  const got = await Promise.all(readers.map((reader) => reader.next()));
  t.ok(got.every((text) => text.includes('"to all"')));
  for (let i = 0; i < 20; i++) say(`number ${i} ${'x'.repeat(1000)}`);
  const [one] = readers;
  for (let text = ''; one && !text.includes('number 19'); ) text = await one.next();
  t.equal(daemon.timeline.last, 21);
  mute.destroy();
});

t.test('closing ends the streams at once', async () => {
  const { path, server, daemon } = await served();
  const reader = await follow(path);
  daemon.timeline.close();
  await Promise.all([once(reader.response, 'end'), server.close()]);
});

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { listText, nextText } from '../../src/control/documentText.ts';
import type { AnnouncementStatus } from '../../src/control/port.ts';
import { serveControl } from '../../src/control/server.ts';
import { statusView } from '../../src/control/statusView.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';

t.test('the pieces of a document are its JSON, wherever the walk pauses', (t) => {
  const entry = fc.option(fc.record({ a: fc.string(), b: fc.nat() }), { nil: undefined });
  const objects = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  fc.assert(
    fc.property(objects, fc.array(entry, { maxLength: 70 }), objects, (before, entries, after) => {
      const text = [...listText(before, 'list', entries, after)].join('');
      const list = entries.filter((each) => each !== undefined);
      // As text: the order of the keys is part of it.
      const [head, tail] = [JSON.stringify(before), JSON.stringify(after)];
      const members = [head.slice(1, -1), `"list":${JSON.stringify(list)}`, tail.slice(1, -1)];
      t.equal(text, `{${members.filter((member) => member !== '').join(',')}}`);
    }),
    { seed: 8259, numRuns: 200 },
  );
  t.end();
});

t.test('a slice ends when there is enough of it, and says when there is no more', (t) => {
  const walk = ['x'.repeat(70_000), undefined, 'y'][Symbol.iterator]();
  const first = nextText(walk);
  t.equal(first.text.length, 70_000);
  t.notOk(first.done);
  let rest = '';
  for (let slice = nextText(walk); ; slice = nextText(walk)) {
    rest += slice.text;
    if (slice.done) break;
  }
  t.equal(rest, 'y');
  t.end();
});

/** One with as many announcements as are asked for. */
class LargeDaemon extends FakeDaemon {
  readonly #count: number;
  fails = false;

  constructor(count: number) {
    super();
    this.#count = count;
  }

  override *walkAnnouncements(): Generator<AnnouncementStatus> {
    const [some] = super.announcements();
    for (let i = 0; some && i < this.#count; i++) {
      if (this.fails && i === this.#count - 1) throw new Error('a bug');
      yield some;
    }
  }
}

async function serve(t: Test, daemon: FakeDaemon): Promise<string> {
  // A test's own directory would make too long a path.
  const directory = await mkdtemp(join(tmpdir(), 'mh-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const path = join(directory, 's');
  const server = await serveControl({ port: daemon, path, mode: 0o600 });
  t.teardown(() => server.close());
  return path;
}

async function asked(socketPath: string, path: string) {
  const request = get({ socketPath, path });
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  let whole = true;
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', () => {
    whole = false;
  });
  request.on('error', () => {});
  await new Promise<void>((resolve) => response.on('close', resolve));
  return { headers: response.headers, text: Buffer.concat(chunks).toString(), whole };
}

t.test('a long document comes in chunks, and is the same', async (t) => {
  const small = await asked(await serve(t, new FakeDaemon()), '/v1/status');
  t.strictSame(JSON.parse(small.text), statusView(new FakeDaemon()));
  const large = new LargeDaemon(20_000);
  const path = await serve(t, large);
  for (const url of ['/v1/status', '/v1/status?', '/v1/announcements']) {
    const { headers, text } = await asked(path, url);
    t.equal(headers['content-length'], undefined);
    t.equal(JSON.parse(text).announcements.length, 20_000);
  }
});

t.test('whoever goes away in the middle, or a bug, costs nothing but the answer', async (t) => {
  const daemon = new LargeDaemon(50_000);
  const path = await serve(t, daemon);
  const request = get({ socketPath: path, path: '/v1/status' });
  const [response] = await once(request, 'response');
  response.destroy();
  daemon.fails = true;
  const { whole } = await asked(path, '/v1/status');
  t.notOk(whole);
  daemon.fails = false;
  const { text } = await asked(path, '/v1/status');
  t.equal(JSON.parse(text).announcements.length, 50_000);
});

/**
 * kill -9 and a new start, with real processes and upstreams that read every octet: what was going on
 * goes on, and nothing is on the wire that need not be.
 */

import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { OperatorClient } from '../../src/cli/operatorClient.ts';
import { ControlClient } from '../../src/control/client.ts';
import { command } from '../support/daemons/multihomed.ts';
import { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { freePort } from '../support/freePort.ts';
import { RawListener, type RawPeer, TYPE } from '../support/rawPeer.ts';

/** How long what is waited for may take on a busy machine, in ms. */
const LIMIT = 60_000;
const PREFIX = '203.0.113.0/24';
/** Announced at the end of a test: what had come before it was all there was. */
const OTHER = '198.51.100.0/24';
const OTHER_ANNOUNCED = /18c63364$/;
const ANNOUNCED = /18cb0071$/;
const WITHDRAWN = '000418cb00710000';
const END_OF_RIB = '00000000';
/** GRACEFUL_SHUTDOWN (RFC 8326), in COMMUNITIES. */
const LOWERED = /c00804ffff000018cb0071$/;

/** The service that the prefix needs. */
class Service {
  #server: Server | undefined;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    const server = createServer((socket) => socket.destroy());
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

class Edge {
  readonly #t: Test;
  readonly #directory: string;
  readonly #file: string;
  readonly listeners: readonly RawListener[];
  readonly service: Service;
  #program: Program | undefined;

  constructor(t: Test, directory: string, listeners: readonly RawListener[], service: Service) {
    this.#t = t;
    this.#directory = directory;
    this.#file = join(directory, 'multihomed.yaml');
    this.listeners = listeners;
    this.service = service;
  }

  get client(): OperatorClient {
    return new OperatorClient(new ControlClient([join(this.#directory, 'control.sock')]));
  }

  async write(damping: unknown): Promise<void> {
    // A busy machine may be late once, and that is no failure.
    const quick = { interval: '500ms', timeout: '500ms', rise: 1, fall: 2, window: 'none' };
    const upstreams = this.listeners.map(({ port }, i) => [
      `up-${i}`,
      { asn: 64496 + i, address: '127.0.0.1', port, damping },
    ]);
    await writeFile(
      this.#file,
      JSON.stringify({
        asn: 64500,
        'router-id': '192.0.2.1',
        listen: 'none',
        'state-dir': join(this.#directory, 'state'),
        control: { socket: join(this.#directory, 'control.sock') },
        'flap-budget': { 'first-hold': '10m', 'repeated-hold': '10m', 'longest-hold': '10m' },
        prefixes: [
          { prefix: PREFIX, needs: 'web' },
          { prefix: OTHER, needs: 'never' },
        ],
        checks: {
          web: { tcp: `127.0.0.1:${this.service.port}`, ...quick },
          never: { tcp: '127.0.0.1:9', ...quick },
        },
        upstreams: Object.fromEntries(upstreams),
      }),
    );
  }

  /** The sessions as they come up, in the file's order, and not before `first` lets the others. */
  async start(first: (peer: RawPeer) => Promise<void> = async () => {}): Promise<RawPeer[]> {
    const program = new Program('multihomed', [...command(), 'run', '-c', this.#file], '/');
    this.#t.teardown(() => program.stop());
    this.#program = program;
    const peers: RawPeer[] = [];
    for (const [i, listener] of this.listeners.entries()) {
      const peer = await listener.next();
      await peer.establish({ asn: 64496 + i });
      if (i === 0) await first(peer);
      peers.push(peer);
    }
    await until('the control socket', LIMIT, () => this.client.orders().catch(() => undefined));
    return peers;
  }

  /** Once the disk has as many flaps: they are written after what they are about has been sent. */
  async remembers(flaps: number): Promise<void> {
    const file = join(this.#directory, 'state', 'state.json');
    await until('the state on the disk', LIMIT, async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      const times = [...text.matchAll(/"flaps":\[([\d.,]*)\]/g)].map(([, list = '']) => list);
      return times.join(',').split(',').filter(Boolean).length === flaps;
    });
  }

  /**
   * Returns by how many milliseconds its times will be later after the next start: what the clock that
   * they go by was behind the wall clock, for want of a turn between the looks at the two.
   */
  async kill(): Promise<number> {
    await this.#program?.kill();
    const text = await readFile(join(this.#directory, 'state', 'state.json'), 'utf8');
    const { clockAhead }: { readonly clockAhead: number } = JSON.parse(text);
    return clockAhead;
  }
}

/** The same with all of its times so many milliseconds later. */
function later<T>(view: T, by: number): T {
  const text = JSON.stringify(view);
  const moved = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) + by).toISOString(),
  );
  return JSON.parse(moved);
}

async function edge(t: Test, upstreams: number, damping: unknown = 'none'): Promise<Edge> {
  const directory = await mkdtemp(join(tmpdir(), 'mhtest-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const listeners: RawListener[] = [];
  for (let i = 0; i < upstreams; i++) {
    const listener = await RawListener.start();
    t.teardown(() => listener.close());
    listeners.push(listener);
  }
  const service = new Service();
  await service.start();
  t.teardown(() => service.stop());
  const made = new Edge(t, directory, listeners, service);
  await made.write(damping);
  return made;
}

/** The next UPDATE that says something. */
async function update(peer: RawPeer): Promise<string> {
  for (;;) {
    const { body } = await peer.nextOf(TYPE.update);
    if (body !== END_OF_RIB) return body;
  }
}

const BY_HAND = { action: 'announce', upstream: undefined, for: undefined } as const;

function heldAt({ client }: Edge) {
  return until('the hold', LIMIT, async () => {
    const { budgets } = await client.budget();
    return budgets.find(({ held }) => held !== null);
  });
}

t.test('killed while it is announced by hand, for a time: it is so again, and once', async (t) => {
  const made = await edge(t, 1);
  await made.service.stop();
  const [peer] = await made.start();
  if (!peer) throw new Error('a session');
  const lease = { ...BY_HAND, for: 600 };
  const { orders } = await made.client.order({ ...lease, prefix: PREFIX });
  t.match(await update(peer), ANNOUNCED);
  const ahead = await made.kill();
  const [again] = await made.start();
  if (!again) throw new Error('a session');
  t.match(await update(again), ANNOUNCED);
  const after = await made.client.orders();
  t.same(after.orders, later(orders, ahead), 'with the lease that it had');
  await made.client.order({ ...lease, prefix: OTHER });
  t.match(await update(again), OTHER_ANNOUNCED, 'and nothing else');
});

t.test(
  'killed in a hold: it is held again, for the same penalty, and nothing is sent',
  async (t) => {
    const made = await edge(t, 1, { profile: 'cisco', confirmed: true });
    const [peer] = await made.start();
    if (!peer) throw new Error('a session');
    t.match(await update(peer), ANNOUNCED);
    await made.service.stop();
    t.equal(await update(peer), WITHDRAWN);
    await made.service.start();
    const before = await heldAt(made);
    await made.remembers(1);
    await made.kill();
    const [again] = await made.start();
    if (!again) throw new Error('a session');
    const after = await heldAt(made);
    t.equal(after.flaps, before.flaps, 'it was not announced, and did not flap again');
    t.ok(after.penalty <= before.penalty && after.penalty > before.penalty / 2);
    await made.client.order({ ...BY_HAND, prefix: OTHER });
    t.match(await update(again), OTHER_ANNOUNCED, 'what has never flapped is not held');
  },
);

t.test('RFC 8326: killed in the middle of a drain: it goes on where it was', async (t) => {
  const made = await edge(t, 2);
  const [a, b] = await made.start();
  if (!a || !b) throw new Error('two sessions');
  t.match(await update(a), ANNOUNCED);
  t.match(await update(b), ANNOUNCED);
  const { drains } = await made.client.drain({
    target: 'up-0',
    timeout: 600,
    threshold: undefined,
  });
  t.match(await update(a), LOWERED);
  const ahead = await made.kill();
  // The drained one is back first: the other one is not lost, it only comes later.
  const [again, other] = await made.start(async (first) => {
    t.match(await update(first), LOWERED);
  });
  if (!again || !other) throw new Error('two sessions');
  t.match(await update(other), ANNOUNCED);
  const after = await made.client.orders();
  const before = later(drains, ahead);
  t.same(after.drains, before, 'in the phase that it was in, until the same deadline');
  t.same(after.undone, []);
  await made.client.order({ ...BY_HAND, prefix: OTHER });
  t.match(await update(other), OTHER_ANNOUNCED, 'and nothing else');
  t.match(await update(again), /c00804ffff000018c63364$/, 'nor there, where that is drained, too');
});

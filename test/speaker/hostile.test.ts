/**
 * What strangers and bad neighbours do is theirs alone: one good session, with the shortest hold
 * time that there is, is held while everything else goes on, and is told every change meanwhile.
 * The production code over real sockets in real time; the only waiting is for what must come.
 */

import t, { type Test } from 'tap';
import { Announcing } from '../../src/daemon/announcing.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import { narrate } from '../../src/daemon/narrate.ts';
import { systemClock } from '../../src/session/clock.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { Happenings } from '../support/happenings.ts';
import { configOf, onAnyPort } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, RawPeer, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';

const GOOD_AS = 64496;
const BAD_AS = 64497;
const HOLD_TIME = 3;
/** More addresses of neighbours than there are attacks: each begins with a whole budget and no hold. */
const BAD = Array.from({ length: 12 }, (_, i) => `127.0.0.${10 + i}`);
const STRANGER = '127.0.0.99';

function config(prefixes: readonly string[]) {
  const bad = BAD.map(
    (address, i) => `  bad${i}: { asn: ${BAD_AS}, address: ${address}, passive: true }`,
  );
  return onAnyPort(
    configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [${prefixes.join(', ')}]
upstreams:
  # Its prefix comes and goes with each attack: what is looked for is how fast, not how often.
  good: { asn: ${GOOD_AS}, address: 127.0.0.2, passive: true, hold-time: ${HOLD_TIME}s, damping: none }
${bad.join('\n')}
`),
  );
}

const FIRST = '203.0.113.0/24';
const SECOND = '198.51.100.0/24';

/** A neighbour that does all that RFC 4271 asks of it. */
class GoodPeer {
  keepalives = 0;
  readonly #peer: RawPeer;
  readonly #updates: string[] = [];
  #arrived: () => void = () => {};

  private constructor(peer: RawPeer) {
    this.#peer = peer;
  }

  static async establish(port: number): Promise<GoodPeer> {
    const peer = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
    await peer.establish({ asn: GOOD_AS, holdTime: HOLD_TIME });
    const good = new GoodPeer(peer);
    void good.#serve();
    return good;
  }

  /** The body of the next UPDATE, in hex. */
  async update(): Promise<string> {
    for (;;) {
      const update = this.#updates.shift();
      if (update !== undefined) return update;
      await this.#news();
    }
  }

  async keepalivesTo(count: number): Promise<void> {
    while (this.keepalives < count) await this.#news();
  }

  close(): void {
    this.#peer.destroy();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  async #serve(): Promise<void> {
    while (this.#peer.ended === undefined) {
      const message = await this.#peer.next().catch(() => undefined);
      if (message?.type === TYPE.keepalive) {
        this.keepalives++;
        this.#peer.send(RAW_KEEPALIVE);
      }
      if (message?.type === TYPE.update) this.#updates.push(message.body);
      this.#arrived();
    }
  }
}

const sinceStart = stopwatch();
const events = new Happenings<DaemonEvent | SpeakerEvent>();
const announcing = new Announcing({
  config: config([FIRST]),
  clock: systemClock,
  onEvent: events.record,
});
await announcing.start();
const port = announcing.listening()[0]?.port ?? 0;
const good = await GoodPeer.establish(port);
await good.update();
await good.update(); // End-of-RIB

t.teardown(async () => {
  good.close();
  await announcing.stop('the test is over');
});

function session(name: string) {
  const found = announcing.upstreams().find((upstream) => upstream.session.name === name);
  if (!found) throw new Error(`no upstream ${name}`);
  return found.session;
}

/** The good neighbour is told of a new prefix and of its end, over the session it always had. */
async function goodIsServed(t: Test): Promise<void> {
  await announcing.reconfigure(config([FIRST, SECOND]));
  t.match(await good.update(), /18c63364$/, 'announced');
  await announcing.reconfigure(config([FIRST]));
  t.equal(await good.update(), '000418c633640000', 'withdrawn');
  t.match(session('good'), { state: 'Established', established: 1, dropped: 0 });
}

let next = 0;

/** The next bad neighbour: its name, and a connection of it. */
async function badPeer() {
  const [name, address] = [`bad${next}`, BAD[next] ?? ''];
  next++;
  const peer = await RawPeer.connect(port, '127.0.0.1', address);
  return { name, address, peer };
}

/** An attack, and then whether the good neighbour noticed. */
function attack(title: string, run: (t: Test) => Promise<void>): void {
  t.test(title, async (t) => {
    await run(t);
    await goodIsServed(t);
  });
}

const GARBAGE = '0123456789abcdef'.repeat(128);
const MEGABYTE = Buffer.alloc(1 << 20, 0x42).toString('hex');

attack('a stranger sends garbage', async (t) => {
  const peer = await RawPeer.connect(port, '127.0.0.1', STRANGER);
  peer.send(GARBAGE);
  t.not(await peer.end(), 'FIN', 'reset, before anything is read');
});

attack('a neighbour sends garbage', async (t) => {
  const { name, peer } = await badPeer();
  peer.send(GARBAGE);
  t.equal((await peer.nextOf(TYPE.notification)).body, '0101', '§6.1: not synchronized');
  await peer.end();
  t.match(session(name).lastDown, { reason: { kind: 'notificationSent' } });
});

attack('a neighbour sends a megabyte of garbage', async (t) => {
  const { peer } = await badPeer();
  peer.send(MEGABYTE);
  t.equal((await peer.nextOf(TYPE.notification)).body, '0101');
  await peer.end();
});

attack('a neighbour opens as it should, and then sends a megabyte of garbage', async (t) => {
  const { name, peer } = await badPeer();
  await peer.establish({ asn: BAD_AS });
  peer.send(MEGABYTE);
  t.equal((await peer.nextOf(TYPE.notification)).body, '0101');
  await peer.end();
  t.match(session(name), { established: 1, dropped: 1 });
});

attack('a neighbour connects and says nothing', async (t) => {
  const { name, peer } = await badPeer();
  await peer.nextOf(TYPE.open);
  t.equal(session(name).state, 'OpenSent');
});

attack('a neighbour sends half a message and then nothing', async (t) => {
  const { name, peer } = await badPeer();
  await peer.establish({ asn: BAD_AS });
  peer.send(rawMessage(TYPE.update, '00'.repeat(200)).slice(0, 300));
  await peer.nextOf(TYPE.update);
  t.equal(session(name).state, 'Established', 'until its hold timer expires');
});

attack('a neighbour pours UPDATEs in with its KEEPALIVE, before it has read a word', async (t) => {
  const { name, peer } = await badPeer();
  const update = rawMessage(
    TYPE.update,
    '0000 0014 40010100 400206 0201 0000fbf1 400304 7f00000a 18cb0072',
  );
  peer.send(rawOpen({ asn: BAD_AS }), RAW_KEEPALIVE, update.repeat(20_000));
  while (session(name).learned.updates < 20_000) await turn();
  t.match(session(name), { state: 'Established', learned: { updates: 20_000 } });
  peer.destroy();
});

attack('a neighbour sends a megabyte of KEEPALIVEs', async (t) => {
  const { name, peer } = await badPeer();
  await peer.establish({ asn: BAD_AS });
  const count = Math.floor((1 << 20) / 19);
  peer.send(RAW_KEEPALIVE.repeat(count));
  while (session(name).received.keepalive < count) await turn();
  t.equal(session(name).state, 'Established');
  peer.destroy();
});

attack('a neighbour asks for everything again, in a loop, and reads nothing', async (t) => {
  const { name, peer } = await badPeer();
  await peer.establish({ asn: BAD_AS });
  peer.socket.pause();
  const seconds = stopwatch();
  peer.send(rawMessage(TYPE.routeRefresh, '00010001').repeat(50_000));
  while (session(name).received.routeRefresh < 50_000) await turn();
  t.ok(session(name).sent.update < 20 + seconds(), `${session(name).sent.update} UPDATEs`);
  peer.destroy();
});

attack('a neighbour is up and down as fast as it can', async (t) => {
  const { name, address, peer } = await badPeer();
  const seconds = stopwatch();
  peer.destroy();
  for (let i = 0; i < 200; i++) {
    const again = await RawPeer.connect(port, '127.0.0.1', address);
    await again.establish({ asn: BAD_AS }).catch(() => undefined);
    again.destroy();
  }
  const { established } = session(name);
  t.ok(established < 20 + seconds(), `${established} times Established`);
});

/** Connects this often, fifty at a time, and leaves as soon as it is answered in whatever way. */
async function storm(address: string, connections: number): Promise<void> {
  for (let left = connections; left > 0; left -= 50) {
    const knock = async () => {
      const peer = await RawPeer.connect(port, '127.0.0.1', address);
      await peer.next().catch(() => undefined);
      peer.destroy();
    };
    await Promise.all(Array.from({ length: 50 }, knock));
  }
}

attack('thousands of strangers connect and go', async (t) => {
  const seconds = stopwatch();
  await storm(STRANGER, 3000);
  const told = events.of('ConnectionsRefused').length;
  t.ok(told >= 1 && told < 10 + seconds() / 60, `${told} events, at most one a minute`);
});

attack('a neighbour connects and goes, a thousand times', async (t) => {
  const { name, address, peer } = await badPeer();
  const seconds = stopwatch();
  peer.destroy();
  await storm(address, 1000);
  t.ok(session(name).sent.open < 40 + seconds(), `${session(name).sent.open} OPENs`);
});

t.test('no keepalive of the good session was missed, and all of it fits on a page', async (t) => {
  await good.keepalivesTo(HOLD_TIME + 1); // one comes at once, then one each second
  t.match(session('good'), { state: 'Established', established: 1, dropped: 0 });
  const lines = events.all.flatMap((event) => {
    const line = narrate(event);
    return line && line.level !== 'debug' && line.neighbour !== 'good' ? [line.message] : [];
  });
  t.ok(lines.length < 100 + sinceStart(), `${lines.length} lines:\n${lines.join('\n')}`);
});

/** Some things happen once a second at most, and on a busy machine an attack takes many of them. */
function stopwatch(): () => number {
  const from = performance.now();
  return () => (performance.now() - from) / 1000;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import t from 'tap';
import { type ControlPacket, decodePacket } from '../../src/bfd/packet.ts';
import { Runner } from '../../src/bfd/runner.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const FAST = { interval: 100_000, multiplier: 3 };

/** Two ends of a way of 1 ms, which may be cut. */
class Pair {
  readonly clock = new VirtualClock();
  readonly told: string[] = [];
  cut = false;
  readonly ends: readonly [Runner, Runner];

  constructor() {
    this.ends = [this.#end('a', 1, () => this.ends[1]), this.#end('b', 2, () => this.ends[0])];
  }

  #end(name: string, discriminator: number, other: () => Runner): Runner {
    return new Runner({
      clock: this.clock,
      discriminator,
      parameters: FAST,
      send: (octets) => {
        this.clock.after(1, () => {
          const decoded = decodePacket(octets);
          if (!this.cut && 'packet' in decoded) other().receive(decoded);
        });
      },
      onState: ({ state, standing, detail }) =>
        this.told.push(`${name} ${state} ${standing} ${detail}`.trim()),
    });
  }

  standings(): readonly string[] {
    return this.ends.map((end) => end.told().standing);
  }
}

t.test('two ends find each other, and take the pace of the file', (t) => {
  const pair = new Pair();
  t.same(pair.standings(), ['starting', 'starting']);
  pair.clock.advance(1100);
  t.same(pair.standings(), ['up', 'up']);
  t.match(pair.ends[0].counts('b'), { transmitInterval: 100, detectionTime: 300 });
  const { sent } = pair.ends[0].counts('b');
  pair.clock.advance(10_000);
  t.same(pair.standings(), ['up', 'up'], 'it does not flap');
  t.equal(pair.ends[0].counts('b').sent - sent, 100, 'a packet an interval');
  t.end();
});

t.test(
  '§6.8.4: a cut way is found in the detection time, and a mended one within a second',
  (t) => {
    const pair = new Pair();
    pair.clock.advance(3000);
    pair.told.length = 0;
    pair.cut = true;
    const cutAt = pair.clock.monotonic();
    while (pair.told.length === 0) pair.clock.advance(1);
    t.ok(pair.clock.monotonic() - cutAt <= 302);
    pair.clock.advance(100);
    t.same(pair.standings(), ['lost', 'lost']);
    t.match(pair.told[0], /Down lost control detection time expired/);
    pair.cut = false;
    pair.clock.advance(1100);
    t.same(pair.standings(), ['up', 'up']);
    t.end();
  },
);

t.test('§6.8.3: another pace from either end at any time, without a flap', (t) => {
  const pair = new Pair();
  pair.clock.advance(3000);
  pair.told.length = 0;
  for (const [i, interval] of [400, 50, 5000, 60, 1000, 50].entries()) {
    pair.ends[i % 2 === 0 ? 0 : 1].change({ interval: interval * 1000, multiplier: 3 });
    pair.clock.advance(12_345);
  }
  t.same(pair.told, []);
  t.same(pair.standings(), ['up', 'up']);
  t.match(pair.ends[0].counts('b'), { transmitInterval: 1000, detectionTime: 3000 });
  t.end();
});

t.test('§6.8.16: who ends it in order is not lost, but off', (t) => {
  const pair = new Pair();
  pair.clock.advance(3000);
  pair.ends[0].end();
  pair.clock.advance(10);
  t.equal(pair.ends[1].told().standing, 'off');
  pair.clock.advance(5000);
  t.equal(pair.ends[1].told().standing, 'starting', 'silent, and no failure was seen');
  t.end();
});

t.test('a thread that did not run for a while reads before it judges', (t) => {
  const clock = new VirtualClock();
  let waiting: (() => void) | undefined;
  clock.afterReads = (callback) => {
    waiting = callback;
  };
  const runner = new Runner({
    clock,
    discriminator: 1,
    parameters: FAST,
    send: () => {},
    onState: () => {},
  });
  const packet: ControlPacket = {
    ...{ diagnostic: 0, poll: false, final: false, demand: false },
    state: 'Init',
    ...{ detectMult: 3, myDiscriminator: 7, yourDiscriminator: 1 },
    ...{ desiredMinTx: 100_000, requiredMinRx: 100_000 },
  };
  runner.receive({ packet });
  clock.advance(300);
  runner.receive({ packet: { ...packet, state: 'Up' } });
  waiting?.();
  t.equal(runner.told().state, 'Up');
  t.end();
});

/** Slices of the RIB's work, and what a bug of ours in one of them does not end. */

import t from 'tap';
import { OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import { parseAddress } from '../../src/net/text.ts';
import { importRules } from '../../src/policy/import.ts';
import type { ImportRules } from '../../src/rib/importRules.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { RibRunner, type RoutingEvent } from '../../src/speaker/ribRunner.ts';
import { peerIndex } from '../rib/fixture.ts';
import { decoded, FOUR_OCTET, type UpdateSpec, updateBytes } from '../rib/updates.ts';
import { VirtualClock } from '../support/virtualClock.ts';
import { downstream, Receiver } from './receiver.ts';

const RULES = importRules(OPEN_IMPORT, {
  asn: 64496,
  role: undefined,
  ownPrefixes: ownPrefixes([]),
});
const A = '10.1.0.0/16';
const B = '10.2.0.0/16';

function bug(): never {
  throw new TypeError('x is not\n  a function');
}

const BROKEN_RULES: ImportRules = {
  ...RULES,
  get allowOwnAs() {
    return bug();
  },
};

/** Slices come when the test says so, as in a loop of events. */
class TurningClock extends VirtualClock {
  readonly #callbacks: (() => void)[] = [];

  override afterReads(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** Until nothing is left to do; returns how many turns that took. */
  turn(): number {
    let turns = 0;
    for (let next = this.#callbacks.shift(); next; next = this.#callbacks.shift(), turns++) next();
    return turns;
  }
}

/** A runner that two neighbours feed. */
function running() {
  const events: RoutingEvent[] = [];
  const clock = new TurningClock();
  const runner = new RibRunner({
    clock,
    local: { asn: 64500, bgpIdentifier: 0xc0000201 },
    onEvent: (event) => events.push(event),
  });
  runner.setOwnPrefixes([], true);
  for (const peer of [0, 1]) {
    const address = parseAddress(`192.0.2.${10 + peer}`);
    if (!address) throw new Error('no address');
    runner.setRules(peerIndex(peer), RULES);
    runner.peerUp(peerIndex(peer), {
      peerAs: 64496,
      bgpIdentifier: 2 + peer,
      address,
      localAddress: address,
      context: FOUR_OCTET,
      maxPaths: 1,
    });
  }
  const feed = (peer: number, spec: UpdateSpec) => {
    const bytes = updateBytes(spec);
    runner.feed(peerIndex(peer), bytes, decoded(bytes));
    return clock.turn();
  };
  const joined = (name: string, asn: number) => {
    const receiver = new Receiver(downstream({ name, asn }));
    receiver.join(runner);
    clock.turn();
    return receiver;
  };
  return { runner, clock, events, feed, joined };
}

t.test('a bug in one export group stops its sessions; the others are told the same change', (t) => {
  const { runner, clock, events, feed, joined } = running();
  const [bad, same, good] = [joined('bad', 7), joined('same', 7), joined('good', 8)];
  bad.write = bug;
  feed(0, { path: [64496], announce: [A] });
  t.match(bad.bugs, [{ message: /x is not/ }]);
  t.match(same.bugs, [{ message: /x is not/ }], 'what it has been sent is not known any more');
  t.same(good.bugs, []);
  t.same([...good.table.keys()], [A]);
  t.same(events, [], 'the sessions tell it');
  feed(0, { path: [64496], announce: [B] });
  t.same([...good.table.keys()], [A, B], 'the next slice comes');
  bad.write = Receiver.prototype.write;
  for (const receiver of [bad, same]) {
    receiver.join(runner);
    clock.turn();
    t.same([...receiver.table.keys()].toSorted(), [A, B], 'who comes back begins anew');
  }
  t.end();
});

t.test(
  'a bug in a sweep is told, that sweep is given up, and what waits behind it is done',
  (t) => {
    const { runner, clock, events, feed, joined } = running();
    const good = joined('good', 8);
    feed(0, { path: [64496], announce: [A] });
    feed(1, { path: [64496], announce: [B] });
    runner.setRules(peerIndex(0), BROKEN_RULES);
    clock.turn();
    t.match(events, [
      {
        type: 'RoutingError',
        cause: 'TypeError: x is not a function',
        stack: /ribRunner\.test\.ts/,
      },
    ]);
    runner.peerDown(peerIndex(1));
    clock.turn();
    t.same([...good.table.keys()], [A]);
    runner.setRules(peerIndex(0), BROKEN_RULES);
    clock.turn();
    t.equal(events.length, 1, 'the same again is not told');
    runner.peerDown(peerIndex(0));
    clock.turn();
    t.same([...good.table.keys()], []);
    runner.rib.checkInvariants();
    t.end();
  },
);

t.test("a bug in what is nobody's leaves the runner asleep, and what is new wakes it", (t) => {
  const { runner, events, feed, joined } = running();
  const good = joined('good', 8);
  const { drainChanges } = runner.rib;
  runner.rib.drainChanges = bug;
  t.equal(feed(0, { path: [64496], announce: [A] }), 1, 'no turn without end');
  t.equal(feed(0, { path: [64496], announce: [B] }), 1);
  t.match(events, [{ type: 'RoutingError' }]);
  runner.rib.drainChanges = drainChanges;
  feed(0, { path: [64496], announce: [B] });
  t.same([...good.table.keys()].toSorted(), [A, B]);
  t.end();
});

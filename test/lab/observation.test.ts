/** From what the collector and the client wrote down to figures and verdicts. */

import t from 'tap';
import type { CollectorEvent } from '../../src/lab/collector/events.ts';
import { isUp, pathChanges } from '../../src/lab/collector/events.ts';
import type { Expectation } from '../../src/lab/experiment.ts';
import { judge } from '../../src/lab/judge.ts';
import {
  type Observation,
  outagesOf,
  outageTime,
  pathAt,
  timeWithPath,
} from '../../src/lab/observation.ts';

const PREFIX = '203.0.113.0/24';
const update = (at: number, announced: readonly number[] | undefined): CollectorEvent => ({
  ...{ at, what: 'update', neighbour: 'a' },
  announced: announced ? [{ prefix: PREFIX, asPath: announced }] : [],
  withdrawn: announced ? [] : [PREFIX],
});

const EVENTS: readonly CollectorEvent[] = [
  { at: 0, what: 'listening' },
  { at: 5, what: 'up', neighbour: 'a', family: 'ipv4' },
  update(10, [64496, 64500]),
  update(20, [64496, 64500]),
  { at: 25, what: 'up', neighbour: 'b', family: 'ipv4' },
  update(30, undefined),
  update(40, [64496, 64510, 64500]),
  { at: 50, what: 'down', neighbour: 'a', family: 'ipv4' },
];

t.test(
  'a path changes with an UPDATE that says something else, and ends with its session',
  async (t) => {
    t.strictSame(pathChanges(EVENTS, 'a', PREFIX), [
      { at: 10, path: '64496 64500' },
      { at: 30, path: undefined },
      { at: 40, path: '64496 64510 64500' },
      { at: 50, path: undefined },
    ]);
    t.strictSame(pathChanges(EVENTS, 'b', PREFIX), []);
    t.strictSame([isUp(EVENTS, 'a', 'ipv4'), isUp(EVENTS, 'b', 'ipv4')], [false, true]);
    t.equal(isUp(EVENTS, 'b', 'ipv6'), false, 'of its two sessions');
  },
);

t.test('the end of an IPv6 session takes no IPv4 path with it', async (t) => {
  const events: readonly CollectorEvent[] = [
    update(10, [64496]),
    { at: 20, what: 'down', neighbour: 'a', family: 'ipv6' },
  ];
  t.strictSame(pathChanges(events, 'a', PREFIX), [{ at: 10, path: '64496' }]);
});

t.test('the time with a path is counted from where it was', async (t) => {
  const changes = pathChanges(EVENTS, 'a', PREFIX);
  t.equal(timeWithPath(changes, 0, 60), 30);
  t.equal(timeWithPath(changes, 15, 45), 20);
  t.equal(timeWithPath(changes, 31, 39), 0);
  t.equal(pathAt(changes, 9), undefined);
  t.equal(pathAt(changes, 10), '64496 64500');
});

t.test('an outage lasts from the first lost request to the next that is answered', async (t) => {
  const requests = [
    { at: 100, ok: true },
    // Given up later than the one after it was answered: the order is that of sending.
    { at: 200, ok: true },
    { at: 150, ok: false },
    { at: 250, ok: false },
    { at: 300, ok: false },
    { at: 90, ok: false },
  ];
  const outages = outagesOf(requests, 100, 1000);
  t.strictSame(outages, [
    { from: 50, to: 100, lost: 1 },
    { from: 150, to: 1000, lost: 2 },
  ]);
  t.equal(outageTime(outages), 900);
});

t.test('each expectation says what was seen, whether it was expected or not', async (t) => {
  const observation: Observation = {
    ...{ duration: 60, deeds: [], paths: new Map(), events: EVENTS },
    outages: [{ from: 1, to: 30, lost: 2 }],
    samples: new Map([[3, 'yes']]),
  };
  const base: Expectation = {
    ...{ that: 'outage', from: 'a', with: '-', prefix: PREFIX, at: 0, within: 0 },
    ...{ atLeast: 0, atMost: 1_000_000, is: '' },
  };
  const changes = pathChanges(EVENTS, 'a', PREFIX);
  const verdict = (told: Partial<Expectation>, index = 0) => {
    const { seen, ok } = judge({ ...base, ...told }, index, observation, changes);
    return [seen, ok];
  };
  t.strictSame(verdict({ atMost: 20 }), ['29 ms, 2 requests lost', false]);
  t.strictSame(verdict({ that: 'updates', atMost: 4 }), ['4', true]);
  t.strictSame(verdict({ that: 'path', at: 35, is: 'none' }), ['none', true]);
  t.strictSame(verdict({ that: 'path', at: 45, is: '64496 64500' }), ['64496 64510 64500', false]);
  t.strictSame(verdict({ that: 'withdrawn', at: 20, within: 10 }), ['after 10 ms', true]);
  t.strictSame(verdict({ that: 'announced', at: 31, within: 5 }), ['after 9 ms', false]);
  t.strictSame(verdict({ that: 'announced', at: 51, within: 5 }), ['never', false]);
  t.strictSame(verdict({ that: 'damped', is: 'yes' }, 3), ['yes', true]);
  t.strictSame(verdict({ that: 'session', is: 'up' }, 4), ['not asked', false]);
});

import fc from 'fast-check';
import t from 'tap';
import {
  judgeResult,
  type Rule,
  type Standing,
  UNPROBED,
} from '../../../src/monitor/checks/standing.ts';

const PLAIN: Rule = { rise: 2, fall: 2, window: undefined };
const HALF: Rule = { rise: 2, fall: 2, window: { failures: 3, of: 6 } };

/** `+` a pass, `-` a failure; the states that follow, and what was there before. */
function states(rule: Rule, results: string, from: Standing = UNPROBED): string {
  let standing = from;
  const told: string[] = [];
  for (const result of results) {
    standing = judgeResult(rule, standing, result === '+');
    told.push(standing.state);
  }
  return told.join(' ');
}

function after(rule: Rule, results: string): Standing {
  return [...results].reduce((s, result) => judgeResult(rule, s, result === '+'), UNPROBED);
}

t.test('rise passes make it up, fall failures make it down', (t) => {
  t.equal(states(PLAIN, '++--++'), 'rising up falling down rising up');
  t.equal(states({ ...PLAIN, rise: 3, fall: 1 }, '+++-+'), 'rising rising up down rising');
  t.equal(states({ ...PLAIN, rise: 1 }, '+-+'), 'up falling up');
  t.end();
});

t.test('what was never up is unknown until enough has failed', (t) => {
  t.equal(states(PLAIN, '-'), 'unknown');
  t.equal(states(PLAIN, '--'), 'unknown down');
  t.equal(states(PLAIN, '+-+'), 'rising unknown rising');
  t.equal(states(PLAIN, '-+-'), 'unknown rising unknown');
  t.end();
});

t.test('a service that fails every other time is up without a window, and down with one', (t) => {
  t.match(states(PLAIN, '++-+-+-+-+'), /(falling up ?)+$/);
  const [, , , , , , last] = states(HALF, '++-+-+-').split(' ');
  t.equal(last, 'down', 'the third failure among six');
  t.match(states(HALF, '+-+-+-', after(HALF, '++-+-+-')), /^(rising down ?)+$/, 'and stays so');
  t.equal(states(HALF, '++++', after(HALF, '++-+-+-')), 'rising up up up');
  t.end();
});

t.test('a full window of failures lets go as they leave it', (t) => {
  const rule: Rule = { rise: 1, fall: 9, window: { failures: 2, of: 4 } };
  t.equal(states(rule, '+--+++'), 'up falling down rising rising up');
  t.end();
});

const rules = fc.record({
  rise: fc.integer({ min: 1, max: 4 }),
  fall: fc.integer({ min: 1, max: 4 }),
  window: fc.option(
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }))
      .map(([failures, more]) => ({ failures, of: failures + more })),
    { nil: undefined },
  ),
});

/** From the whole history, with no state kept: what is down, and what is up. */
function naive({ rise, fall, window }: Rule, results: readonly boolean[]): string {
  let settled = 'unknown';
  for (let n = 1; n <= results.length; n++) {
    const seen = results.slice(0, n);
    const tail = (count: number) => seen.slice(-count);
    const failing = seen.length >= fall && tail(fall).every((ok) => !ok);
    const crowded = window && tail(window.of).filter((ok) => !ok).length >= window.failures;
    if (failing || crowded) settled = 'down';
    else if (seen.length >= rise && tail(rise).every((ok) => ok)) settled = 'up';
  }
  return settled;
}

t.test('any history comes to what its whole says', (t) => {
  fc.assert(
    fc.property(rules, fc.array(fc.boolean(), { maxLength: 40 }), (rule, results) => {
      const standing = results.reduce((s, ok) => judgeResult(rule, s, ok), UNPROBED);
      t.equal(standing.settled, naive(rule, results));
      const last = results.at(-1);
      if (last === undefined) return;
      if (standing.state === 'up' || standing.state === 'rising') t.ok(last);
      if (standing.state === 'falling' || standing.state === 'unknown') t.notOk(last);
      t.ok(standing.recent.length <= (rule.window?.of ?? 1), 'it does not grow');
    }),
    { seed: 20261125, numRuns: 300 },
  );
  t.end();
});

t.test('where half of the results fail, the default window is down whatever their order', (t) => {
  const halves = fc
    .array(fc.boolean(), { minLength: 3, maxLength: 20 })
    .map((firsts) => firsts.flatMap((ok) => [ok, !ok]));
  fc.assert(
    fc.property(halves, (results) => {
      t.equal(results.reduce((s, ok) => judgeResult(HALF, s, ok), UNPROBED).settled, 'down');
    }),
    { seed: 7, numRuns: 200 },
  );
  t.end();
});

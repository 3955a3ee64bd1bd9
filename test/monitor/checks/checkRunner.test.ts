/** One check on virtual time: when it looks, and what is told of it. */

import t, { type Test } from 'tap';
import type { CheckConfig } from '../../../src/config/checkConfig.ts';
import type { CheckFact } from '../../../src/monitor/check.ts';
import { CheckRunner } from '../../../src/monitor/checks/checkRunner.ts';
import type { Outcome, ProbeRun } from '../../../src/monitor/checks/probe.ts';
import { VirtualClock } from '../../support/virtualClock.ts';

const CONFIG: CheckConfig = {
  name: 'web',
  probe: { kind: 'tcp', host: '127.0.0.1', port: 1 },
  ...{
    interval: 5000,
    timeout: 2000,
    rise: 2,
    fall: 2,
    window: undefined,
    source: undefined,
    via: undefined,
  },
};

const OK: Outcome = { ok: true, detail: 'fine' };
const BAD: Outcome = { ok: false, detail: 'bad' };

/** A probe that ends when the test says so. */
class HeldProbe {
  readonly begun: { readonly at: number; readonly run: ProbeRun; end(with_: Outcome): void }[] = [];
  readonly #clock: VirtualClock;
  /** What it answers at once; undefined: it waits. */
  answer: Outcome | Error | undefined;
  open = 0;
  most = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly probe = async (run: ProbeRun): Promise<Outcome> => {
    this.open++;
    this.most = Math.max(this.most, this.open);
    try {
      return await new Promise((resolve, reject) => {
        this.begun.push({ at: this.#clock.monotonic(), run, end: resolve });
        if (this.answer instanceof Error) reject(this.answer);
        else if (this.answer) resolve(this.answer);
      });
    } finally {
      this.open--;
    }
  };
}

class SeededClock extends VirtualClock {
  chance = 0;

  override random(): number {
    return this.chance;
  }
}

function started(t: Test, change: Partial<CheckConfig> = {}) {
  const clock = new SeededClock();
  const held = new HeldProbe(clock);
  const facts: CheckFact[] = [];
  const faults: string[] = [];
  const runner = new CheckRunner({ ...CONFIG, ...change }, held.probe, clock, {
    onFact: (fact) => facts.push(fact),
    onFault: (cause) => faults.push(cause),
  });
  runner.start(1000);
  t.teardown(async () => {
    for (const { end } of held.begun) end(BAD);
    await runner.stop();
  });
  /** Lets time pass, and promises settle. */
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    await settled();
  };
  return { clock, held, facts, faults, runner, pass };
}

/** Everything that is waiting for promises alone has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

t.test(
  'it looks once an interval; each result renews the lease, the state keeps its time',
  async (t) => {
    const { held, facts, clock, pass } = started(t);
    held.answer = OK;
    for (let i = 0; i < 4; i++) await pass(i === 0 ? 0 : 5000);
    const from = clock.epoch;
    t.same(
      facts.map(({ state, since, leaseUntil }) => [state, since - from, leaseUntil - from]),
      [
        ['rising', 0, 9500],
        ['up', 5000, 14_500],
        ['up', 5000, 19_500],
        ['up', 5000, 24_500],
      ],
      'interval + timeout + slack',
    );
    held.answer = BAD;
    await pass(5000);
    await pass(5000);
    t.match(facts.slice(4), [
      { name: 'web', state: 'falling', detail: 'bad' },
      { state: 'down', since: from + 25_000 },
    ]);
  },
);

t.test('chance delays a probe and never shifts the grid', async (t) => {
  const { held, clock, pass } = started(t);
  held.answer = OK;
  for (const chance of [0.5, 0.9, 0, 0.2, 0.7]) {
    clock.chance = chance;
    for (let i = 0; i < 50; i++) await pass(100);
  }
  const late = held.begun.map(({ at }, n) => at - n * 5000);
  t.equal(late.length, 5);
  t.ok(late.every((milliseconds) => milliseconds >= 0 && milliseconds < 500));
  t.ok(new Set(late).size >= 3, 'they differ');
});

t.test('the first look comes by chance within the time that it is given', async (t) => {
  const { clock } = started(t);
  const held = new HeldProbe(clock);
  clock.chance = 0.75;
  const runner = new CheckRunner(CONFIG, held.probe, clock, { onFact() {}, onFault() {} });
  runner.start(1000);
  clock.advance(749);
  t.equal(held.begun.length, 0);
  clock.advance(1);
  t.equal(held.begun.length, 1);
  held.begun[0]?.end(OK);
  await runner.stop();
});

t.test('a probe that does not end is aborted at the timeout, and that is a failure', async (t) => {
  const { held, facts, runner, pass } = started(t);
  await pass(0);
  held.begun[0]?.run.stage('waiting for the answer');
  await pass(1999);
  t.same(facts, []);
  await pass(1);
  t.match(facts, [{ state: 'unknown', detail: 'no result within 2s: waiting for the answer' }]);
  t.ok(held.begun[0]?.run.limit.over);
  t.equal(runner.last?.duration, 2000);
  held.begun[0]?.end(OK);
  await pass(0);
  t.equal(facts.length, 1, 'what comes too late is not used');
});

t.test(
  'while a probe cannot be ended no second one begins, and each turn is a failure',
  async (t) => {
    const { held, facts, pass } = started(t);
    await pass(0);
    await pass(15_000);
    t.equal(held.most, 1);
    t.match(
      facts.map(({ state, detail }) => `${state} ${detail}`),
      [/^unknown no result/, /^down the last probe has not ended/, /^down the last/, /^down/],
    );
    held.begun[0]?.end(OK);
    await pass(0);
    held.answer = OK;
    await pass(5000);
    t.equal(facts.at(-1)?.state, 'rising', 'it goes on when that is over');
  },
);

t.test('what could not look tells nothing, and the lease is not renewed', async (t) => {
  const { held, facts, faults, pass } = started(t);
  held.answer = new Error('out of luck');
  await pass(0);
  await pass(5000);
  t.same(faults, ['out of luck', 'out of luck']);
  t.same(facts, []);
});

t.test('asked to look now it does so at once, beside the grid', async (t) => {
  const { held, facts, runner, pass } = started(t);
  held.answer = OK;
  await pass(0);
  await pass(1000);
  await runner.runNow();
  t.match(facts, [{ state: 'rising' }, { state: 'up' }]);
  await pass(4000);
  t.same(
    held.begun.map(({ at }) => at),
    [0, 1000, 5000],
  );
});

t.test(
  'asked while it looks, it looks again: the answer is never older than the question',
  async (t) => {
    const { held, facts, runner, pass } = started(t);
    await pass(0);
    const asked = [runner.runNow(), runner.runNow()];
    t.equal(held.begun.length, 1);
    held.answer = BAD;
    held.begun[0]?.end(OK);
    await Promise.all(asked);
    t.equal(held.begun.length, 2, 'one look answers both');
    t.equal(held.most, 1);
    t.same(
      facts.map(({ detail }) => detail),
      ['fine', 'bad'],
    );
  },
);

t.test('stopped, it tells nothing more, aborts what runs and leaves no alarm', async (t) => {
  const { clock, held, facts, runner } = started(t);
  clock.advance(0);
  const stopping = runner.stop();
  t.ok(held.begun[0]?.run.limit.over);
  held.begun[0]?.end(OK);
  await stopping;
  await runner.runNow();
  clock.advance(60_000);
  t.same(facts, []);
  t.equal(held.begun.length, 1);
  t.equal(clock.pending, 0);
});

t.test('other times take effect, and what is known stays', async (t) => {
  const { held, facts, runner, pass } = started(t);
  held.answer = OK;
  await pass(0);
  await pass(5000);
  runner.reconfigure({ ...CONFIG, interval: 1000, timeout: 500, fall: 1 }, held.probe);
  await pass(1000);
  await pass(1000);
  t.same(
    held.begun.map(({ at }) => at),
    [0, 5000, 6000, 7000],
  );
  t.equal(facts.at(-1)?.state, 'up');
  t.equal(facts.at(-1)?.since, facts[1]?.since);
  held.answer = BAD;
  await pass(1000);
  t.equal(facts.at(-1)?.state, 'down', 'by the new rule');
});

t.test(
  'after a pause of the whole machine it looks once, and not for all that was missed',
  async (t) => {
    const { clock, held, pass } = started(t);
    held.answer = OK;
    await pass(0);
    const late = clock.monotonic.bind(clock);
    // The timer comes, and it is much later than it was set for.
    clock.monotonic = () => late() + 60_000;
    await pass(5000);
    clock.monotonic = late;
    t.equal(held.begun.length, 2);
    await pass(5000);
    t.equal(held.begun.length, 3, 'and the next comes in its turn');
  },
);

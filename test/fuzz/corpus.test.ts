/**
 * Everything that the fuzzer begins with or has ever found, and a few thousand mutations of it, over
 * every target: `npm run fuzz` is the same without an end.
 */

import t from 'tap';
import { laneModule } from '../../src/speaker/laneFile.ts';
import { Finding, Fuzzer } from './fuzzer.ts';
import { laneTarget } from './laneTarget.ts';
import { Random } from './random.ts';
import { ribTarget } from './ribTarget.ts';
import { textTargets } from './textTargets.ts';
import { wireTargets } from './wireTargets.ts';

const SEED = 20261125;
const RUNS = 300;
const SLOW_RUNS = 20;
/** The default suite judges no durations. */
const UNTIMED = () => 0;

const lane = laneModule();
const laneTargets = lane ? [laneTarget(lane)] : [];

for (const target of [...wireTargets(), ribTarget(), ...laneTargets]) {
  t.test(`${target.name}: seeds and mutations of them`, async (t) => {
    const fuzzer = new Fuzzer(target, SEED, UNTIMED);
    await t.resolves(fuzzer.replay());
    await t.resolves(fuzzer.run(RUNS, () => true));
  });
}

for (const target of textTargets()) {
  t.test(`${target.name}: seeds and mutations of them`, async (t) => {
    const fuzzer = new Fuzzer(target, SEED, UNTIMED);
    await t.resolves(fuzzer.replay());
    await t.resolves(fuzzer.run(SLOW_RUNS, () => true));
  });
}

t.test('the same seed draws the same inputs', (t) => {
  const [target] = wireTargets();
  if (!target) throw new Error('there is a target');
  const inputs = () => {
    const random = new Random(SEED);
    return Array.from({ length: 50 }, () =>
      Buffer.from(
        target.mutate(random.pick(target.seeds), random.pick(target.seeds), random),
      ).toString('hex'),
    );
  };
  t.same(inputs(), inputs());
  t.end();
});

t.test('what throws, and what takes too long each time, is found with its input', async (t) => {
  const input = Uint8Array.of(1, 2, 3);
  const target = (run: () => string) => ({
    name: 'bad',
    seeds: [input],
    mutate: () => input,
    allowance: 0,
    microsecondsPerOctet: 0,
    run,
  });
  const thrown = new Fuzzer(
    target(() => {
      throw new Error('broken');
    }),
    SEED,
  );
  await t.rejects(thrown.replay(), { name: 'Finding', message: /bad: Error: broken/, input });
  let now = 0;
  const ticking = () => now++;
  const slow = new Fuzzer(
    target(() => 'slow'),
    SEED,
    ticking,
  );
  await t.rejects(slow.replay(), Finding);
});

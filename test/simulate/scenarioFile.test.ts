import t from 'tap';
import { scenarioFault } from '../../src/simulate/scenario.ts';
import { loadScenario } from '../../src/simulate/scenarioFile.ts';
import { flapConfig } from '../support/flapWorld.ts';

function faults(text: string): readonly string[] {
  return loadScenario(text).problems.map(({ line, path, cause }) => `${line} ${path}: ${cause}`);
}

t.test('a scenario says what fails, when, for how long, how often, and what is behind', (t) => {
  const { scenario, problems } = loadScenario(`
failures:
  - { fail: up-0, at: 2m, for: 90s, repeat: 3, every: 5m }
  - { fail: web }
behind: { up-0: cisco, up-1: none }
`);
  t.same(problems, []);
  t.same(scenario?.failures, [
    { fail: 'up-0', as: 'link', at: 120_000, for: 90_000, repeat: 3, every: 300_000 },
    { fail: 'web', as: 'link', at: 60_000, for: 90_000, repeat: 1, every: 300_000 },
  ]);
  t.equal(scenario?.duration, 120_000 + 600_000 + 90_000 + 3 * 3_600_000);
  t.same(
    [...(scenario?.behind ?? [])],
    [
      ['up-0', 'cisco'],
      ['up-1', 'none'],
    ],
  );
  t.equal(scenario && scenarioFault(scenario, flapConfig('none', 'none')), undefined);
  t.end();
});

t.test('every fault is told with its place', (t) => {
  t.match(faults(''), [/the scenario is empty/]);
  t.match(faults('failures: [{ fial: a, for: 5 }]\nbehind: { a: cisko }\n'), [
    /^1 failures\[0\]\.fial/,
    /^1 failures\[0\]\.for: /,
    /^2 behind\.a: "cisko"/,
  ]);
  t.end();
});

t.test('what does not fit the file is refused with what would', (t) => {
  const fault = (text: string) => {
    const { scenario } = loadScenario(text);
    return scenario && scenarioFault(scenario, flapConfig('none'));
  };
  t.match(
    fault('failures: [{ fail: nobody }]'),
    /no upstream or check nobody; write one of up-0, web/,
  );
  t.match(fault('failures: [{ fail: web, for: 5m, every: 1m, repeat: 2 }]'), /longer than for/);
  t.match(fault('failures: [{ fail: web, as: hole }]'), /web is a check/);
  t.match(fault('failures: [{ fail: web }]\nbehind: { x: none }'), /no upstream x/);
  t.end();
});

/** A scenario as a file, read by the same machinery as the configuration: every fault with its place. */

import { neighbourName } from '../config/bgpFields.ts';
import { choice, integer, milliseconds, scalar } from '../config/field.ts';
import { Findings } from '../config/findings.ts';
import { list } from '../config/list.ts';
import { fallback, mapping, named, optional, type ReadKeys, required } from '../config/mapping.ts';
import type { Problem } from '../config/problem.ts';
import type { KnownWords } from '../config/unknownKey.ts';
import { parseYaml } from '../config/yamlTree.ts';
import { durationOf, FAILURE_KINDS, type Failure, type Scenario } from './scenario.ts';

const HOUR = 3_600_000;

const time = milliseconds('a time', {
  min: 0,
  max: 7 * 24 * HOUR,
  because: 'a scenario is at most a week long',
});

const NAME = scalar(
  { name: 'the name of an upstream or a check', example: 'transit-a', schema: { type: 'string' } },
  (text) => ({ value: text }),
);

const FAILURE = {
  fail: required(NAME, 'What fails: an upstream, whose link it is, or a check.'),
  as: fallback(
    choice('a way to fail', FAILURE_KINDS),
    'link',
    'How an upstream fails: its link dies; it forwards into a hole, and only probes through it notice; or it is isolated, and what it sends us goes as well.',
  ),
  at: fallback(time, '1m', 'When it fails for the first time.'),
  for: fallback(time, '90s', 'How long.'),
  repeat: fallback(
    integer('a number of failures', 1, 10_000, 'more say nothing that fewer do not'),
    1,
    'How many times in all.',
  ),
  every: fallback(time, '5m', 'From one begin to the next.'),
};

const words = (owner: string): KnownWords => ({ owner, later: {}, foreign: {}, elsewhere: {} });

const FAILURES = {
  name: 'failures',
  max: 1000,
  because: 'more say nothing that fewer do not',
  key: (failure: ReadKeys<typeof FAILURE>) => JSON.stringify([failure.fail, failure.at]),
  repetition: 'error' as const,
};

const SCENARIO = {
  failures: required(list(FAILURES, mapping(FAILURE, words('a failure'))), 'What fails.'),
  duration: optional(time, 'How long it is played. Default: three hours after the last failure.'),
  behind: fallback(
    named(
      neighbourName,
      choice('a damping profile', ['none', 'cisco', 'juniper', 'huawei', 'rfc7196']),
    ),
    {},
    'How the networks behind an upstream really damp. Default: as the file says, cisco where it does not know.',
  ),
};

const scenario = mapping(SCENARIO, words('a scenario'));

export interface LoadedScenario {
  /** Undefined when there are errors. */
  readonly scenario: Scenario | undefined;
  readonly problems: readonly Problem[];
}

export function loadScenario(text: string): LoadedScenario {
  const findings = new Findings();
  const root = parseYaml(text, findings);
  const whole = { at: root?.at ?? 0, path: '' };
  const read = root && scenario.read(root, whole, findings);
  if (!root && !findings.hasErrors) {
    findings.error(whole, {
      cause: 'the scenario is empty',
      consequence: 'there is nothing to play',
      mend: 'write failures: with what fails, when and for how long',
    });
  }
  const problems = findings.problemsIn(text);
  const sound = read?.failures && !findings.hasErrors;
  return { scenario: sound ? scenarioOf(read) : undefined, problems };
}

function scenarioOf(read: ReadKeys<typeof SCENARIO>): Scenario {
  const failures = (read.failures?.value ?? []).flatMap(({ value }) => failureOf(value));
  return {
    failures,
    duration: read.duration?.value ?? durationOf(failures),
    behind: new Map(
      read.behind.value.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
  };
}

function failureOf(read: ReadKeys<typeof FAILURE>): readonly Failure[] {
  if (!read.fail) return [];
  const { fail, as, at, for: length, repeat, every } = read;
  return [
    {
      fail: fail.value,
      as: as.value,
      at: at.value,
      for: length.value,
      repeat: repeat.value,
      every: every.value,
    },
  ];
}

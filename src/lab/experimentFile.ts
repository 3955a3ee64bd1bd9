/** An experiment as a file, read by the same machinery as the configuration: every fault with its place. */

import { boolean, choice, integer } from '../config/field.ts';
import { Findings, type Place } from '../config/findings.ts';
import { fallback, mapping, named, optional, type ReadKeys, required } from '../config/mapping.ts';
import { formatProblem } from '../config/problem.ts';
import { parseYaml } from '../config/yamlTree.ts';
import { type Expectation, type Experiment, NEEDS, SIGHTS } from './experiment.ts';
import { LONGEST, NODE, prefix, several, text, time, words } from './experimentFields.ts';
import { STEP, stepOf } from './experimentStep.ts';
import { LabError } from './labError.ts';

const count = integer('a number of UPDATEs', 0, 1_000_000, 'nobody sends more in an experiment');

const EXPECTATION = {
  that: required(choice('something to see', SIGHTS), 'What is looked at.'),
  from: fallback(NODE, '-', 'The neighbour that the collector hears of it from; the node asked.'),
  with: fallback(NODE, '-', 'Of a session: the other end.'),
  prefix: optional(prefix, 'Default: that of the experiment.'),
  at: fallback(time, '0s', 'When it is looked at; of withdrawn and announced: since when.'),
  within: fallback(time, '0s', 'Of withdrawn and announced: how long it may take.'),
  'at-least': optional(time, 'Of an outage.'),
  'at-most': optional(time, 'Of an outage.'),
  'updates-at-least': fallback(count, 0, 'Of updates.'),
  'updates-at-most': fallback(count, 1_000_000, 'Of updates.'),
  is: optional(
    text('a state', '64496 64500'),
    'AS numbers, none or any for a path; yes or no for damped; up or down for a session.',
  ),
};

const NAME_RULE = { pattern: '^\\S+$', parse: (name: string) => ({ value: name }) };

const EXPERIMENT = {
  title: required(text('a title', 'A link dies'), 'What happens, in a sentence.'),
  topology: required(text('a topology', 'edge'), 'The network that it happens to.'),
  needs: fallback(
    several('features', choice('a feature', NEEDS)),
    [],
    'What it cannot do without.',
  ),
  quick: fallback(boolean, false, 'It belongs to the short round.'),
  prefix: fallback(prefix, '203.0.113.0/24', 'What expectations are about.'),
  players: fallback(named(NAME_RULE, text('a daemon', 'frr')), {}, 'Who runs at a node instead.'),
  configs: fallback(
    named(NAME_RULE, text('a file', '../configs/edge.yaml')),
    {},
    'Other files for nodes that run multihomed.',
  ),
  client: optional(
    mapping(
      {
        node: required(NODE, 'Where the client is.'),
        url: required(text('a URL', 'http://203.0.113.10/'), 'What it asks for.'),
      },
      words('a client'),
    ),
    'Who measures what a user would feel.',
  ),
  steps: required(several('steps', mapping(STEP, words('a step'))), 'What happens, and when.'),
  duration: required(time, 'How long it is watched.'),
  expect: required(
    several('expectations', mapping(EXPECTATION, words('an expectation'))),
    'What has to be seen.',
  ),
};

const experiment = mapping(EXPERIMENT, words('an experiment'));

/** Throws LabError with every problem located. `name`: the file's, without its ending. */
export function experimentOf(source: string, file: string, name: string): Experiment {
  const findings = new Findings();
  const root = parseYaml(source, findings);
  const whole: Place = { at: root?.at ?? 0, path: '' };
  const read = root && experiment.read(root, whole, findings);
  const made = read && valuesOf(read, name, findings);
  if (made && !findings.hasErrors) return made;
  const told = findings
    .problemsIn(source)
    .map((problem) => formatProblem(problem, file, source))
    .join('\n');
  throw new LabError(`${file} is no experiment:\n${told || 'it is empty'}`);
}

type Read = ReadKeys<typeof EXPERIMENT>;

function valuesOf(read: Read, name: string, findings: Findings): Experiment | undefined {
  const { title, topology, client, duration } = read;
  if (!title || !topology || !duration || !read.steps || !read.expect) return undefined;
  const own = read.prefix.value;
  const steps = read.steps.value.flatMap(({ value, place }) => stepOf(value, place, findings));
  return {
    ...{ name, title: title.value, topology: topology.value, prefix: own },
    needs: read.needs.value.map(({ value }) => value),
    quick: read.quick.value,
    players: pairs(read.players.value),
    configs: pairs(read.configs.value),
    client:
      client?.value.node && client.value.url
        ? { node: client.value.node.value, url: client.value.url.value }
        : undefined,
    steps: steps.toSorted((a, b) => a.at - b.at),
    duration: duration.value,
    expectations: read.expect.value.flatMap(({ value, place }) =>
      expectationOf(value, own, place, findings),
    ),
  };
}

function pairs(read: readonly { name: string; value: string | undefined }[]) {
  return new Map(
    read.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** What `is` may be; undefined: it is not asked for. */
const STATES: Readonly<Record<string, RegExp>> = {
  path: /^(none|any|\d+( \d+)*)$/,
  damped: /^(yes|no)$/,
  session: /^(up|down)$/,
};

function expectationOf(
  read: ReadKeys<typeof EXPECTATION>,
  own: string,
  place: Place,
  findings: Findings,
): readonly Expectation[] {
  if (!read.that) return [];
  const that = read.that.value;
  const is = read.is?.value ?? '';
  const state = STATES[that];
  const lacksFrom = that !== 'outage' && read.from.value === '-';
  if (lacksFrom || (state && !state.test(is)) || (that === 'session' && read.with.value === '-')) {
    findings.error(place, {
      cause: lacksFrom ? `${that} needs from:` : `${that} does not take "${is}"`,
      consequence: 'there is nothing to compare with',
      mend: 'write from: with a node, and is: with AS numbers, none or any; yes or no; up or down',
    });
  }
  const isCount = that === 'updates';
  return [
    {
      ...{ that, from: read.from.value, with: read.with.value, is },
      ...{ prefix: read.prefix?.value ?? own, at: read.at.value, within: read.within.value },
      atLeast: isCount ? read['updates-at-least'].value : (read['at-least']?.value ?? 0),
      atMost: isCount ? read['updates-at-most'].value : (read['at-most']?.value ?? LONGEST),
    },
  ];
}

/** What people and programs write to us: the file, and requests to the control server. */

import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { controlApp } from '../../src/control/app.ts';
import { EVERYTHING, SMALLEST, SPELLED_OUT, THREE_KINDS } from '../config/examples.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { mutateOctets } from './octetMutator.ts';
import type { Random } from './random.ts';
import { textFixture } from './seeds.ts';
import { insist, type Target } from './target.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const TEXT_LIMIT = 4000;

export function textTargets(): readonly Target[] {
  return [file(), control()];
}

/** Either it is a configuration, or the file is told what is wrong with it; and never an exception. */
function file(): Target {
  const texts = [SMALLEST, SPELLED_OUT, EVERYTHING, THREE_KINDS];
  return {
    name: 'file',
    seeds: [...textFixture('file'), ...texts.map((text) => encoder.encode(text))],
    allowance: 400,
    microsecondsPerOctet: 100,
    mutate: (input, other, random) =>
      random.oneIn(2)
        ? mutateLines(input, other, random)
        : mutateOctets(input, other, random, TEXT_LIMIT),
    run(input) {
      const text = decoder.decode(input);
      const { config, problems } = loadConfig(text, 'fuzz.yaml');
      const errors = problems.filter(({ severity }) => severity === 'error');
      insist((config === undefined) === errors.length > 0, 'no configuration and no error');
      const first = problems[0];
      if (!first) return 'good';
      formatProblem(first, 'fuzz.yaml', text);
      return `${first.severity} ${first.path.replaceAll(/[^a-z.-]/g, '')} ${first.mend.slice(0, 12)}`;
    },
  };
}

/** Lines and words moved about: most of it stays YAML. */
function mutateLines(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const [lines, donor] = [input, other].map((octets) => decoder.decode(octets).split('\n')) as [
    string[],
    string[],
  ];
  const at = random.below(lines.length);
  switch (random.below(4)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, random.pick(donor));
      break;
    case 2:
      lines[at] = `${random.pick(['  ', '\t', '- ', ''])}${lines[at]}`;
      break;
    default: {
      const words = lines[at]!.split(/(\s+|[:,{}[\]])/);
      words[random.below(words.length)] = random.pick(random.pick(donor).split(/\s+/));
      lines[at] = words.join('');
    }
  }
  return encoder.encode(lines.join('\n').slice(0, TEXT_LIMIT));
}

const REQUESTS = [
  'GET /v1/status',
  'GET /v1/sessions',
  'GET /v1/announcements',
  'GET /v1/routes?prefix=203.0.113.0/24&longer=true&neighbour=transit-a',
  'GET /v1/routes?address=2001:db8::1',
  'GET /v1/routes?family=ipv6&state=best',
  'POST /v1/reload',
  'DELETE /v1/status',
  'HEAD /v1/%2e%2e/etc/passwd',
];

/** Every request has an answer, and no request is our fault. */
function control(): Target {
  const app = controlApp(new FakeDaemon());
  return {
    name: 'control',
    seeds: [...textFixture('control'), ...REQUESTS.map((text) => encoder.encode(text))],
    allowance: 400,
    microsecondsPerOctet: 100,
    mutate: (input, other, random) => mutateOctets(input, other, random, 500),
    async run(input) {
      const text = Buffer.from(input).toString('latin1');
      const [method = '', target = ''] = text.split(' ');
      const request = requestOf(method, target);
      if (!request) return 'no request';
      const answer = await app.fetch(request);
      await answer.text();
      insist(answer.status < 500, `the answer to ${method} ${target} is ${answer.status}`);
      return `${answer.status} ${new URL(request.url).pathname.slice(0, 8)}`;
    },
  };
}

/** Undefined for what Node's HTTP parser lets nobody ask. */
function requestOf(method: string, target: string): Request | undefined {
  try {
    return new Request(`http://localhost${target.startsWith('/') ? '' : '/'}${target}`, { method });
  } catch {
    return undefined;
  }
}

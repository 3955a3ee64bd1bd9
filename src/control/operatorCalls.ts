/**
 * What an operator may ask of the announcer and order it to do: the calls, and what they take.
 * `operatorAnswers.ts` answers them.
 */

import type { Answer } from './answers.ts';
import type { Call } from './call.ts';
import {
  ACTIONS,
  budget,
  confirmed,
  drained,
  explained,
  type OperatorAsked,
  ordered,
  orders,
  planned,
  priced,
  reloaded,
  tookBack,
  undrained,
} from './operatorAnswers.ts';
import type { Parameter } from './parameters.ts';
import type { ControlPort } from './port.ts';

export interface OperatorCall extends Call {
  readonly answer: (port: ControlPort, asked: OperatorAsked) => Answer | Promise<Answer>;
}

/** A file with a hundred thousand prefixes, each spelled out. Octets. */
export const FILE_LIMIT = 16 * 1024 * 1024;
/** Seconds. */
const LONGEST = 366 * 86_400;

const PREFIX: Parameter = {
  name: 'prefix',
  description: 'A prefix of the file; an address alone is a prefix of its full length',
  schema: { type: 'string' },
};
const UPSTREAM: Parameter = {
  name: 'upstream',
  description: 'At this upstream alone; default: everywhere',
  schema: { type: 'string' },
};
const TARGET: Parameter = {
  name: 'target',
  description: 'The name of an upstream, a prefix, or site',
  schema: { type: 'string' },
};

function seconds(name: string, description: string, minimum: number): Parameter {
  return { name, description, schema: { type: 'integer', minimum, maximum: LONGEST } };
}

const ORDER: readonly Parameter[] = [
  PREFIX,
  {
    name: 'action',
    description: 'blackhole: one address, at upstreams that are known to take it',
    schema: { type: 'string', enum: ACTIONS },
  },
  UPSTREAM,
  seconds('for', 'How long, in seconds; default: until it is taken back', 1),
];

const DRAIN: readonly Parameter[] = [
  TARGET,
  seconds('timeout', 'How long traffic is waited for, in seconds; default 60', 0),
  {
    name: 'threshold',
    description: 'Traffic under it is gone, in bit/s; default 100000',
    schema: { type: 'integer', minimum: 1, maximum: 1e12 },
  },
];

/** By the file's rules, or because of what is going on. */
const REFUSED = { 409: 'refused; nothing has changed' };

const CONFIRM: readonly Parameter[] = [
  seconds('confirm', 'Go back after so many seconds unless it is confirmed', 1),
];

export const OPERATOR_CALLS: readonly OperatorCall[] = [
  get('/v1/budget', 'The flap budget behind each upstream', [], budget),
  {
    ...get(
      '/v1/explain',
      'Every fact and rule behind a prefix at each neighbour',
      [PREFIX],
      explained,
    ),
    refusals: { 404: 'the prefix is not ours' },
  },
  get('/v1/orders', 'What was ordered by hand, and drains', [], orders),
  change('POST', '/v1/orders', 'Announces, withdraws or blackholes by hand', ORDER, ordered),
  change('DELETE', '/v1/orders', 'Back to what the file says', [PREFIX, UPSTREAM], tookBack),
  {
    ...get('/v1/drains/price', 'What a drain would cost in flap budget', [TARGET], priced),
    refusals: { 409: 'there is no such target, or it cannot be drained' },
  },
  change('POST', '/v1/drains', 'Begins to drain', DRAIN, drained),
  change('DELETE', '/v1/drains', 'Undoes a drain', [TARGET], undrained),
  {
    ...change(
      'POST',
      '/v1/plan',
      'What the file in the body would put on the wire; nothing is sent',
      [],
      planned,
    ),
    refusals: { 422: 'the file has an error' },
  },
  {
    ...change(
      'POST',
      '/v1/reload',
      'Reads the file again and applies the difference',
      CONFIRM,
      reloaded,
    ),
    refusals: { 422: 'the file was refused; the running configuration was kept' },
  },
  change('POST', '/v1/confirm', 'What was loaded stays', [], confirmed),
];

function get(
  path: string,
  summary: string,
  parameters: readonly Parameter[],
  answer: OperatorCall['answer'],
): OperatorCall {
  const type = 'application/json';
  return { method: 'GET', path, summary, parameters, type, refusals: {}, for: 'everybody', answer };
}

function change(
  method: 'POST' | 'DELETE',
  path: string,
  summary: string,
  parameters: readonly Parameter[],
  answer: OperatorCall['answer'],
): OperatorCall {
  return {
    ...get(path, summary, parameters, answer),
    method,
    refusals: REFUSED,
    for: 'operators',
  };
}

/**
 * How the calls of `operatorCalls.ts` are answered. The rules are the announcer's own; a refusal is
 * its text.
 */

import type { Outcome } from '../announcer/decide.ts';
import { DEFAULT_DRAIN, type DrainTarget } from '../announcer/drain.ts';
import { ownPrefixFor } from '../announcer/explain.ts';
import { notOurs } from '../announcer/notFound.ts';
import {
  drain,
  type Operated,
  type OrderRequest,
  order,
  takeBack,
  undrain,
} from '../announcer/operate.ts';
import type { Order } from '../announcer/orders.ts';
import { plan } from '../announcer/plan.ts';
import { priceOfDrain } from '../announcer/price.ts';
import { ownPrefixesOf, type State } from '../announcer/state.ts';
import type { OwnPrefix } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Prefix } from '../net/prefix.ts';
import { type Answer, failure, reply } from './answers.ts';
import { budgetsView } from './budgetView.ts';
import { announcementsOf, explainView } from './explainView.ts';
import { type OrdersView, ordersView, priceView } from './orderView.ts';
import { QueryError } from './parameters.ts';
import type { ControlPort } from './port.ts';
import { wantedPrefix } from './wantedPrefix.ts';
import { plannedNeighbour, type WirePlanView } from './wirePlanView.ts';

export interface OperatorAsked {
  readonly parameters: ReadonlyMap<string, string>;
  readonly body: () => Promise<string>;
}

export const ACTIONS: readonly Order['action'][] = ['announce', 'withdraw', 'blackhole'];

export function budget(port: ControlPort): Answer {
  return reply(200, budgetsView(outcomeOf(port), port.announcer.now()));
}

export function orders(port: ControlPort): Answer {
  return reply(200, ordersOf(port));
}

export async function reloaded(port: ControlPort, { parameters }: OperatorAsked): Promise<Answer> {
  const within = parameters.get('confirm');
  const result = await port.reload(within === undefined ? undefined : Number(within) * 1000);
  if (result.ok) return reply(200, result);
  const { failure: message, problems } = result;
  // Without problems the file could not be read, or is good and the machine says no.
  const code = problems.length > 0 ? 'configuration-refused' : 'reload-failed';
  return reply(422, { error: { code, message }, problems });
}

export function confirmed(port: ControlPort): Answer {
  return port.confirm()
    ? reply(200, { ok: true })
    : refusal('nothing waits for a confirmation: it was given, or the time was up');
}

export function explained(port: ControlPort, { parameters }: OperatorAsked): Answer {
  const outcome = outcomeOf(port);
  const wanted = prefixIn(parameters);
  const prefix = ownIn(outcome.state, wanted) ?? ownPrefixFor(outcome.state.config, wanted);
  if (!prefix) return failure(404, 'not-ours', notOurs(outcome.state.config, wanted));
  return reply(200, explainView(port, outcome, prefix, port.announcer.now()));
}

export async function ordered(port: ControlPort, { parameters }: OperatorAsked): Promise<Answer> {
  const action = ACTIONS.find((each) => each === parameters.get('action'));
  if (!action) throw new QueryError(`action is missing: ${ACTIONS.join(', ')}`);
  const prefix = prefixIn(parameters);
  const lease = secondsIn(parameters, 'for');
  const request: OrderRequest = { action, prefix, upstream: parameters.get('upstream'), lease };
  return operate(port, prefix, (state, now) => order(state, request, now));
}

export function tookBack(port: ControlPort, { parameters }: OperatorAsked): Promise<Answer> {
  const prefix = prefixIn(parameters);
  return operate(port, prefix, (state) => takeBack(state, prefix.text, parameters.get('upstream')));
}

/** What came of it, at each neighbour. */
async function operate(
  port: ControlPort,
  prefix: Prefix,
  act: (state: State, now: number) => Operated,
): Promise<Answer> {
  // What is blackholed is ours as long as it is ordered, and is to be shown when it was, too.
  const before = ownIn(outcomeOf(port).state, prefix);
  const operated = await port.announcer.operate((state, _facts, now) => act(state, now));
  if (!operated.ok) return refusal(operated.why);
  const { state } = outcomeOf(port);
  const own = ownIn(state, prefix) ?? before;
  const announcements = own ? [...announcementsOf(port, own).values()] : [];
  const { orders, survivesRestart, unsaved } = ordersOf(port);
  const about = orders.filter((each) => each.prefix === prefix.text);
  return reply(200, { orders: about, survivesRestart, unsaved, announcements });
}

function ordersOf(port: ControlPort): OrdersView {
  return ordersView(outcomeOf(port).state, port.announcer.unsaved);
}

/** What could not be drained has no price. */
export function priced(port: ControlPort, { parameters }: OperatorAsked): Answer {
  const target = targetIn(parameters);
  const { state } = outcomeOf(port);
  const now = port.announcer.now();
  const tried = drain(state, port.announcer.facts(), target, DEFAULT_DRAIN, now);
  if (!tried.ok) return refusal(tried.why);
  return reply(200, { prices: priceOfDrain(state, target, now).map(priceView) });
}

export async function drained(port: ControlPort, { parameters }: OperatorAsked): Promise<Answer> {
  const target = targetIn(parameters);
  const options = {
    timeout: secondsIn(parameters, 'timeout') ?? DEFAULT_DRAIN.timeout,
    threshold: Number(parameters.get('threshold') ?? DEFAULT_DRAIN.threshold),
  };
  return begun(port, (state, facts, now) => drain(state, facts, target, options, now));
}

export function undrained(port: ControlPort, { parameters }: OperatorAsked): Promise<Answer> {
  const target = targetIn(parameters);
  return begun(port, (state) => undrain(state, target));
}

async function begun(
  port: ControlPort,
  act: Parameters<ControlPort['announcer']['operate']>[0],
): Promise<Answer> {
  const operated = await port.announcer.operate(act);
  return operated.ok ? reply(200, ordersOf(port)) : refusal(operated.why);
}

export async function planned(port: ControlPort, { body }: OperatorAsked): Promise<Answer> {
  const text = await body();
  const { config, problems } = loadConfig(text, 'the body');
  if (!config) {
    const message = problems.map((each) => formatProblem(each, 'the body', text)).join('\n');
    return reply(422, { error: { code: 'configuration-refused', message }, problems });
  }
  const { announcer } = port;
  const changes = plan(outcomeOf(port), config, announcer.facts(), announcer.now());
  const view: WirePlanView = {
    against: 'daemon',
    configFile: port.status().configFile,
    warnings: problems,
    neighbours: changes.map(plannedNeighbour),
  };
  return reply(200, view);
}

/** It is decided before the control server begins to answer. */
function outcomeOf({ announcer: { outcome } }: ControlPort): Outcome {
  if (!outcome) throw new Error('nothing has been decided yet; ask again in a moment');
  return outcome;
}

function ownIn(state: State, { text }: Prefix): OwnPrefix | undefined {
  return ownPrefixesOf(state).find((own) => own.text === text);
}

function prefixIn(parameters: ReadonlyMap<string, string>): Prefix {
  const text = parameters.get('prefix');
  if (text === undefined) throw new QueryError('prefix is missing');
  const prefix = wantedPrefix(text);
  if (typeof prefix === 'string') throw new QueryError(prefix);
  return prefix;
}

/** `site` is no name that an upstream may have. */
function targetIn(parameters: ReadonlyMap<string, string>): DrainTarget {
  const text = parameters.get('target');
  if (text === undefined) throw new QueryError('target is missing');
  if (text === 'site') return { kind: 'site' };
  const isPrefix = text.includes('/') || text.includes(':') || /^[\d.]+$/.test(text);
  return isPrefix
    ? { kind: 'prefix', prefix: prefixIn(new Map([['prefix', text]])).text }
    : { kind: 'upstream', name: text };
}

function secondsIn(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = parameters.get(name);
  return text === undefined ? undefined : Number(text) * 1000;
}

function refusal(why: string): Answer {
  return failure(409, 'refused', why);
}

/**
 * Whether an upstream whose session is up is believed to lead anywhere. One kind of sign makes it the
 * last choice; two that agree withdraw what is announced there, as long as the prefix stays with
 * another upstream of which nothing bad is known: what has died may be what is probed. Nothing
 * follows from what is not known. Times are milliseconds since the epoch.
 */

import type { CheckConfig } from '../config/checkConfig.ts';
import type { Config, Neighbour, UpstreamConfig } from '../config/config.ts';
import type { CheckFact } from '../monitor/check.ts';
import type { Facts } from './facts.ts';
import { SIGN_KINDS, type SignFact } from './sign.ts';

/** What speaks against an upstream, and what is to be done about our prefixes there. */
export interface Doubt {
  readonly upstream: string;
  /** In the order of `SIGN_KINDS`; all bad, never empty. */
  readonly signs: readonly SignFact[];
  readonly action: 'withdraw' | 'backup' | 'keep';
}

/** Undefined: nothing speaks against it. The one before, while signs of the same kinds do. */
export function doubtOf(
  config: Config,
  facts: Facts,
  neighbour: Neighbour,
  now: number,
  before: Doubt | undefined,
): Doubt | undefined {
  if (neighbour.kind !== 'upstream' || !neighbour.reachability) return undefined;
  const signs = signsOf(config, facts, neighbour, now).filter(({ state }) => state === 'bad');
  if (signs.length === 0) return undefined;
  const { oneSign, twoSigns } = neighbour.reachability;
  const action = signs.length > 1 ? twoSigns : oneSign;
  const same =
    before?.action === action &&
    before.signs.length === signs.length &&
    signs.every(({ kind }, i) => before.signs[i]?.kind === kind);
  return same ? before : { upstream: neighbour.name, signs, action };
}

/** Of every kind that the file asks for; empty while the session is down. */
export function signsOf(
  { checks }: Config,
  facts: Facts,
  { name, reachability }: UpstreamConfig,
  now: number,
): readonly SignFact[] {
  const session = facts.sessions.get(name);
  if (!reachability || !session) return [];
  const probes = checks.filter((check) => reachability.probes.includes(check.name));
  const signs = [
    ...probeSigns(probes, facts, session.since, now),
    ...(facts.signs.get(name) ?? []),
  ];
  return SIGN_KINDS.flatMap((kind) => signs.filter((sign) => sign.kind === kind));
}

/** When probes begin to count, of sessions that are younger than that. */
export function probeDeadlines(config: Config, facts: Facts, now: number): readonly number[] {
  return config.checks.flatMap((check) => {
    const session = check.via === undefined ? undefined : facts.sessions.get(check.via);
    const countsAt = session ? session.since + settlingTime(check) : 0;
    return countsAt > now ? [countsAt] : [];
  });
}

function probeSigns(
  probes: readonly CheckConfig[],
  { checks }: Facts,
  sessionSince: number,
  now: number,
): readonly SignFact[] {
  if (probes.length === 0) return [];
  const facts = probes.map((probe) => {
    const fact = checks.get(probe.name);
    return (
      fact && { fact, isDown: isDown(fact), counts: now >= sessionSince + settlingTime(probe) }
    );
  });
  const known = facts.filter((each) => each !== undefined);
  const down = known.filter((each) => each.isDown && each.counts);
  if (down.length === probes.length) return [probeSign('bad', down)];
  const well = known.filter(({ fact }) => isUp(fact));
  return [probeSign(well.length > 0 ? 'well' : 'unknown', well)];
}

/** Since the last of them: before that, one still spoke for the upstream. */
function probeSign(
  state: SignFact['state'],
  of: readonly { readonly fact: CheckFact }[],
): SignFact {
  const since = Math.max(0, ...of.map(({ fact }) => fact.since));
  const detail = of.map(({ fact }) => `${fact.name}: ${fact.detail}`).join(', ');
  return { kind: 'probes', state, since, detail };
}

/**
 * Whether the last word of enough probes is that nothing comes back. Whether anybody has renewed it
 * since does not matter: what is not known changes nothing.
 */
export function isDown({ state, settled }: CheckFact): boolean {
  return state === 'down' || (state === 'rising' && settled === 'down');
}

function isUp({ state }: CheckFact): boolean {
  return state === 'up' || state === 'falling';
}

/**
 * While the session was down, probes failed for that: so many must have been sent since it is up that
 * they would have been enough to make it up again.
 */
function settlingTime({ interval, timeout, rise, fall, window }: CheckConfig): number {
  const forgotten = window ? window.of - window.failures + 1 : 0;
  return Math.max(rise, fall, forgotten) * interval + timeout;
}

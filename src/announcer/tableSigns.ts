/**
 * What an upstream sends us, as signs of whether it still reaches the rest of the world: the size of
 * its table against its usual one, its default route, and the canaries of the file. Pure: one sample
 * after the other. Times are milliseconds, those of samples since the epoch.
 *
 *   sample --> seen: good, bad or nothing --> after FALL of bad: bad; after RISE of good: well
 *
 * What the upstream has never sent is no sign when it is missing, nor what it has not sent again yet
 * while its table is loading.
 */

import type { ReachabilityConfig } from '../config/config.ts';
import type { SignFact, SignKind } from './sign.ts';

/** One look at what is held of one upstream's routes. */
export interface TableSample {
  readonly at: number;
  /** Since when its session is up; undefined: it is not. */
  readonly sessionSince: number | undefined;
  /** Prefixes of it, refused ones included: what it knows, not what we like. */
  readonly size: number;
  readonly hasDefault: boolean;
  /** How many of the canaries it sends. */
  readonly canaries: number;
}

/** What is remembered of one upstream from sample to sample. */
export interface TableStanding {
  readonly size: SizeStanding;
  readonly default: Presence;
  readonly canaries: Presence;
}

interface Debounced {
  readonly state: SignFact['state'];
  readonly since: number;
  /** Since when the opposite of `state` is seen; undefined: it is not. */
  readonly turningSince: number | undefined;
}

interface Presence extends Debounced {
  /** It has been sent at some time. */
  readonly known: boolean;
  /** The same in this session. */
  readonly seen: boolean;
}

interface SizeStanding extends Debounced {
  /** Undefined: no table has settled yet. */
  readonly usual: number | undefined;
  /** The last size, and since when it is about that. */
  readonly level: number;
  readonly levelSince: number;
  /** The table has been whole, or settled, in this session. */
  readonly loaded: boolean;
}

/** How long it must look bad, and how long well again, in ms. */
export const FALL = 3000;
export const RISE = 10_000;
/** How long a session that has come up may take to send what it used to, in ms. */
export const LOADING = 120_000;
/** A table that changes by no more than a hundredth for so long has settled, in ms. */
export const SETTLED = 10_000;
/** A part of fewer prefixes than this is chance. */
export const SMALLEST_TABLE = 20;
/** The time constant by which the usual size follows the present one, in ms: well, and bad. */
const FOLLOWS = 3_600_000;
const ACCEPTS = 24 * 3_600_000;

const FRESH: Debounced = { state: 'unknown', since: 0, turningSince: undefined };
const ABSENT: Presence = { ...FRESH, known: false, seen: false };

export const NO_TABLE: TableStanding = {
  size: { ...FRESH, usual: undefined, level: 0, levelSince: 0, loaded: false },
  default: ABSENT,
  canaries: ABSENT,
};

/** `elapsed`: since the sample before, in ms. */
export function judgeTable(
  config: ReachabilityConfig,
  before: TableStanding,
  sample: TableSample,
  elapsed: number,
): TableStanding {
  return {
    size: judgeSize(config.tableDrop, before.size, sample, elapsed),
    default: judgePresence(before.default, sample, sample.hasDefault),
    canaries: judgePresence(before.canaries, sample, sample.canaries > 0),
  };
}

/** Other canaries are looked for from now on. */
export function withOtherCanaries(standing: TableStanding): TableStanding {
  return { ...standing, canaries: ABSENT };
}

/** Of the kinds that the file asks for. */
export function tableSigns(
  config: ReachabilityConfig,
  { size, default: route, canaries }: TableStanding,
  sample: Pick<TableSample, 'size' | 'canaries'>,
): readonly SignFact[] {
  const signs: SignFact[] = [];
  const add = (kind: SignKind, { state, since }: Debounced, detail: string): void => {
    signs.push({ kind, state, since, detail });
  };
  if (config.tableDrop !== undefined) add('table', size, sizeText(size, sample.size));
  if (config.defaultGone) {
    add('default', route, route.state === 'bad' ? 'it has withdrawn its default route' : '');
  }
  if (config.canaries.length > 0) {
    const found = `${sample.canaries} of ${config.canaries.length} canaries`;
    add('canaries', canaries, `it sends ${found}`);
  }
  return signs;
}

function sizeText({ usual }: SizeStanding, size: number): string {
  const against = usual === undefined ? '' : ` of the usual ${Math.round(usual)}`;
  return `it sends ${size}${against} prefixes`;
}

function judgePresence(before: Presence, sample: TableSample, present: boolean): Presence {
  const { at, sessionSince } = sample;
  // Without a session nothing is announced there, and nothing follows from what it does not send.
  if (sessionSince === undefined) return { ...ABSENT, since: at, known: before.known };
  const known = before.known || present;
  const seen = before.seen || present;
  const mayBeMissed = seen || (known && at - sessionSince >= LOADING);
  const look = present ? 'good' : mayBeMissed ? 'bad' : 'nothing';
  return { ...debounced(before, look, at), known, seen };
}

function judgeSize(
  drop: number | undefined,
  before: SizeStanding,
  { at, sessionSince, size }: TableSample,
  elapsed: number,
): SizeStanding {
  const { usual } = before;
  if (sessionSince === undefined) {
    return { ...FRESH, since: at, usual, level: 0, levelSince: at, loaded: false };
  }
  const isLevel = before.levelSince > 0 && Math.abs(size - before.level) <= before.level / 100;
  const level = isLevel ? before.level : size;
  const levelSince = isLevel ? before.levelSince : at;
  const settled = size > 0 && at - levelSince >= SETTLED;
  if (usual === undefined) {
    const found = settled ? size : undefined;
    const look = found === undefined ? 'nothing' : 'good';
    return { ...debounced(before, look, at), usual: found, level, levelSince, loaded: settled };
  }
  const part = 1 - (drop ?? 100) / 100;
  const whole = size >= leastOf(usual, part);
  const loaded = before.loaded || whole || at - sessionSince >= LOADING;
  const look = lookOf(before, { usual, part, size, loaded });
  const next = debounced(before, look, at);
  const pace = next.state === 'bad' ? ACCEPTS : FOLLOWS;
  const step = loaded ? (size - usual) * Math.min(1, elapsed / pace) : 0;
  return { ...next, usual: usual + step, level, levelSince, loaded };
}

type Look = 'good' | 'bad' | 'nothing';

/** What has been bad has to come halfway back first. */
function lookOf(
  { state }: Debounced,
  { usual, part, size, loaded }: { usual: number; part: number; size: number; loaded: boolean },
): Look {
  if (!loaded || usual < SMALLEST_TABLE) return 'nothing';
  const least = state === 'bad' ? usual * ((1 + part) / 2) : leastOf(usual, part);
  return size >= least ? 'good' : 'bad';
}

/** Where all of it may be gone, all of it is gone only when nothing is left. */
function leastOf(usual: number, part: number): number {
  return Math.max(1, usual * part);
}

function debounced(before: Debounced, look: Look, at: number): Debounced {
  const { state, since } = before;
  // Nobody knows: it stays as it is.
  if (look === 'nothing') return { state, since, turningSince: undefined };
  const seen = look === 'good' ? 'well' : 'bad';
  if (state === seen) return { state, since, turningSince: undefined };
  const turningSince = before.turningSince ?? at;
  const enough = seen === 'bad' ? FALL : state === 'bad' ? RISE : 0;
  if (at - turningSince < enough) return { state, since, turningSince };
  return { state: seen, since: at, turningSince: undefined };
}

/** Drains, moved on by what the world says of them. Times are milliseconds since the epoch. */

import type { Config, UpstreamConfig } from '../config/config.ts';
import {
  advance,
  concerns,
  type Drain,
  type DrainSight,
  type DrainTarget,
  isSettled,
} from './drain.ts';
import type { Facts } from './facts.ts';
import type { Group } from './group.ts';
import { doubtOf } from './reachability.ts';
import { type State, type Undone, withDrains } from './state.ts';
import { suppressedUntil } from './track.ts';

/** So many reports are kept. */
const REPORTS = 20;

export function drainsAt(state: State, facts: Facts, now: number): State {
  if (state.drains.length === 0) return state;
  const undone: Undone[] = [];
  const drains: Drain[] = [];
  for (const drain of state.drains) {
    const shifts = drain.phase === 'shifting' && isSettled(drain, now);
    const prefix = shifts ? leftNowhere(drain.target, state, facts, now) : undefined;
    if (prefix === undefined) drains.push(advance(drain, sightOf(drain, state, facts), now));
    else undone.push({ drain, at: now, prefix });
  }
  const same = undone.length === 0 && drains.every((drain, i) => drain === state.drains[i]);
  if (same) return state;
  const next = withDrains(state, drains);
  return { ...next, undone: [...next.undone, ...undone].slice(-REPORTS) };
}

/**
 * A prefix that no upstream beside the drained one holds, though another one is meant to, or none but
 * one that leads nowhere, as signs of several kinds agree; undefined: there is none. Draining a prefix or the site is meant to leave it nowhere.
 */
export function leftNowhere(
  target: DrainTarget,
  { config, groups }: State,
  facts: Facts,
  now: number,
): string | undefined {
  if (target.kind !== 'upstream') return undefined;
  const lost = new Set(
    config.upstreams.flatMap((each) => (leadsNowhere(config, facts, each, now) ? each.name : [])),
  );
  const others = config.upstreams.filter(({ name }) => name !== target.name && !lost.has(name));
  for (const { terms, tracks, texts } of groups) {
    if (!terms?.own.upstreams.includes(target.name) || !tracks.get(target.name)?.wire) continue;
    const carried = others.some(({ name, damping: { profile } }) => {
      const track = tracks.get(name);
      if (!track?.wire || !terms.own.upstreams.includes(name) || !facts.sessions.has(name)) {
        return false;
      }
      return suppressedUntil(track, profile, now) === undefined;
    });
    if (!carried) return texts[0];
  }
  return undefined;
}

function leadsNowhere(config: Config, facts: Facts, upstream: UpstreamConfig, now: number) {
  return doubtOf(config, facts, upstream, now, undefined)?.action === 'withdraw';
}

function sightOf({ target }: Drain, { config, groups }: State, facts: Facts): DrainSight {
  const upstreams = config.upstreams.map(({ name }) => name);
  const held = groups.some((group) => upstreams.some((name) => holds(group, name, target)));
  return { ...trafficOf(target, config, facts), held };
}

function holds({ terms, tracks, texts }: Group, upstream: string, target: DrainTarget): boolean {
  if (!terms || !tracks.get(upstream)?.wire) return false;
  return concerns(target, texts, upstream);
}

/** Interfaces whose traffic a drain waits for. */
export function interfacesToMeasure({ drains, config }: State, facts: Facts): readonly string[] {
  const shifting = drains.filter(({ phase }) => phase === 'shifting');
  const through = shifting.flatMap(({ target }) => interfacesOf(target, config, facts));
  return [...new Set(through.flatMap((name) => name ?? []))];
}

/** Undefined among them: one is not known. What one prefix draws cannot be told apart from the rest. */
function interfacesOf(
  target: DrainTarget,
  { upstreams }: Config,
  { paths }: Facts,
): readonly (string | undefined)[] {
  if (target.kind === 'prefix') return [];
  const names = upstreams.map(({ name }) => name);
  const drained = target.kind === 'upstream' ? names.filter((name) => name === target.name) : names;
  return [...new Set(drained.map((name) => paths.get(name)?.interface))];
}

function trafficOf(
  target: DrainTarget,
  config: Config,
  facts: Facts,
): Pick<DrainSight, 'bitsPerSecond' | 'measuredAt'> {
  const unknown = { bitsPerSecond: undefined, measuredAt: 0 };
  const interfaces = interfacesOf(target, config, facts);
  if (interfaces.length === 0) return unknown;
  let bitsPerSecond = 0;
  let measuredAt = Number.POSITIVE_INFINITY;
  for (const through of interfaces) {
    const measured = through === undefined ? undefined : facts.traffic.get(through);
    if (!measured) return unknown;
    bitsPerSecond += measured.bitsPerSecond;
    measuredAt = Math.min(measuredAt, measured.at);
  }
  return { bitsPerSecond, measuredAt };
}
